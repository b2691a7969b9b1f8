"""The pages on which a conversation, or a message of an order, is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm, OrderNumberForm
from inbox.forms.replies import Waiting, is_token, new_token, values_of_reply
from inbox.models import Draft, Marketplace, Outgoing, Participant, User
from inbox.pages.drafts import now_held
from inbox.services.composing import drafts
from inbox.services.marketplaces.accounts import Shop
from inbox.services.marketplaces.customers import Customer
from inbox.services.marketplaces.reasons import Reason
from inbox.services.search.order_lookup import Lookup, OrderKey


@dataclass(frozen=True)
class Drafted:
    """The draft of a form; `holds_until` as in `Drafts`."""

    draft: Draft | None
    holds_until: str


@dataclass(frozen=True)
class NewThreadPage:
    """`edited` is a message that was taken back; `waiting` are its files and those of the draft.
    `pending` are messages that were sent from this page before. An operator chooses among `shops`.
    """

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
    waiting: Sequence[Waiting]
    form: NewThreadForm | None
    meant: str
    drafted: Drafted
    order_id: str = ""
    customer: Customer | None = None
    asks_who_writes: bool = False
    asks_for_shop: bool = False
    is_implied: bool = False
    shops: Sequence[Shop] = ()


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
    holds_until = now_held()
    return Drafted(drafts.find_form_draft(user, address), holds_until)


def waiting_files(edited: Outgoing | None, draft: Draft | None) -> list[Waiting]:
    """The files of the message that is edited, and those of the form's draft."""
    return [
        *(edited.unsent_files if edited else ()),
        *(draft.files.all() if draft else ()),
    ]


def initial_values(edited: Outgoing | None, draft: Draft | None) -> dict[str, object]:
    """The form's first values: its draft, else the reply that is edited."""
    # A draft that a file began has no values yet.
    saved = draft.form_values if draft and draft.fields else {}
    begun = values_of_reply(edited) if edited else {}
    return begun | saved | {"token": new_token()} if begun or saved else {}
