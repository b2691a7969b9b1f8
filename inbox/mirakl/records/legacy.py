"""Legacy messages, without threads: M01, OR41. Ids are numbers, bodies hold HTML."""

from inbox.mirakl.decoding import Moment, Record, Words


class DocumentType(Record):
    """A document type of an order or a shop, as its marketplace names it (DO01)."""

    code: str
    label: Words | None = None
    description: Words | None = None
    entity: Words | None = None  # ORDER or SHOP
    mime_types: list[str] = []


class Document(Record):
    """A document of an order: OR72's items, and the attachments of a legacy message."""

    id: int
    order_id: str | None = None
    file_name: Words | None = None
    type: Words | None = None
    file_size: int | None = None  # bytes
    date_uploaded: Moment | None = None


class LegacyMessage(Record):
    id: int
    subject: Words | None = None
    body: str | None = None
    date_created: Moment | None = None
    from_type: Words | None = None
    from_id: str | None = None
    from_name: Words | None = None
    to_customer_id: str | None = None
    to_customer_name: Words | None = None
    to_shop_id: int | None = None
    to_shop_name: Words | None = None
    to_operator: bool | None = None
    order_id: str | None = None
    commercial_id: str | None = None
    offer_id: int | None = None
    visible: bool | None = None
    documents: list[Document] = []


class LegacyPage(Record):
    messages: list[LegacyMessage]
    total_count: int | None = None
    skipped: int = 0


class PostedMessage(Record):
    """OR42's answer."""

    id: str | None = None
