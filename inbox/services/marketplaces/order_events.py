"""The timeline of an order: from OR11, with the returns of RT11."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import error_texts
from inbox.services.marketplaces import order_amounts, order_parts, orders
from inbox.services.marketplaces.order_amounts import Bill, Refunded
from inbox.services.marketplaces.order_parts import Part, Returned

DateOf: TypeAlias = Callable[[mirakl.OrderLine], datetime | None]
# Final states: no further event is due.
ENDED = {"RECEIVED", "CLOSED", "REFUSED", "CANCELED"}
# Only the latest are shown: a longer timeline is unreadable.
MOST_EVENTS = 60


@dataclass(frozen=True)
class OrderEvent:
    """`amount` is in the order's currency; an event that `is_due` has not happened yet."""

    at: datetime
    words: str
    detail: str = ""
    amount: Decimal | None = None
    is_due: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Timeline:
    """Events, oldest first; `words` say which are missing, and why."""

    events: list[OrderEvent]
    currency: str
    words: str = ""


def build_timeline(
    order: mirakl.Order, bill: Bill, returns: Part[Returned] | None = None
) -> Timeline:
    """The order's past events, then the expected ones."""
    part = returns or Part()
    return Timeline(_events(order, bill, part.found), bill.currency, part.words)


def fetch_timeline(marketplace: Marketplace, order_id: str) -> Timeline:
    """The timeline with the returns (RT11)."""
    try:
        order = orders.fetch_order(marketplace, order_id)
    except mirakl.MiraklError as error:
        return Timeline([], "", error_texts.not_shown(error, marketplace))
    if order is None:
        return Timeline([], "", order_parts.explain_unknown(marketplace))
    bill = order_amounts.build_bill(order, orders.get_reason_labels(marketplace, order))
    return build_timeline(order, bill, order_parts.fetch_returns(marketplace, order_id))


def _events(order: mirakl.Order, bill: Bill, returns: Sequence[Returned]) -> list[OrderEvent]:
    happened = [
        *_of_order(order),
        *_of_lines(order, lambda line: line.shipped_date, _("Shipped")),
        *_of_lines(order, lambda line: line.received_date, _("Received")),
        *_of_money(bill),
        *_of_returns(returns),
    ]
    latest = sorted(happened, key=lambda event: event.at)[-MOST_EVENTS:]
    return [*latest, *_due(order, bill)]


def _of_order(order: mirakl.Order) -> Iterable[OrderEvent]:
    if order.created_date:
        yield OrderEvent(order.created_date, _("Ordered"))
    if order.customer_debited_date:
        yield OrderEvent(order.customer_debited_date, _("Paid"))
    if order.acceptance_decision_date:
        is_refused = order.order_state == "REFUSED"
        words = _("Refused") if is_refused else _("Accepted")
        yield OrderEvent(order.acceptance_decision_date, words)


def _of_lines(order: mirakl.Order, date_of: DateOf, label: str) -> Iterable[OrderEvent]:
    """One event for each time at which lines of the order changed state."""
    moved = Counter(at for line in order.order_lines if (at := date_of(line)))
    whole = len(order.order_lines)
    for at, count in moved.items():
        part = ngettext("%(count)d of %(whole)d item", "%(count)d of %(whole)d items", whole)
        detail = part % {"count": count, "whole": whole} if count < whole else ""
        yield OrderEvent(at, label, detail, tone="good")


def _of_money(bill: Bill) -> Iterable[OrderEvent]:
    for line in bill.lines:
        yield from _given_back(line.refunds, _("Refunded"))
        yield from _given_back(line.cancelations, _("Canceled"))


def _given_back(parts: Iterable[Refunded], label: str) -> Iterable[OrderEvent]:
    for part in parts:
        if part.at:
            yield OrderEvent(part.at, label, part.reason, part.amount, tone="back")


def _of_returns(returns: Sequence[Returned]) -> Iterable[OrderEvent]:
    for one in returns:
        if one.record.date_created:
            yield OrderEvent(one.record.date_created, _("Return opened"), one.reason, tone="back")


def _due(order: mirakl.Order, bill: Bill) -> Iterable[OrderEvent]:
    if order.order_state in ENDED:
        return
    if order.shipping_deadline and not bill.shipped_at:
        yield OrderEvent(order.shipping_deadline, _("Ship by"), is_due=True)
    if order.delivery_date and order.delivery_date.latest and not bill.received_at:
        yield OrderEvent(order.delivery_date.latest, _("Delivery expected by"), is_due=True)
