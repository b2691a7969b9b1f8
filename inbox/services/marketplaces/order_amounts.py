"""What an order cost its customer, and what of it was canceled or refunded (OR11).

If `order_tax_mode` is TAX_EXCLUDED, taxes are added to every amount, also to refunds and
cancellations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from inbox import mirakl, money
from inbox.mirakl.records.orders import Cancelation, Refund
from inbox.mirakl.records.services import Priced, ServiceRefund

# From a reason type and a code to its label; empty if unknown.
Label = Callable[[str, str | None], str]


@dataclass(frozen=True)
class Refunded:
    """A refund or cancellation. `amount` is all that the customer gets; None if unknown."""

    amount: Decimal | None
    quantity: int
    reason: str
    at: datetime | None
    state: str = ""


@dataclass(frozen=True)
class Line:
    record: mirakl.OrderLine
    refunds: list[Refunded]
    cancelations: list[Refunded]


@dataclass(frozen=True)
class Bill:
    """An order's amounts. `taxes` are added to the prices if `is_without_tax`, else included."""

    currency: str
    is_without_tax: bool
    lines: list[Line]
    shipping: Decimal | None
    fees: Decimal | None
    taxes: Decimal | None
    total: Decimal | None
    # When the last line was shipped or received; None while a line is outstanding.
    shipped_at: datetime | None
    received_at: datetime | None

    @property
    def refunded(self) -> Decimal | None:
        return money.total(refund.amount for line in self.lines for refund in line.refunds)

    @property
    def canceled(self) -> Decimal | None:
        return money.total(part.amount for line in self.lines for part in line.cancelations)


def build_bill(order: mirakl.Order, label: Label) -> Bill:
    """The amounts of an order, with what its customer paid as the total."""
    is_without_tax = order.order_tax_mode == "TAX_EXCLUDED"
    taxes = money.total(
        tax.amount for line in order.order_lines for tax in [*line.taxes, *line.shipping_taxes]
    )
    parts = money.total([order.price, order.shipping_price])
    price = order.total_price if money.is_known(order.total_price) else parts
    # Mirakl describes `total_price` as the sum of price, shipping price and fees.
    fees = price - parts if price and parts and money.is_known(order.price) else Decimal(0)
    return Bill(
        currency=order.currency_iso_code or "",
        is_without_tax=is_without_tax,
        lines=[_line(line, is_without_tax, label) for line in order.order_lines],
        shipping=order.shipping_price,
        fees=fees if fees > 0 else None,
        taxes=taxes,
        total=money.total([price, taxes]) if is_without_tax else price,
        shipped_at=_last([line.shipped_date for line in order.order_lines]),
        received_at=_last([line.received_date for line in order.order_lines]),
    )


def _line(line: mirakl.OrderLine, is_without_tax: bool, label: Label) -> Line:
    return Line(
        record=line,
        refunds=[
            _given_back(one, is_without_tax, label("REFUND", one.reason_code))
            for one in line.refunds
        ],
        cancelations=[
            _given_back(one, is_without_tax, label("CANCELATION", one.reason_code))
            for one in line.cancelations
        ],
    )


def _last(moments: list[datetime | None]) -> datetime | None:
    known = [moment for moment in moments if moment]
    return max(known) if known and len(known) == len(moments) else None


def _given_back(part: Refund | Cancelation, is_without_tax: bool, reason: str) -> Refunded:
    taxes = [*part.taxes, *part.shipping_taxes] if is_without_tax else []
    return Refunded(
        amount=money.total([part.amount, part.shipping_amount, *(tax.amount for tax in taxes)]),
        quantity=part.quantity or 0,
        reason=reason,
        at=part.created_date,
        state=(part.refund_state or part.state or "") if isinstance(part, Refund) else "",
    )


# SOR11 names two of OR11's states differently.
SERVICE_REFUND_STATES = {"OK": "REFUNDED", "WAITING": "WAITING_REFUND"}


@dataclass(frozen=True)
class ServiceBill:
    total: Decimal | None
    refunds: list[Refunded]


def build_service_bill(order: mirakl.ServiceOrder, label: Label) -> ServiceBill:
    """What a service order cost (SOR11): units, options and the taxes on both."""
    price = order.price
    units = [*price.ordered_service_units, *price.options]
    amounts = [_times(price.amount, price.quantity), *(tax.amount for tax in price.taxes)]
    return ServiceBill(
        total=money.total([*amounts, *(amount for unit in units for amount in _amounts(unit))]),
        refunds=[
            _service_refund(one, label("MPS_REFUND", one.reason_code)) for one in order.refunds
        ],
    )


def _service_refund(refund: ServiceRefund, reason: str) -> Refunded:
    amounts = [refund.amount, *(tax.amount for tax in refund.taxes)]
    options = (amount for option in refund.options for amount in _amounts(option))
    return Refunded(
        amount=money.total([*amounts, *options]),
        quantity=0,
        reason=reason,
        at=refund.creation_date,
        state=SERVICE_REFUND_STATES.get(refund.state or "", refund.state or ""),
    )


def _amounts(unit: Priced) -> Iterator[Decimal | None]:
    """The amounts of an option or unit, of its values, and of the taxes on either."""
    yield _times(unit.amount, unit.ordered_quantity)
    yield from (tax.amount for tax in unit.taxes)
    for value in unit.values:
        yield from _amounts(value)


def _times(amount: Decimal | None, quantity: int | None) -> Decimal | None:
    return amount * (1 if quantity is None else quantity) if money.is_known(amount) else None
