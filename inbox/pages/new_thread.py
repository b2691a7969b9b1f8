"""The pages on which a conversation, or a message of an order, is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.timezone import now

from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm, OrderNumberForm
from inbox.forms.replies import is_token, new_token, values_of_reply
from inbox.models import Draft, Marketplace, Outgoing, OutgoingFile, Participant, User
from inbox.services.composing import drafts
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


def find_edited_reply(user: User, where: Marketplace, kind: str, token: str) -> Outgoing | None:
    """The reply that the form edits; None if it was sent or discarded."""
    if not is_token(token):
        return None
    known = Outgoing.objects.answerable_by(user).filter(marketplace=where, kind=kind)
    found = known.select_related("marketplace").filter(token=token).first()
    return found if found and found.needs_person else None


def find_drafted(user: User, address: str) -> Drafted:
    """The draft of the form at this address, and the time it was read."""
    looked_at = now().isoformat()
    return Drafted(drafts.find_form_draft(user, address), looked_at)


def initial_values(edited: Outgoing | None, draft: Draft | None) -> dict[str, object]:
    """The form's first values: its draft, else the reply that is edited."""
    if not edited and not draft:
        return {}
    begun = values_of_reply(edited) if edited else dict[str, object]()
    return begun | (draft.form_values if draft else {}) | {"token": new_token()}
