"""The quality page: how each marketplace rates our replies, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.dates import MORNING, first_moment
from inbox.models import Marketplace, ScoreReading
from inbox.pages.metrics import Figure
from inbox.pages.quality_rates import DELAY, MarketplaceScores, RateRow, list_rates
from inbox.pages.viewer import Viewer
from inbox.services.insight.forecast import Crossing, list_misses
from inbox.services.insight.reply_figures import (
    ReplyFigures,
    get_alert,
    get_least_share,
    get_limit,
    read_figures,
)
from inbox.services.marketplaces import accounts, score_readings

Rule = Marketplace.Rule
EVENING = time(18)
# More of them are counted, not listed.
MOST_MISSES = 5


@dataclass(frozen=True)
class Forecast:
    """If all that wait are answered at one of `answered`, or are left until `until`."""

    now: Figure
    with_open: Figure
    answered: list[tuple[datetime, Figure]]
    until: datetime
    of_limit: list[Figure]
    of_alert: list[Figure]
    # The other reading: open ones don't count yet. Only where its crossings of the limit differ.
    of_limit_without_open: list[Figure] | None


@dataclass(frozen=True)
class Misses:
    """Open waits whose own limits pass until `until`."""

    until: datetime
    count: Figure
    first: list[Figure]
    has_more: bool


@dataclass(frozen=True)
class QualityCard:
    """One marketplace; `figures` is None while it was never read."""

    marketplace: Marketplace
    figures: ReplyFigures | None
    scores: MarketplaceScores
    suspension: str

    @property
    def read_until(self) -> Figure:
        return self._figure("read_until_at", self.marketplace.read_until)

    @property
    def counted_since(self) -> datetime | None:
        """Set while the desk knows less than the marketplace's period."""
        connected_at = self.marketplace.connected_at
        if self.figures is None or connected_at is None:
            return None
        return connected_at if connected_at > self.figures.as_of - self.figures.window else None

    @property
    def theirs(self) -> Figure:
        return self._judged(DELAY, self.scores.value(DELAY))

    @property
    def ours(self) -> Figure:
        replies = self.figures.replies.leave_out_open() if self.figures else None
        return self._judged("reply_seconds_mean", replies.mean_at(replies.now) if replies else None)

    @property
    def rule_words(self) -> str:
        """Limit, alert and least share."""
        rule = self.marketplace
        is_over_at, is_near_at = rule.limit_sign == ">=", rule.alert_sign == ">="
        limit = _("over the limit from %s h") if is_over_at else _("over the limit above %s h")
        alert = _("near it from %s h") if is_near_at else _("near it above %s h")
        words = [limit % rule.reply_limit_hours]
        if self.has_alert:
            words.append(alert % rule.alert_hours)
        if rule.reply_share:
            words.append(_("at least %(share)s%% in time") % {"share": rule.reply_share})
        return ", ".join(words)

    @property
    def has_alert(self) -> bool:
        return self.marketplace.alert_hours < self.marketplace.reply_limit_hours

    @property
    def waiting(self) -> Figure:
        return self._figure("waiting_now_count", len(self.figures.open) if self.figures else None)

    @property
    def waiting_url(self) -> str:
        """The inbox with what waits, in the order in which limits pass."""
        filters = {"marketplace": self.marketplace.slug, "view": "needs-reply", "sort": "deadline"}
        return f"{reverse('inbox')}?{urlencode(filters)}"

    @property
    def in_time(self) -> Figure:
        share = self._share_now
        is_bad = self._is_judged_by(Rule.SHARE_MIN) and get_least_share(
            self.marketplace
        ).is_crossed(share)
        return self._figure("answered_in_time_share", share, tone="overdue" if is_bad else "")

    @property
    def orders_missing(self) -> tuple[int, int] | None:
        """Orders of the period and how many it takes, if the shop isn't judged yet."""
        orders, needed = self.scores.value("orders_count"), self.marketplace.min_orders
        return None if orders is None or orders >= needed else (int(orders), needed)

    @property
    def orders(self) -> Figure:
        return self._figure("orders_count", self.scores.value("orders_count"))

    @property
    def rates(self) -> list[RateRow]:
        return list_rates(self.marketplace, self.scores, is_judged=self.orders_missing is None)

    @cached_property
    def forecast(self) -> Forecast | None:
        """None for rules about each reply, and if nothing is counted."""
        if self.figures is None or self.orders_missing or not self._forecasts_mean:
            return None
        replies, without_open = self.figures.replies, self.figures.replies.leave_out_open()
        if replies.mean_at(replies.now) is None:
            return None
        moments = list_moments(replies.now)
        limit, alert = get_limit(self.marketplace), get_alert(self.marketplace)
        found = replies.find_crossings(limit, moments[-1])
        other = without_open.find_crossings(limit, moments[-1])
        return Forecast(
            now=self._mean(without_open.mean_at(replies.now), "now"),
            with_open=self._mean(replies.mean_at(replies.now), "open"),
            answered=[(at, self._mean(replies.mean_at(at), "answered")) for at in moments],
            until=moments[-1],
            of_limit=self._crossings("limit", found),
            of_alert=self._crossings("alert", replies.find_crossings(alert, moments[-1])),
            of_limit_without_open=(
                None if other == found else self._crossings("limit_without_open", other)
            ),
        )

    @cached_property
    def share_crossings(self) -> list[Figure] | None:
        """For rules about the share in time: when it gets under the least share, or back."""
        if self.figures is None or self.orders_missing or self._share_now is None:
            return None
        if self.marketplace.reply_rule != Rule.SHARE_MIN:
            return None
        until = list_moments(self.figures.as_of)[-1]
        found = self.figures.promises.find_crossings(get_least_share(self.marketplace), until)
        return self._crossings("share", found)

    @cached_property
    def misses(self) -> Misses | None:
        """For rules about each reply: which open waits pass their limits."""
        if self.figures is None or self.orders_missing:
            return None
        if self.marketplace.reply_rule == Rule.INFORMATIVE:
            return None
        as_of = self.figures.as_of
        until = list_moments(as_of)[-1]
        found = list_misses([one.limit_at for one in self.figures.open], as_of, until)
        first = [self._figure("limit_at", at) for at in found[:MOST_MISSES]]
        count = self._figure("misses_ahead_count", len(found))
        return Misses(until, count, first, has_more=len(found) > MOST_MISSES)

    @property
    def rank(self) -> int:
        """Marketplaces over a limit come first, then those near one."""
        tones = {self.theirs.tone, self.ours.tone, self.in_time.tone}
        tones |= {row.value.tone for row in self.rates}
        if self.suspension or "overdue" in tones:
            return 0
        return 1 if "soon" in tones else 2

    @property
    def _forecasts_mean(self) -> bool:
        return self.marketplace.reply_rule in {Rule.MEAN_MAX, Rule.INFORMATIVE}

    @property
    def _share_now(self) -> float | None:
        return self.figures.promises.share_if_left(self.figures.as_of) if self.figures else None

    def _is_judged_by(self, rule: str) -> bool:
        return self.marketplace.reply_rule == rule and self.orders_missing is None

    def _judged(self, metric: str, value: float | None) -> Figure:
        tone = ""
        if value is not None and self._is_judged_by(Rule.MEAN_MAX):
            tone = "sent"
            if get_alert(self.marketplace).is_crossed(value):
                tone = "soon"
            if get_limit(self.marketplace).is_crossed(value):
                tone = "overdue"
        return self._figure(metric, value, tone=tone)

    def _crossings(self, line: str, found: Sequence[Crossing]) -> list[Figure]:
        return [
            self._figure(
                f"{line}_{'crossed' if one.is_over else 'left'}_at",
                one.at,
                tone="overdue" if one.is_over else "sent",
            )
            for one in found
        ]

    def _mean(self, value: float | None, of: str) -> Figure:
        return self._judged(f"forecast_{of}_seconds_mean", value)

    def _figure(self, metric: str, value: float | datetime | None, *, tone: str = "") -> Figure:
        return Figure(metric, value, by="marketplace", key=self.marketplace.slug, tone=tone)


@dataclass(frozen=True)
class QualityPage:
    """`leagues`: an operator's marketplaces, whose shops have a page of their own."""

    cards: list[QualityCard]
    leagues: list[Marketplace]


def read_page(viewer: Viewer) -> QualityPage:
    sellers = [one for one in viewer.marketplaces if one.role == Marketplace.Role.SELLER]
    score_readings.refresh_readings(sellers)
    shops = accounts.get_accounts(sellers)
    scores = read_scores(sellers)
    figures = read_figures([one for one in sellers if one.is_in_inbox], timezone.now())
    cards = [
        QualityCard(
            one,
            figures.get(one.pk),
            scores[one.pk],
            suspension=shops[one.pk].suspension if one.pk in shops else "",
        )
        for one in sellers
    ]
    operators = [one for one in viewer.in_inbox if one.role == Marketplace.Role.OPERATOR]
    leagues = [one for one in operators if viewer.leads(one)]
    return QualityPage(sorted(cards, key=lambda card: card.rank), leagues)


def read_scores(marketplaces: Sequence[Marketplace]) -> Mapping[int, MarketplaceScores]:
    rows = list(ScoreReading.objects.filter(marketplace__in=marketplaces).newest())
    return {
        one.pk: MarketplaceScores(
            one.score_window, [row for row in rows if row.marketplace_id == one.pk]
        )
        for one in marketplaces
    }


def list_moments(now: datetime) -> list[datetime]:
    """When somebody may look next, by the reader's clock: soon, tonight, tomorrow, on Monday."""
    zone = timezone.get_current_timezone()
    local = now.astimezone(zone)
    hour = datetime.combine(local.date(), time(local.hour))
    soon = first_moment(hour + timedelta(hours=2), zone)
    monday = local.date() + timedelta(days=7 - local.weekday())
    walls = [
        datetime.combine(local.date(), EVENING),
        datetime.combine(local.date() + timedelta(days=1), MORNING),
        datetime.combine(monday, MORNING),
    ]
    later = (first_moment(wall, zone) for wall in walls)
    return sorted({soon, *(at for at in later if at > soon)})
