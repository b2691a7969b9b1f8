"""Documents of an order: types (DO01), list (OR72), upload rules (OR74), deletion (OR76)."""

import mimetypes
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.mirakl import Document
from inbox.mirakl.wire import DOCUMENT_ENDINGS, barred_documents
from inbox.models import Event, Marketplace, User
from inbox.services import error_texts, files
from inbox.services.marketplaces import clients, daily_answers, locales

__all__ = [
    "Document",
    "list_documents",
    "plain_name",
    "problem_with",
    "delete_document",
    "list_types",
]

PATIENCE_SECONDS = 5
# A deletion that has not begun by then does not take place.
DELETE_SECONDS = 30
ENDINGS = DOCUMENT_ENDINGS
# The only type that every marketplace has.
INVOICE = "CUSTOMER_INVOICE"
# Letters that are not just a plain letter with an accent.
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "–": "-", "—": "-", "’": "'"}
)


def list_documents(marketplace: Marketplace, order_id: str) -> list[Document]:
    """The order's documents (OR72); an empty list if Mirakl does not answer."""
    try:
        client = clients.build_client(marketplace)
        return client.documents.fetch([order_id], timeout=PATIENCE_SECONDS)
    except mirakl.MiraklError:
        return []


@dataclass(frozen=True)
class DocumentType:
    """A document type of the marketplace.

    It takes any kind of file if `mime_types` is empty.
    """

    code: str
    label: str
    mime_types: list[str]

    def takes(self, name: str) -> bool:
        kind, _encoding = mimetypes.guess_type(name)
        return not self.mime_types or kind in self.mime_types


def list_types(marketplace: Marketplace) -> list[DocumentType]:
    """The types that our side may upload (DO01), the invoice first.

    Only the invoice if the marketplace does not answer, or does not allow the call.
    """
    locale = locales.get_reader_locale()
    read = partial(_read_types, locale=locale)
    name = f"document_types:{locale}"
    found = daily_answers.get_daily_answers(name, list[DocumentType], [marketplace], read).get(
        marketplace.pk, []
    )
    barred = barred_documents(marketplace.role)
    offered = [one for one in found if one.code not in barred]
    in_order = sorted(offered, key=lambda one: one.code != INVOICE)
    return in_order or [DocumentType(INVOICE, _("Invoice"), [])]


def _read_types(client: mirakl.MiraklClient, locale: str) -> list[DocumentType]:
    found = client.documents.types(locale=locale, timeout=PATIENCE_SECONDS)
    return [
        DocumentType(one.code, one.label or one.code, one.mime_types)
        for one in found
        if one.entity in (None, "ORDER")
    ]


def delete_document(marketplace: Marketplace, order_id: str, document_id: int, *, by: User) -> str:
    """Delete a document of an order (OR76). Returns the error text, or empty if it is deleted."""
    if marketplace.held_since:
        return error_texts.held()
    client = clients.build_client(marketplace)
    until = timezone.now() + timedelta(seconds=DELETE_SECONDS)
    try:
        client.documents.delete(document_id, send_before=mirakl.Deadline(until))
    except mirakl.NotFound:
        pass
    except mirakl.MiraklError as error:
        return error_texts.not_deleted(error, marketplace)
    Event.record(
        Event.Verb.DOCUMENT_DELETED,
        marketplace=marketplace,
        by=by,
        order=order_id,
        document=document_id,
    )
    return ""


def problem_with(file: UploadedFile) -> str:
    """Why Mirakl would refuse the file; empty if it would accept it."""
    name = file.name or ""
    if name.rpartition(".")[2].lower() not in DOCUMENT_ENDINGS:
        words = _(
            "“%(name)s” can't be an order document. Choose a file of one of these "
            "types: %(endings)s."
        )
        return words % {"name": name, "endings": ", ".join(DOCUMENT_ENDINGS)}
    return files.problem_with([file])


def plain_name(name: str) -> str:
    """The name in ASCII, which Mirakl requires: without accents, with its suffix."""
    stem, _dot, ending = files.safe_name(name).rpartition(".")
    decomposed = unicodedata.normalize("NFKD", stem.translate(SPELLED))
    plain = decomposed.encode("ascii", "ignore").decode().strip(" .")
    return f"{plain or 'document'}.{ending}"
