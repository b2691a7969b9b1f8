"""DO01, OR72, OR73, OR74, OR76: the documents of an order."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from werkzeug.wrappers import Response

from inbox.sandbox import parameters, uploads
from inbox.sandbox.alterations import renamed
from inbox.sandbox.call import Call
from inbox.sandbox.credentials import OPERATOR_ROLE
from inbox.sandbox.dates import iso
from inbox.sandbox.errors import ApiError, Problem, not_found
from inbox.sandbox.threads import disposition
from inbox.sandbox.wire import Json
from inbox.sandbox.world import Document, Order

REQUIRED = ("file_name", "type_code")
EXTENSIONS = (
    *("csv", "doc", "xls", "xlsx", "ppt", "pdf", "odt", "ods", "odp", "txt", "rtf"),
    *("png", "jpg", "gif", "zpl", "mov", "mp4"),
)
INVOICE = "CUSTOMER_INVOICE"


@dataclass(frozen=True)
class Type:
    """A type of DO01. Labels are in English, French and German; other languages get English."""

    code: str
    en: str
    fr: str
    de: str
    entity: str = "ORDER"
    mime_types: tuple[str, ...] = ()

    def shape(self, language: str) -> Json:
        label = {"fr": self.fr, "de": self.de}.get(language, self.en)
        shape = {"code": self.code, "label": label, "description": label, "entity": self.entity}
        return shape | ({"mime_types": list(self.mime_types)} if self.mime_types else {})


INVOICES = Type(INVOICE, "Invoice", "Facture", "Rechnung")
LEGAL = Type("LEGAL_DOC", "Legal documents", "Documents légaux", "Rechtliches", entity="SHOP")
# Each marketplace has its own types; only the invoice is common to all.
TYPES = {
    "maison-verte": (
        INVOICES,
        Type("SYSTEM_DELIVERY_BILL", "Delivery slip", "Bon de livraison", "Lieferschein"),
        Type("NOTICE", "User manual", "Notice d'utilisation", "Gebrauchsanleitung"),
        Type("OTHER", "Other document", "Autre document", "Anderes Dokument"),
        LEGAL,
    ),
    "nordhaus": (
        INVOICES,
        Type("GARANTIE", "Warranty", "Garantie", "Garantie", mime_types=("application/pdf",)),
        LEGAL,
    ),
    "bright-street": (
        INVOICES,
        Type("RETURN_LABEL", "Return label", "Étiquette de retour", "Rücksendeetikett"),
        Type("CARE_GUIDE", "Care guide", "Conseils d'entretien", "Pflegehinweise"),
        LEGAL,
    ),
}
OPERATOR_TYPES = ("SYSTEM_DELIVERY_BILL", "SYSTEM_SHIPMENT_DELIVERY_BILL")
DOCUMENTS_MAXIMUM = 50


def listing(call: Call) -> Json:
    """OR72"""
    wanted = parameters.names(call.request, "order_ids")
    if not wanted:
        raise ApiError(400, "Required parameter [order_ids] is not present")
    found = [item for order_id in wanted for item in _of(call, call.order(order_id))]
    return {"order_documents": [_shape(item) for item in found], "total_count": len(found)}


def _of(call: Call, order: Order) -> list[Document]:
    return [item for item in call.market.documents.values() if item.order_id == order.id]


def _shape(document: Document) -> Json:
    return {
        "id": document.id,
        "order_id": document.order_id,
        "file_name": document.name,
        "file_size": len(document.content),
        "type": document.type,
        "date_uploaded": iso(document.uploaded_at),
    }


def types(call: Call) -> Json:
    """DO01"""
    entities = parameters.names(call.request, "entities") or ["ORDER", "SHOP"]
    if not set(entities) <= {"ORDER", "SHOP"}:
        raise ApiError(400, "Parameter [entities] must be among ORDER, SHOP")
    language = call.request.args.get("locale", "en")[:2]
    found = [one for one in TYPES[call.market.slug] if one.entity in entities]
    return {"documents": [one.shape(language) for one in found]}


def delete(call: Call, document_id: int) -> Response:
    """OR76"""
    document = _by_id(call, str(document_id))
    del call.market.documents[document.id]
    return Response(status=204)


def download(call: Call) -> Response:
    """OR73: one document as it is, or several as an archive."""
    ids = parameters.names(call.request, "document_ids")
    orders = parameters.names(call.request, "order_ids")
    if not ids and not orders:
        raise ApiError(400, "Either [document_ids] or [order_ids] is required")
    if ids:
        found = [_by_id(call, document_id) for document_id in ids]
        if len(found) == 1:
            return _file(found[0].name, found[0].content)
        return _file("documents.zip", _archive(found))
    codes = parameters.names(call.request, "document_codes")
    found = [item for order_id in orders for item in _of(call, call.order(order_id))]
    kept = [item for item in found if not codes or item.type in codes]
    return _file("documents.zip", _archive(kept))


def _by_id(call: Call, document_id: str) -> Document:
    document = call.market.documents.get(parameters.whole(document_id) or 0)
    if document is None:
        raise not_found("Document", document_id)
    call.order(document.order_id)  # 404 for another shop's
    return document


def _archive(found: list[Document]) -> bytes:
    """Returns a zip with a folder for each order. A repeated name gets a number, as with Mirakl."""
    buffer, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in found:
            path, number = PurePath(document.order_id, document.name), 0
            name = str(path)
            while name in taken:
                number += 1
                name = str(path.with_stem(f"{path.stem}({number})"))
            taken.add(name)
            archive.writestr(name, document.content)
    return buffer.getvalue()


def _file(name: str, content: bytes) -> Response:
    return Response(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition(name)},
    )


def upload(call: Call, order_id: str) -> Json:
    """OR74: 200 even if some or all files were refused; the answer lists the refusals."""
    data = uploads.json_part(call.request, "order_documents")
    order = call.order(order_id)
    rows = data.get("order_documents")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError(400, "order_documents is a list of objects")
    if not all(isinstance(row.get(name), str) for row in rows for name in REQUIRED):
        raise ApiError(400, f"Each of order_documents needs {' and '.join(REQUIRED)}")
    if not all(_is_of_a_return(row["entity"]) for row in rows if "entity" in row):
        raise ApiError(400, "The entity of a document is a RETURN and its id")
    files = uploads.files(call.request)
    if not files:
        raise ApiError(400, "Required part 'files' is not present")
    names = [name for name, _ in files]
    if len(set(names)) < len(names):
        raise ApiError(400, "Document file names must be distinct")
    contents = dict(files)
    reports = [_store(call, order, row, contents) for row in rows]
    refused = [report for report in reports if report]
    return {"errors_count": len(refused), "order_documents": refused}


def _is_of_a_return(entity: Any) -> bool:
    is_whole = isinstance(entity, dict) and isinstance(entity.get("id"), str)
    return is_whole and entity.get("type") == "RETURN"


def _store(call: Call, order: Order, row: Json, contents: dict[str, bytes]) -> Json | None:
    problem = _problem(call, order, row, contents)
    if problem:
        told = {name: row[name] for name in REQUIRED}
        return {"input": told, "errors": [problem.as_json()]}
    number = max(call.market.documents, default=700) + 1
    call.market.documents[number] = Document(
        id=number,
        order_id=order.id,
        name=renamed(row["file_name"], call.alter),
        type=row["type_code"],
        uploaded_at=call.world.now(),
        content=contents[row["file_name"]],
    )
    order.has_invoice = order.has_invoice or row["type_code"] == INVOICE
    return None


def _problem(call: Call, order: Order, row: Json, contents: dict[str, bytes]) -> Problem | None:
    name, code = row["file_name"], row["type_code"]
    own = [one.code for one in TYPES[call.market.slug] if one.entity == "ORDER"]
    allowed = [code for code in own if code not in OPERATOR_TYPES]
    if call.role == OPERATOR_ROLE:
        allowed += OPERATOR_TYPES
    if name not in contents:
        return Problem("NOT_FOUND", "file_name", f"No file named [{name}] was sent")
    if not name.isascii():
        return Problem("INVALID", "file_name", "File names must contain ASCII characters only")
    if PurePath(name).suffix.lower().lstrip(".") not in EXTENSIONS:
        return Problem("INVALID", "file_name", f"Allowed file types: {', '.join(EXTENSIONS)}")
    if code not in allowed:
        return Problem("INVALID", "type_code", f"Allowed document types: {', '.join(allowed)}")
    if len(_of(call, order)) >= DOCUMENTS_MAXIMUM:
        return Problem("LIMIT", "files", f"An order takes {DOCUMENTS_MAXIMUM} documents at most")
    return None
