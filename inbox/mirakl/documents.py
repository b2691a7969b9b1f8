"""Documents of orders: invoices, delivery bills and a marketplace's own types."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.mirakl import records, wire
from inbox.mirakl.calls import Calls, Downloading
from inbox.mirakl.deadlines import Deadline
from inbox.mirakl.wire import Progress, Upload


@dataclass(frozen=True)
class Documents:
    """The documents that one account may see, reached as `client.documents`."""

    _calls: Calls
    _role: str

    def fetch(
        self, order_ids: Sequence[str], *, timeout: float | None = None
    ) -> list[records.Document]:
        """OR72: the documents of these orders, 100 at most."""
        wire.check_ids("OR72", "order_ids", order_ids)
        path, params = "/api/orders/documents", wire.query(order_ids=order_ids)
        calls, kind = self._calls, records.Document
        return calls.records(kind, "order_documents", "OR72", path, params, timeout).items

    def types(
        self, *, locale: str | None = None, timeout: float | None = None
    ) -> list[records.DocumentType]:
        """DO01: the document types of this marketplace."""
        path, params = "/api/documents", wire.query(entities="ORDER", locale=locale)
        calls, kind = self._calls, records.DocumentType
        return calls.records(kind, "documents", "DO01", path, params, timeout).items

    def download(
        self,
        *,
        document_ids: Sequence[int] = (),
        order_ids: Sequence[str] = (),
        document_codes: Sequence[str] = (),
    ) -> Downloading:
        """OR73: one document id gives the file itself, anything else a zip archive."""
        wire.check_ids("OR73", "document_ids", document_ids or order_ids)
        params = wire.query(
            document_ids=document_ids, order_ids=order_ids, document_codes=document_codes
        )
        return self._calls.download("OR73", "/api/orders/documents/download", params)

    def upload(
        self,
        order_id: str,
        *,
        file: Upload,
        type_code: str,
        progress: Progress | None = None,
        send_before: Deadline | None = None,
    ) -> None:
        """OR74, one document per call, so that it is either accepted or refused."""
        wire.check_document(file.name, file.size, type_code, self._role)
        message = {"order_documents": [{"file_name": file.name, "type_code": type_code}]}
        path = f"/api/orders/{wire.segment(order_id)}/documents"
        raw = self._calls.post_files(
            "OR74", path, "order_documents", message, [file], progress, send_before
        )
        if (refused := wire.refused_document(raw)) is not None:
            raise refused

    def delete(self, document_id: int, *, send_before: Deadline | None = None) -> None:
        """OR76: delete a document from its order. NotFound if it no longer exists."""
        path = f"/api/orders/documents/{document_id}"
        self._calls.delete("OR76", path, send_before)
