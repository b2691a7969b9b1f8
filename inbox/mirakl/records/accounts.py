"""Who is behind a credential, and what its marketplace offers."""

from inbox.mirakl.decoding import Moment, Record


class Account(Record):
    """The shop behind a key (A01), as far as a connection check needs it."""

    shop_id: int | None = None
    shop_name: str | None = None
    shop_state: str | None = None
    suspension_type: str | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None
    channels: list[str] = []
    currency_iso_code: str | None = None
    order_messages_response_delay: int | None = None  # seconds


class Statistics(Record):
    """A shop's figures (A21). Undocumented: the members are those that A01 has as well."""

    order_messages_response_delay: int | None = None  # seconds
    approval_delay: int | None = None  # seconds
    approval_rate: float | None = None
    grade: float | None = None
    evaluations_count: int | None = None
    orders_count: int | None = None
    offers_count: int | None = None


class Version(Record):
    version: str | None = None


class Channel(Record):
    code: str
    label: str | None = None
    description: str | None = None


class Reason(Record):
    """RE01 tells for whom it is; RE02 and RE14 do not."""

    code: str
    label: str | None = None
    type: str | None = None
    is_shop_right: bool | None = None
    is_operator_right: bool | None = None
    is_customer_right: bool | None = None


class Shop(Record):
    """An item of S20."""

    shop_id: int
    shop_name: str | None = None
    shop_state: str | None = None
    suspension_type: str | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None


class ShopPage(Record):
    shops: list[Shop]
    total_count: int | None = None
    skipped: int = 0
