"""The page on which a document of an order is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inbox.forms.documents import DocumentForm
from inbox.forms.replies import new_token
from inbox.models import Marketplace, Outgoing, OutgoingFile
from inbox.services.marketplaces import documents
from inbox.services.marketplaces.customers import Customer
from inbox.services.marketplaces.documents import DocumentType


@dataclass(frozen=True)
class DocumentPage:
    """`edited` is a document that was taken back, `waiting` its file."""

    marketplace: Marketplace
    order_id: str
    customer: Customer | None
    types: Sequence[DocumentType]
    edited: Outgoing | None
    waiting: Sequence[OutgoingFile]
    form: DocumentForm | None = None
    token: str = field(default_factory=new_token)
    endings = documents.ENDINGS
