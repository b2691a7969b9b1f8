"""What a marketplace says of our shop (A21), beside the limits that it has for each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace, ScoreReading
from inbox.models.metrics import Metric
from inbox.pages.metrics import Figure
from inbox.services.insight.reply_figures import get_period
from inbox.services.marketplaces.statistics import LABELS, PERIODS, Kind

DELAY = "order_messages_response_delay"
SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
# Trade has no limits.
LEFT_OUT = {DELAY, "orders_count", "offers_count", "evaluations_count"}
STATES = {
    "overdue": _("Over the limit"),
    "soon": _("Near the limit"),
    "sent": _("Within the limit"),
    "": "",
}


@dataclass(frozen=True)
class MarketplaceScores:
    """The newest readings of one marketplace."""

    window: str
    readings: Sequence[ScoreReading]

    @property
    def period(self) -> str:
        """Mirakl's period for the one that the marketplace looks at."""
        return get_period(self.window)

    @property
    def period_label(self) -> str:
        return str(PERIODS[self.period])

    @property
    def updated_at(self) -> datetime | None:
        """When Mirakl calculated them."""
        return max((one.last_updated for one in self.readings if one.last_updated), default=None)

    def value(self, member: str, period: str = "") -> float | None:
        return self._values.get((member, period or self.period))

    @cached_property
    def _values(self) -> dict[tuple[str, str], float]:
        return {(one.member, one.period): one.value for one in self.readings}


@dataclass(frozen=True)
class RateRow:
    """One figure of A21; alert and limit are signs with values, where the marketplace has them."""

    label: str
    kind: Kind
    period: str
    value: Figure
    alert: tuple[str, float] | None
    limit: tuple[str, float] | None

    @property
    def state(self) -> str:
        return str(STATES[self.value.tone])


def list_rates(
    marketplace: Marketplace, scores: MarketplaceScores, *, is_judged: bool
) -> list[RateRow]:
    """Figures that it sends or has limits for, in the order of a marketplace's page.

    Without `is_judged` none is over a limit.
    """
    limits = {one.name: one for one in marketplace.metrics}
    return [
        _build_row(marketplace, scores, limits.get(name, Metric(name)), is_judged=is_judged)
        for name, (kind, _label) in LABELS.items()
        if kind != Kind.AMOUNT and name not in LEFT_OUT
        if name in limits or scores.value(name) is not None
    ]


def _build_row(
    marketplace: Marketplace, scores: MarketplaceScores, metric: Metric, *, is_judged: bool
) -> RateRow:
    kind, label = LABELS[metric.name]
    period = metric.period or scores.period
    value = scores.value(metric.name, period)
    tone = _judge(metric, value) if is_judged else ""
    return RateRow(
        label=str(label),
        kind=kind,
        period=str(PERIODS.get(period, period)),
        value=Figure(metric.name, value, by="marketplace", key=marketplace.slug, tone=tone),
        alert=None if metric.alert is None else (SIGNS[metric.alert_sign], metric.alert),
        limit=None if metric.limit is None else (SIGNS[metric.limit_sign], metric.limit),
    )


def _judge(metric: Metric, value: float | None) -> str:
    if value is None or (metric.limit is None and metric.alert is None):
        return ""
    if metric.is_over(value):
        return "overdue"
    return "soon" if metric.is_near(value) else "sent"
