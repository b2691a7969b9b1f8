"""What matters most: the order in which answers do the most for what marketplaces judge.

First what would miss a limit that holds for each reply before anybody works again, by its limit.
Then the marketplaces by pressure: where many of its few replies still wait, and its average is near
its limit. Within one, the shortest answers first, then the oldest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from django.db.models import Count, Q, Sum
from django.utils import timezone

from inbox.dates import MORNING, first_moment
from inbox.models import Marketplace, ScoreReading, Span, Thread
from inbox.models.threads import HISTORICAL_AFTER
from inbox.services import optional_cache
from inbox.services.insight.reply_figures import HOUR, OPERATOR, get_period, get_window

Rule = Marketplace.Rule
# Rules that look at each reply: it is in time or not.
OF_EACH = {Rule.EACH_MAX, Rule.SHARE_MIN}
FRIDAY = 4
# An average moves slowly, and the order of a list should not change from page to page.
FRESH_SECONDS = 300
# Of an average at its limit or beyond.
LEAST_HEADROOM = HOUR / 10


@dataclass(frozen=True)
class Standing:
    """A marketplace's average over `answered` replies, and how many conversations wait.

    `is_counted`: the shop has enough orders to be judged.
    """

    waiting: int
    answered: int
    seconds: float
    is_counted: bool = True

    @property
    def mean(self) -> float | None:
        return self.seconds / self.answered if self.answered else None


@dataclass(frozen=True)
class Effect:
    """`places`: by pressure, from 0. `hard`: marketplaces whose limit holds for each reply.

    `until` is the next time that somebody works.
    """

    now: datetime
    until: datetime
    hard: frozenset[int]
    places: Mapping[int, int]
    standings: Mapping[int, Standing]

    def is_crossing(self, marketplace: int, due_at: datetime | None) -> bool:
        """Whether it misses its limit before anybody works again."""
        return due_at is not None and marketplace in self.hard and self.now < due_at <= self.until

    def position(self, marketplace: int, minutes: int, due_at: datetime) -> tuple[object, ...]:
        """The order of conversations whose reply clock runs."""
        if self.is_crossing(marketplace, due_at):
            return (0, due_at)
        return (1, self.places[marketplace], minutes, due_at)


def get_pressure(marketplace: Marketplace, standing: Standing) -> float:
    """How much the waits move the average, for each second that it is below its limit.

    0 where no average is judged, or none is known.
    """
    if standing.mean is None or not standing.is_counted or not judges_average(marketplace):
        return 0
    headroom = marketplace.reply_limit_hours * HOUR - standing.mean
    share = standing.waiting / (standing.answered + standing.waiting)
    return share / max(headroom, LEAST_HEADROOM)


def judges_average(marketplace: Marketplace) -> bool:
    is_sellers = marketplace.role == Marketplace.Role.SELLER
    return is_sellers and marketplace.reply_rule == Rule.MEAN_MAX


def weigh(
    marketplaces: Sequence[Marketplace],
    standings: Mapping[int, Standing],
    now: datetime,
    until: datetime,
) -> Effect:
    pressures = {one.pk: get_pressure(one, standings[one.pk]) for one in marketplaces}
    highest = sorted(set(pressures.values()), reverse=True)
    return Effect(
        now,
        until,
        hard=frozenset(one.pk for one in marketplaces if one.reply_rule in OF_EACH),
        places={pk: highest.index(pressure) for pk, pressure in pressures.items()},
        standings=standings,
    )


def read_effect(marketplaces: Sequence[Marketplace], now: datetime) -> Effect:
    standings = _read_standings(marketplaces, now)
    morning = find_next_morning(now, timezone.get_current_timezone())
    return weigh(marketplaces, standings, now, morning)


def find_next_morning(now: datetime, zone: tzinfo) -> datetime:
    """9:00 of the next working day; Monday's from Friday on."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    day += timedelta(days=7 - day.weekday() if day.weekday() > FRIDAY else 0)
    return first_moment(datetime.combine(day, MORNING), zone)


# -- standings ----------------------------------------------------------------


def _read_standings(marketplaces: Iterable[Marketplace], now: datetime) -> dict[int, Standing]:
    by_key = {f"standing:{one.pk}": one for one in marketplaces}
    known = optional_cache.get_many(dict.fromkeys(by_key, Standing)) or {}
    found = {one.pk: known[key] for key, one in by_key.items() if key in known}
    missing = [one for key, one in by_key.items() if key not in known]
    computed = compute_standings(missing, now) if missing else {}
    for pk, standing in computed.items():
        optional_cache.put(f"standing:{pk}", asdict(standing), FRESH_SECONDS)
    return found | computed


def compute_standings(marketplaces: Sequence[Marketplace], now: datetime) -> dict[int, Standing]:
    waiting, uncounted = _count_waiting(marketplaces, now), _list_uncounted(marketplaces)
    found: dict[int, Standing] = {}
    for (window, is_always_on, counts_operator), some in groupby(
        sorted(marketplaces, key=_measured_by), key=_measured_by
    ):
        seconds = "seconds" if is_always_on else "working_seconds"
        alike = list(some)
        ended = Span.objects.of_the_team().filter(
            marketplace__in=alike, ended_by=Span.EndedBy.REPLY, ended_at__gt=now - window
        )
        counted = ended if counts_operator else ended.exclude(asker=OPERATOR)
        rows = counted.order_by().values_list("marketplace").annotate(Count("pk"), Sum(seconds))
        sums = {pk: (number, total or 0.0) for pk, number, total in rows}
        for one in alike:
            replies = sums.get(one.pk, (0, 0.0))
            found[one.pk] = Standing(waiting.get(one.pk, 0), *replies, one.pk not in uncounted)
    return found


def _list_uncounted(marketplaces: Iterable[Marketplace]) -> set[int]:
    """Marketplaces that don't judge the shop yet: it has too few orders."""
    needed = {one.pk: one for one in marketplaces if one.min_orders}
    readings = ScoreReading.objects.filter(marketplace__in=needed, member="orders_count").newest()
    return {
        row.marketplace_id
        for row in (readings if needed else ())
        for one in [needed[row.marketplace_id]]
        if row.period == get_period(one.score_window) and row.value < one.min_orders
    }


def _measured_by(marketplace: Marketplace) -> tuple[timedelta, bool, bool]:
    return get_window(marketplace), marketplace.is_always_on, marketplace.counts_operator


def _count_waiting(marketplaces: Sequence[Marketplace], now: datetime) -> dict[int, int]:
    running = Q(due_at__gt=now - HISTORICAL_AFTER)
    rows = Thread.objects.filter(running, marketplace__in=marketplaces).order_by()
    return dict(rows.values_list("marketplace").annotate(Count("pk")))
