"""The pages on which a conversation, or a message of an order, is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm, OrderNumberForm
from inbox.models import Draft, Marketplace, Outgoing, OutgoingFile, Participant
from inbox.services.marketplaces.accounts import Shop
from inbox.services.marketplaces.customers import Customer
from inbox.services.marketplaces.reasons import Reason
from inbox.services.search.order_lookup import Lookup, OrderKey


@dataclass(frozen=True)
class Drafted:
    """The draft of a form; `looked_at` is a moment before it was read."""

    draft: Draft | None
    looked_at: str


@dataclass(frozen=True)
class NewThreadPage:
    """`edited` is a message that was taken back, `waiting` its files. `pending` are messages that
    were sent from this page before. An operator chooses among `shops`."""

    marketplace: Marketplace
    words: str
    token: str
    offered: Sequence[Participant]
    chosen: Sequence[str]
    reasons: Sequence[Reason]
    longest: int
    room: int
    pending: Sequence[Outgoing]
    edited: Outgoing | None
    waiting: Sequence[OutgoingFile]
    form: NewThreadForm | None
    meant: str
    order_id: str = ""
    customer: Customer | None = None
    asks_who_writes: bool = False
    asks_for_shop: bool = False
    is_implied: bool = False
    shops: Sequence[Shop] = ()
    drafted: Drafted | None = None


@dataclass(frozen=True)
class NewMessagePage:
    marketplace: Marketplace
    order_id: str
    customer: Customer | None
    form: OldMessageForm
    edited: Outgoing | None
    offered: Sequence[Participant]
    chosen: Sequence[str]
    meant: str
    documents: Mapping[int, str]
    with_documents: Sequence[str]
    drafted: Drafted | None = None


@dataclass(frozen=True)
class StartPage:
    """Where a conversation is started: about an order, or without one on those `with_operator`.

    `chosen` is the slug of the marketplace that is preselected.
    """

    form: OrderNumberForm
    lookup: Lookup
    marketplaces: Sequence[Marketplace]
    chosen: str
    with_operator: Sequence[Marketplace]
    recent: Sequence[OrderKey]
