"""A shop's statistics from its marketplace (A21), each for the periods that Mirakl has.

They are valid for a day, as Mirakl's documents want, and fetched by the page that shows them, or by
the worker: this call is allowed in the background.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TypeGuard

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services.marketplaces import daily_answers

PATIENCE_SECONDS = 10
TOO_LARGE = 1e12
# Each costs a call a day.
MOST_CHANNELS = 12


class Kind(StrEnum):
    SECONDS = "seconds"
    RATE = "rate"  # 0 to 1
    GRADE = "grade"
    COUNT = "count"
    AMOUNT = "amount"


# In the order of the page: what matters to customers first, then trade.
LABELS = {
    "order_messages_response_delay": (Kind.SECONDS, _("Average reply time")),
    "approval_delay": (Kind.SECONDS, _("Average time to accept an order")),
    "shipping_delay": (Kind.SECONDS, _("Average time to ship")),
    "incident_rate": (Kind.RATE, _("Incidents")),
    "late_shipment_rate": (Kind.RATE, _("Late shipments")),
    "refund_rate": (Kind.RATE, _("Refunds")),
    "return_rate": (Kind.RATE, _("Returns")),
    "cancelation_rate": (Kind.RATE, _("Cancellations")),
    "approval_rate": (Kind.RATE, _("Accepted orders")),
    "auto_refused_rate": (Kind.RATE, _("Orders refused automatically")),
    "valid_tracking_rate": (Kind.RATE, _("Orders with valid tracking")),
    "grade": (Kind.GRADE, _("Customer rating")),
    "evaluations_count": (Kind.COUNT, _("Evaluations")),
    "orders_count": (Kind.COUNT, _("Orders")),
    "consecutive_refused_orders_count": (Kind.COUNT, _("Orders refused in a row")),
    "offers_count": (Kind.COUNT, _("Active offers")),
    "total_revenue": (Kind.AMOUNT, _("Revenue")),
    "average_cart": (Kind.AMOUNT, _("Average order")),
    "average_cart_with_shipping": (Kind.AMOUNT, _("Average order with shipping")),
}
# Mirakl has five.
MOST_PERIODS = 12
PERIODS = {
    "LAST_MONTH": _("Last month"),
    "LAST_THREE_MONTHS": _("Last 3 months"),
    "LAST_SIX_MONTHS": _("Last 6 months"),
    "LAST_YEAR": _("Last year"),
    "ALL_SINCE_BEGINNING": _("Since the beginning"),
}


@dataclass(frozen=True)
class Row:
    """One figure, with a value for each of the table's periods."""

    name: str
    values: list[float | None]

    @property
    def kind(self) -> Kind:
        return LABELS[self.name][0]

    @property
    def label(self) -> str:
        return str(LABELS[self.name][1])


@dataclass(frozen=True)
class Statistics:
    """`channel` is empty if the figures are those of all channels."""

    read_at: datetime
    updated_at: datetime | None
    channel: str
    periods: list[str]
    rows: list[Row]

    @property
    def headings(self) -> list[str]:
        return [str(PERIODS.get(period, period)) for period in self.periods]

    def value(self, name: str, period: str) -> float | None:
        """None if the marketplace sends no such figure."""
        values = {row.name: dict(zip(self.periods, row.values, strict=True)) for row in self.rows}
        return values.get(name, {}).get(period)


def get_statistics(marketplace: Marketplace) -> Statistics | None:
    """None until the marketplace answers, or if the call is not permitted."""
    return get_all_statistics([marketplace]).get(marketplace.pk)


def get_all_statistics(marketplaces: Iterable[Marketplace]) -> dict[int, Statistics]:
    """By the marketplace's primary key; without those that have not answered."""
    return daily_answers.get_daily_answers("statistics", Statistics, marketplaces, _read)


def get_channel_statistics(
    marketplace: Marketplace, channels: Iterable[str]
) -> dict[str, Statistics]:
    """By channel code, up to the first that has not answered: the next display has the rest."""
    told: dict[str, Statistics] = {}
    for code in islice(channels, MOST_CHANNELS):
        name, read = f"statistics:{code}", partial(_read, channel=code)
        found = daily_answers.get_daily_answers(name, Statistics, [marketplace], read)
        if marketplace.pk not in found:
            break
        told[code] = found[marketplace.pk]
    return told


def read_statistics(marketplace: Marketplace) -> Statistics:
    """For the worker, which waits for the answer. Raises MiraklError."""
    return daily_answers.read_daily_answer("statistics", Statistics, marketplace, _read)


def _read(client: mirakl.MiraklClient, channel: str | None = None) -> Statistics:
    told = client.statistics(channel_code=channel, timeout=PATIENCE_SECONDS)
    figures = {
        name: {one.period: one.value for one in getattr(told, name) if is_figure(one.value)}
        for name in LABELS
    }
    periods = _in_order(period for values in figures.values() for period in values)
    rows = [
        Row(name, [values.get(period) for period in periods])
        for name, values in figures.items()
        if values
    ]
    return Statistics(timezone.now(), told.last_updated_date, told.channel or "", periods, rows)


def is_figure(value: float | None) -> TypeGuard[float]:
    """False for absurd numbers too: so many seconds cannot be shown as days."""
    return value is not None and abs(value) < TOO_LARGE


def _in_order(periods: Iterable[str]) -> list[str]:
    """The shortest period first; an unknown one comes last, under its own name."""
    known = list(PERIODS)
    named = sorted(set(periods), key=lambda one: (known.index(one) if one in known else 99, one))
    return named[:MOST_PERIODS]
