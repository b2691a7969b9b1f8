"""What the stored waits say about each marketplace's reply figure, read in two queries for all.

A forecast looks a few days ahead, so only waits that leave the window until then, and open ones,
are read one by one; PostgreSQL adds up the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Max, Q, QuerySet

from inbox.models import Marketplace, Span
from inbox.models.prepared import prepared
from inbox.reply_calendar import list_stretches, working_seconds
from inbox.services.insight.arrivals import WEEKS, Arrival
from inbox.services.insight.calibration import Reply
from inbox.services.insight.forecast import Answered, Bound, Judged, Promises, Replies, Sum

REPLY, NO_REPLY_NEEDED = Span.EndedBy.REPLY, Span.EndedBy.NO_REPLY_NEEDED
OPERATOR = Span.Asker.OPERATOR
HOUR = 3600
# How far a forecast looks: a Friday morning sees the next Monday's.
HORIZON = timedelta(days=4)
WINDOWS = {
    Marketplace.Window.DAYS_30: timedelta(days=30),
    Marketplace.Window.MONTH: timedelta(days=30),
    Marketplace.Window.MONTHS_3: timedelta(days=91),
}
# Mirakl's periods (A21) for them.
MONTH, THREE_MONTHS = "LAST_MONTH", "LAST_THREE_MONTHS"
# A marketplace that was last read before this has no figures of the days before either.
LONGEST_PAUSE = timedelta(days=30)
# Enough to draw arrivals from.
ARRIVALS_SINCE = timedelta(weeks=WEEKS + 1)


class Wait(NamedTuple):
    """A span's columns that figures are made of."""

    marketplace: int
    asker: str
    asked_at: datetime
    last_asked_at: datetime
    ended_at: datetime | None
    ended_by: str
    seconds: float | None
    working_seconds: float | None
    limit_at: datetime | None

    @property
    def judgement(self) -> Judged | None:
        """None while it is undecided, and for waits that no rule counts."""
        limit, ended_at = self.limit_at, self.ended_at
        if limit is None:
            return None
        if ended_at is None or ended_at > limit:
            return Judged(limit, is_in_time=False)
        return Judged(ended_at, is_in_time=True) if self.ended_by == REPLY else None


class Settled(NamedTuple):
    """Waits of a side that no forecast sees leave their window, added up."""

    marketplace: int
    asker: str
    newest_at: datetime
    replies: int
    seconds: float
    working_seconds: float
    judged: int
    in_time: int


@dataclass(frozen=True)
class ReplyFigures:
    """What is known of one marketplace until `as_of`; later waits are not read yet.

    `waits` are of the sides that the marketplace counts, `all_waits` of all.
    """

    marketplace: Marketplace
    as_of: datetime
    all_waits: Sequence[Wait]
    all_settled: Sequence[Settled] = ()

    @property
    def window(self) -> timedelta:
        return get_window(self.marketplace)

    @cached_property
    def waits(self) -> list[Wait]:
        return [one for one in self.all_waits if self._counts(one.asker)]

    @cached_property
    def settled(self) -> list[Settled]:
        return [one for one in self.all_settled if self._counts(one.asker)]

    @cached_property
    def open(self) -> list[Wait]:
        return [one for one in self.waits if one.ended_at is None]

    @cached_property
    def replies(self) -> Replies:
        calendar, as_of = self.marketplace.calendar, self.as_of
        return Replies(
            as_of,
            self.window,
            [
                Answered(one.asked_at, one.ended_at, self.count_seconds(one) or 0)
                for one in self.waits
                if one.ended_at and one.ended_by == REPLY
            ],
            [working_seconds(one.asked_at, as_of, calendar) for one in self.open],
            None
            if self.marketplace.is_always_on
            else list(list_stretches(calendar, as_of, as_of + HORIZON)),
            Sum(
                sum(self.count_seconds(one) or 0 for one in self.settled),
                sum(one.replies for one in self.settled),
            ),
        )

    @cached_property
    def promises(self) -> Promises:
        """Judged until `as_of`, and the limits that are still ahead."""
        judged = [found for one in self.waits if (found := one.judgement)]
        ahead = [one.limit_at for one in self.open if one.limit_at and one.limit_at > self.as_of]
        return Promises(
            self.as_of,
            self.window,
            [one for one in judged if one.at <= self.as_of],
            ahead,
            sum(one.judged for one in self.settled),
            sum(one.in_time for one in self.settled),
        )

    @property
    def arrivals(self) -> list[Arrival]:
        return [Arrival(one.asked_at, self.count_seconds(one)) for one in self.waits]

    @property
    def known_since(self) -> datetime:
        """When the oldest wait that is known began."""
        return min((one.asked_at for one in self.all_waits), default=self.as_of)

    @property
    def comparable(self) -> list[Reply]:
        """All replies, for finding out which ones the marketplace counts."""
        return [
            Reply(one.asker == OPERATOR, one.asked_at, one.last_asked_at, one.ended_at)
            for one in self.all_waits
            if one.ended_at and one.ended_by == REPLY
        ]

    def count_seconds(self, wait: Wait | Settled) -> float | None:
        return wait.seconds if self.marketplace.is_always_on else wait.working_seconds

    def _counts(self, asker: str) -> bool:
        return self.marketplace.counts_operator or asker != OPERATOR


def get_window(marketplace: Marketplace) -> timedelta:
    return WINDOWS[Marketplace.Window(marketplace.score_window)]


def get_period(window: str) -> str:
    """Mirakl's period for the one that the marketplace looks at."""
    return THREE_MONTHS if window == Marketplace.Window.MONTHS_3 else MONTH


def get_limit(marketplace: Marketplace) -> Bound:
    return Bound(marketplace.reply_limit_hours * HOUR, marketplace.limit_sign)


def get_alert(marketplace: Marketplace) -> Bound:
    return Bound(marketplace.alert_hours * HOUR, marketplace.alert_sign)


def get_least_share(marketplace: Marketplace) -> Bound:
    return Bound((marketplace.reply_share or 0) / 100, "<")


def read_figures(marketplaces: Iterable[Marketplace], now: datetime) -> dict[int, ReplyFigures]:
    """By the marketplace's primary key; without those that were never read."""
    by_window = defaultdict[timedelta, list[Marketplace]](list)
    for one in marketplaces:
        if one.read_until:
            by_window[get_window(one)].append(one)
    found: dict[int, ReplyFigures] = {}
    for window, some in by_window.items():
        # What is judged later stays in the window beyond the horizon.
        edge, since = now - window + HORIZON, _first_reading(some, now) - window
        pks = [one.pk for one in some]
        settled = [Settled(*row) for row in _settled(marketplaces=pks, edge=edge)]
        rows = _waits_until(marketplaces=pks, since=since, edge=edge)
        found |= _build_figures(some, [Wait(*row) for row in rows], settled, now)
    return found


def read_all_waits(
    marketplace: Marketplace, now: datetime, look_back: timedelta
) -> ReplyFigures | None:
    """One by one, also those that have left the window; None if it was never read."""
    if marketplace.read_until is None:
        return None
    since = _first_reading([marketplace], now) - look_back
    waits = [Wait(*row) for row in _waits(marketplaces=[marketplace.pk], since=since)]
    return _build_figures([marketplace], waits, [], now)[marketplace.pk]


def _build_figures(
    marketplaces: Sequence[Marketplace],
    waits: Iterable[Wait],
    settled: Iterable[Settled],
    now: datetime,
) -> dict[int, ReplyFigures]:
    waits_on = defaultdict[int, list[Wait]](list)
    for wait in waits:
        waits_on[wait.marketplace].append(wait)
    settled_on = defaultdict[int, list[Settled]](list)
    for one in settled:
        settled_on[one.marketplace].append(one)
    return {
        one.pk: ReplyFigures(
            one,
            _as_of(one, waits_on[one.pk], settled_on[one.pk], now),
            waits_on[one.pk],
            settled_on[one.pk],
        )
        for one in marketplaces
    }


def _first_reading(marketplaces: Sequence[Marketplace], now: datetime) -> datetime:
    """The window of the marketplace that was read first begins earliest."""
    moments = (one.read_until or now for one in marketplaces)
    return max(min(moments), now - LONGEST_PAUSE)


def _as_of(
    marketplace: Marketplace, waits: Sequence[Wait], settled: Sequence[Settled], now: datetime
) -> datetime:
    """The last complete reading, or what was learnt since by opening and answering."""
    known = [moment for one in waits for moment in (one.asked_at, one.ended_at) if moment]
    known += [one.newest_at for one in settled]
    read_at = marketplace.read_until or now
    return min(now, max([read_at, *known]))


def _known(marketplaces: list[int]) -> QuerySet[Span]:
    return Span.objects.of_the_team().filter(marketplace__in=marketplaces).order_by()


@prepared
def _waits(*, marketplaces: list[int], since: datetime) -> QuerySet[Span, tuple[Any, ...]]:
    recent = Q(ended_at__gt=since) | Q(ended_at__isnull=True)
    return _known(marketplaces).filter(recent).values_list(*Wait._fields)


@prepared
def _waits_until(
    *, marketplaces: list[int], since: datetime, edge: datetime
) -> QuerySet[Span, tuple[Any, ...]]:
    """Open waits, and those judged until `edge` that may still be in a window."""
    leaving = Q(ended_at__gt=since, judged_at__lte=edge) | Q(ended_at__isnull=True)
    return _known(marketplaces).filter(leaving).values_list(*Wait._fields)


@prepared
def _settled(*, marketplaces: list[int], edge: datetime) -> QuerySet[Span, tuple[Any, ...]]:
    """Ended waits that were judged after `edge`, which they all ended after."""
    replied = Q(ended_by=REPLY)
    in_time = Q(ended_at__lte=F("limit_at"))
    left_out = Q(ended_by=NO_REPLY_NEEDED) & in_time
    ended = _known(marketplaces).filter(judged_at__gt=edge, ended_at__isnull=False)
    return ended.values_list("marketplace", "asker").annotate(
        newest_at=Max("ended_at"),
        replies=Count("pk", filter=replied),
        all_seconds=models.Sum("seconds", filter=replied, default=0.0),
        all_working_seconds=models.Sum("working_seconds", filter=replied, default=0.0),
        judged=Count("pk", filter=Q(limit_at__isnull=False) & ~left_out),
        in_time=Count("pk", filter=replied & in_time),
    )
