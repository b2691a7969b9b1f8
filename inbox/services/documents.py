"""A document for an order, before it goes there (OR74): its type, its kind of file, its name."""

import unicodedata

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.mirakl import Document
from inbox.mirakl.wire import DOCUMENT_ENDINGS, barred_documents
from inbox.models import Marketplace
from inbox.services import attachments, gateway

__all__ = ["Document", "listed", "plain_name", "problem_with", "types"]

PATIENCE_SECONDS = 5
ENDINGS = DOCUMENT_ENDINGS
# What marketplaces have in common; each may have more of its own.
USUAL_TYPES = ["CUSTOMER_INVOICE", "CUSTOMER_DELIVERY_BILL", "PRODUCT_MANUAL", "OTHER"]
# Letters that are more than a plain one with an accent.
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "–": "-", "—": "-", "’": "'"}
)


def listed(marketplace: Marketplace, order_id: str) -> list[Document]:
    """What the order has already (OR72); nothing where Mirakl does not say."""
    try:
        client = gateway.client_for(marketplace)
        return client.documents.fetch([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError:
        return []


def types(marketplace: Marketplace, order_id: str) -> list[str]:
    """The usual ones, and whatever else this order already has documents of."""
    seen = {document.type for document in listed(marketplace, order_id) if document.type}
    return USUAL_TYPES + sorted(seen - barred_documents(marketplace.role) - set(USUAL_TYPES))


def problem_with(file: UploadedFile) -> str:
    """Why Mirakl would not take it, in words; empty where it would."""
    name = file.name or ""
    if name.rpartition(".")[2].lower() not in DOCUMENT_ENDINGS:
        words = _("“%(name)s” cannot be an order document. Choose one of these: %(endings)s.")
        return words % {"name": name, "endings": ", ".join(DOCUMENT_ENDINGS)}
    return attachments.problem_with([file])


def plain_name(name: str) -> str:
    """In ASCII, as Mirakl wants it: accents go, the ending stays."""
    stem, _dot, ending = attachments.safe_name(name).rpartition(".")
    decomposed = unicodedata.normalize("NFKD", stem.translate(SPELLED))
    plain = decomposed.encode("ascii", "ignore").decode().strip(" .")
    return f"{plain or 'document'}.{ending}"
