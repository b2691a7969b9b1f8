"""Parcels (ST11), returns (RT11) and the evaluation of an order (OR51)."""

import datetime

import msgspec

from inbox.mirakl.decoding import Moment, Record, Words


class LocalDate(Record):
    """A local day at the parcel's place; time and offset are often missing."""

    date: datetime.date | None = None


class LocalDates(Record):
    earliest: LocalDate | None = None
    latest: LocalDate | None = None


class Milestone(Record):
    type: Words | None = None
    occurrence_date: LocalDate | None = None


class Location(Record):
    location: Words | None = None
    occurrence_date: LocalDate | None = None


class Tracking(Record):
    carrier_code: Words | None = None
    carrier_name: Words | None = None
    carrier_standard_code: Words | None = None
    tracking_number: Words | None = None
    tracking_url: str | None = None
    carrier_expected_delivery_date: LocalDates | None = None
    # The same under the name in the vendor's example.
    carrier_estimated_delivery_date: LocalDates | None = None
    last_known_location: Location | None = None
    milestones: list[Milestone] = []

    @property
    def carrier(self) -> str:
        return self.carrier_name or self.carrier_code or self.carrier_standard_code or ""

    @property
    def expected(self) -> LocalDates | None:
        return self.carrier_expected_delivery_date or self.carrier_estimated_delivery_date


class ShipmentLine(Record):
    order_line_id: str | None = None
    offer_sku: Words | None = None
    quantity: int | None = None


class Shipment(Record):
    id: str
    order_id: str | None = None
    status: Words | None = None
    shipped_date: Moment | None = None
    tracking: Tracking = msgspec.field(default_factory=Tracking)
    shipment_lines: list[ShipmentLine] = []


class Compliance(Record):
    compliant: bool | None = None
    non_compliance_reason_code: Words | None = None
    non_compliance_additional_info: Words | None = None


class ReturnLine(Record):
    order_line_id: str | None = None
    quantity: int | None = None
    reason_code: Words | None = None
    compliance: list[Compliance] = []


class Return(Record):
    id: str
    order_id: str | None = None
    state: Words | None = None
    reason_code: Words | None = None
    rejection_reason_code: Words | None = None
    description: Words | None = None
    rma: Words | None = None
    method_code: Words | None = None
    date_created: Moment | None = None
    last_updated: Moment | None = None
    tracking: Tracking = msgspec.field(default_factory=Tracking)
    return_lines: list[ReturnLine] = []


class Assessment(Record):
    code: Words | None = None
    label: Words | None = None
    response: Words | None = None


class EvaluationReply(Record):
    comment: str | None = None
    date: Moment | None = None
    type: Words | None = None


class Evaluation(Record):
    """`grade` is out of five."""

    grade: int | None = None
    comment: str | None = None
    date: Moment | None = None
    visible: bool | None = None
    assessments: list[Assessment] = []
    reply: EvaluationReply | None = None
