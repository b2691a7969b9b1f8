"""The data of the sandbox: marketplaces with their threads, orders and people.

Every role of a marketplace sees this one world. Nothing here knows HTTP.
"""

import random
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from inbox.sandbox.dates import to_milliseconds

CUSTOMER, SHOP, OPERATOR = "CUSTOMER", "SHOP", "OPERATOR"
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Party:
    """A participant: a side of the conversation, not the person who writes. OPERATOR has no id."""

    type: str
    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """A person who writes for a party."""

    party: Party
    name: str


@dataclass(frozen=True, slots=True)
class Organization:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    first_name: str
    last_name: str
    locale: str
    organization: Organization | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def party(self) -> Party:
        return Party(CUSTOMER, self.name, self.id)

    @property
    def sender(self) -> Sender:
        return Sender(self.party, self.name)


@dataclass(frozen=True, slots=True)
class Shop:
    id: int
    name: str
    user: str
    state: str = "OPEN"
    suspension: str | None = None

    @property
    def party(self) -> Party:
        return Party(SHOP, self.name, str(self.id))

    @property
    def sender(self) -> Sender:
        return Sender(self.party, self.user)


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment. `content` creates its bytes on demand, so that the big demo file is never
    stored."""

    id: str
    name: str
    size: int
    chunks: Callable[[], Iterable[bytes]]


def pieces(content: bytes) -> Iterable[bytes]:
    return (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    body: str
    sent_at: datetime
    sender: Sender
    to: tuple[Party, ...]
    attachments: tuple[Attachment, ...] = ()

    def involves(self, party_type: str) -> bool:
        return self.sender.party.type == party_type or any(p.type == party_type for p in self.to)


@dataclass(frozen=True, slots=True)
class Topic:
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Entity:
    type: str
    id: str
    label: str


@dataclass(slots=True)
class Thread:
    id: str
    topic: Topic
    entity: Entity
    shop: Shop
    customer: Customer | None
    authorized: tuple[Party, ...]
    created_at: datetime
    updated_at: datetime
    channel: str | None = None
    messages: list[Message] = field(default_factory=list)
    reply_needed_since: datetime | None = None
    no_reply_needed: list[tuple[datetime, str]] = field(default_factory=list)

    def party(self, party_type: str) -> Party | None:
        return next((party for party in self.authorized if party.type == party_type), None)


@dataclass(frozen=True, slots=True)
class OrderLine:
    index: int
    offer_id: int
    sku: str
    title: str
    category: str
    quantity: int
    unit_price: float
    refunded: float | None = None

    @property
    def has_cancelation(self) -> bool:
        return self.index > 1 and self.quantity > 1

    @property
    def price(self) -> float:
        return round(self.quantity * self.unit_price, 2)


@dataclass(slots=True)
class Order:
    id: str
    commercial_id: str
    shop: Shop
    customer: Customer
    state: str
    created_at: datetime
    updated_at: datetime
    channel: str | None
    lines: tuple[OrderLine, ...]
    shipping_price: float
    carrier: str | None
    tracking: str | None
    has_incident: bool
    has_invoice: bool
    shows_address: bool
    customer_may_be_written_to: bool = True

    @property
    def is_collected(self) -> bool:
        """Whether this is a pick-up order: one in ten."""
        return self.commercial_id.endswith("6")


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    title: str
    shop: Shop


@dataclass(frozen=True, slots=True)
class ServiceOrder:
    id: str
    commercial_id: str
    service: Service
    customer: Customer
    state: str
    created_at: datetime
    price: float


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    order_id: str
    name: str
    type: str
    uploaded_at: datetime
    content: bytes


@dataclass(frozen=True, slots=True)
class LegacyMessage:
    """An order message: M01, OR41, OR42."""

    id: int
    subject: str
    body: str
    sent_at: datetime
    sender: Party
    to: tuple[Party, ...]
    shop: Shop
    customer: Customer
    order: Order | None = None
    offer_id: int | None = None
    documents: tuple[Document, ...] = ()


@dataclass(slots=True)
class Marketplace:
    slug: str
    name: str
    language: str
    locale: str
    currency: str
    country: str
    country_name: str
    city: str
    channels: dict[str, str]
    operator: Sender
    shops: dict[int, Shop]
    # Tax rate in percent on top of the prices; None if the prices include taxes.
    tax_rate: float | None = None
    # Whether orders ship in several parcels with their own tracking; the order then has none.
    has_parcels: bool = False
    # How customers see a body (not documented): "html", "text", "text_br".
    bodies: str = "html"
    customers: dict[str, Customer] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    service_orders: dict[str, ServiceOrder] = field(default_factory=dict)
    # Oldest change first. A changed thread moves to the end, so pages need no sorting.
    threads: dict[str, Thread] = field(default_factory=dict)
    attachments: dict[str, tuple[Thread, Message, Attachment]] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    legacy: list[LegacyMessage] = field(default_factory=list)


class World:
    def __init__(self, seed: int) -> None:
        self.lock = threading.RLock()
        self.random = random.Random(seed)  # noqa: S311  ids of a demo, wanted repeatable
        self.marketplaces: dict[str, Marketplace] = {}
        self._last_moment = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Returns a unique moment, so that a page token can order any two changes."""
        moment = to_milliseconds(datetime.now(UTC))
        self._last_moment = max(moment, self._last_moment + timedelta(milliseconds=1))
        return self._last_moment

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def attachment(self, name: str, content: bytes) -> Attachment:
        return Attachment(self.new_id(), name, len(content), partial(pieces, content))


def post(market: Marketplace, thread: Thread, message: Message) -> None:
    """Adds a message and updates the thread's clock and its place in the list."""
    thread.messages.append(message)
    thread.updated_at = message.sent_at
    for attachment in message.attachments:
        market.attachments[attachment.id] = (thread, message, attachment)
    if message.sender.party.type == SHOP:
        thread.reply_needed_since = None
    elif thread.reply_needed_since is None and message.involves(SHOP):
        thread.reply_needed_since = message.sent_at
    market.threads.pop(thread.id, None)
    market.threads[thread.id] = thread
