"""Service orders as SOR11 answers them."""

from decimal import Decimal

import msgspec

from inbox.mirakl.decoding import Moment, Record
from inbox.mirakl.records.orders import Tax


class Priced(Record):
    """An option, or a value of one, at its price."""

    code: str | None = None
    label: str | None = None
    amount: Decimal | None = None
    taxes: list[Tax] = []
    ordered_quantity: int | None = None
    values: list["Priced"] = []


class Price(Record):
    """`amount` is that of one; the MULTI types have `ordered_service_units` instead."""

    type: str | None = None
    amount: Decimal | None = None
    quantity: int | None = None
    taxes: list[Tax] = []
    options: list[Priced] = []
    ordered_service_units: list[Priced] = []


class ServiceRefund(Record):
    """Taxes and options come on top of `amount`."""

    id: str | None = None
    amount: Decimal | None = None
    taxes: list[Tax] = []
    options: list[Priced] = []
    reason_code: str | None = None
    state: str | None = None
    creation_date: Moment | None = None


class TimeSlot(Record):
    """A request has local times, a session moments: kept as they are told."""

    start: str | None = None
    end: str | None = None


class RequestedSlot(Record):
    start: str | None = msgspec.field(name="from", default=None)
    end: str | None = msgspec.field(name="to", default=None)


class Session(Record):
    timeslot: TimeSlot | None = None


class Booking(Record):
    type: str | None = None
    confirmed_time_slots: list[RequestedSlot] = []
    time_slots: list[RequestedSlot] = []
    session: Session | None = None


class Named(Record):
    code: str | None = None
    label: str | None = None
    title: str | None = None


class ServiceCustomer(Record):
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None
    phone_number: str | None = None


class ServiceOrder(Record):
    id: str
    commercial_order_id: str | None = None
    state: str | None = None
    date_created: Moment | None = None
    date_accepted: Moment | None = None
    currency_code: str | None = None
    has_open_incident: bool | None = None
    service: Named = msgspec.field(default_factory=Named)
    customer: ServiceCustomer = msgspec.field(default_factory=ServiceCustomer)
    booking: Booking = msgspec.field(default_factory=Booking)
    price: Price = msgspec.field(default_factory=Price)
    refunds: list[ServiceRefund] = []
