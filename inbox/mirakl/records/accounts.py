"""The account behind a set of credentials, and its marketplace's settings."""

import msgspec

from inbox.mirakl.decoding import Moment, Record, Words


class Account(Record):
    """The shop behind an API key (A01), as far as a connection check needs it."""

    shop_id: int | None = None
    shop_name: Words | None = None
    shop_state: Words | None = None
    suspension_type: Words | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None
    channels: list[str] = []
    currency_iso_code: Words | None = None
    order_messages_response_delay: int | None = None  # seconds


class Figure(Record):
    """One value of A21, for `LAST_MONTH`, `ALL_SINCE_BEGINNING` or another of its periods."""

    period: Words
    value: float | None = None


class Statistics(Record):
    """A shop's figures (A21), each a list with one value per period.

    Delays are seconds, rates between 0 and 1, amounts in the shop's currency. Counts of offers and
    of consecutive refused orders come without a channel only; the rate of valid tracking is null if
    the marketplace has no Delivery Manager.
    """

    shop_id: int | None = None
    channel: Words | None = None
    last_updated_date: Moment | None = None
    order_messages_response_delay: list[Figure] = []
    approval_delay: list[Figure] = []
    shipping_delay: list[Figure] = []
    incident_rate: list[Figure] = []
    late_shipment_rate: list[Figure] = []
    refund_rate: list[Figure] = []
    return_rate: list[Figure] = []
    cancelation_rate: list[Figure] = []
    approval_rate: list[Figure] = []
    auto_refused_rate: list[Figure] = []
    valid_tracking_rate: list[Figure] = []
    grade: list[Figure] = []
    evaluations_count: list[Figure] = []
    orders_count: list[Figure] = []
    consecutive_refused_orders_count: list[Figure] = []
    offers_count: list[Figure] = []
    total_revenue: list[Figure] = []
    average_cart: list[Figure] = []
    average_cart_with_shipping: list[Figure] = []


class ShipmentFeatures(Record):
    multi_shipment: bool | None = None


class Features(Record):
    no_reply_needed: bool | None = None
    order_tax_mode: Words | None = None
    shipment: ShipmentFeatures = msgspec.field(default_factory=ShipmentFeatures)


class Platform(Record):
    """Features that a marketplace has enabled (PC01), as far as a desk needs them."""

    platform_name: Words | None = None
    timezone: Words | None = None
    features: Features = msgspec.field(default_factory=Features)


class Version(Record):
    version: Words | None = None


class Channel(Record):
    code: str
    label: Words | None = None
    description: Words | None = None


class Reason(Record):
    """RE01 says who may use it; RE02 and RE14 do not."""

    code: str
    label: Words | None = None
    type: Words | None = None
    is_shop_right: bool | None = None
    is_operator_right: bool | None = None
    is_customer_right: bool | None = None


class Shop(Record):
    """An item of S20."""

    shop_id: int
    shop_name: Words | None = None
    shop_state: Words | None = None
    suspension_type: Words | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None


class ShopPage(Record):
    shops: list[Shop]
    total_count: int | None = None
    skipped: int = 0
