"""Service orders from SOR11."""

from decimal import Decimal

import msgspec

from inbox.mirakl.decoding import Moment, Record, Words
from inbox.mirakl.records.orders import Tax


class Priced(Record):
    """An option, or a value of one, at its price."""

    code: Words | None = None
    label: Words | None = None
    amount: Decimal | None = None
    taxes: list[Tax] = []
    ordered_quantity: int | None = None
    values: list["Priced"] = []


class Price(Record):
    """`amount` is for one unit; the MULTI types have `ordered_service_units` instead."""

    type: Words | None = None
    amount: Decimal | None = None
    quantity: int | None = None
    taxes: list[Tax] = []
    options: list[Priced] = []
    ordered_service_units: list[Priced] = []


class ServiceRefund(Record):
    """Taxes and options are added to `amount`."""

    id: str | None = None
    amount: Decimal | None = None
    taxes: list[Tax] = []
    options: list[Priced] = []
    reason_code: Words | None = None
    state: Words | None = None
    creation_date: Moment | None = None


class TimeSlot(Record):
    """A request has local times, a session moments: kept as they are sent."""

    start: Words | None = None
    end: Words | None = None


class RequestedSlot(Record):
    start: Words | None = msgspec.field(name="from", default=None)
    end: Words | None = msgspec.field(name="to", default=None)


class Session(Record):
    timeslot: TimeSlot | None = None


class Booking(Record):
    type: Words | None = None
    confirmed_time_slots: list[RequestedSlot] = []
    time_slots: list[RequestedSlot] = []
    session: Session | None = None


class Named(Record):
    code: Words | None = None
    label: Words | None = None
    title: Words | None = None


class ServiceCustomer(Record):
    first_name: Words | None = None
    last_name: Words | None = None
    locale: Words | None = None
    phone_number: Words | None = None


class ServiceOrder(Record):
    id: str
    commercial_order_id: str | None = None
    state: Words | None = None
    date_created: Moment | None = None
    date_accepted: Moment | None = None
    currency_code: Words | None = None
    has_open_incident: bool | None = None
    service: Named = msgspec.field(default_factory=Named)
    customer: ServiceCustomer = msgspec.field(default_factory=ServiceCustomer)
    booking: Booking = msgspec.field(default_factory=Booking)
    price: Price = msgspec.field(default_factory=Price)
    refunds: list[ServiceRefund] = []
