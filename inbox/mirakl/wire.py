"""Mirakl's wire format: limits, multipart parts, query values, reports."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import httpx
import msgspec

from inbox.mirakl import complaints
from inbox.mirakl.decoding import UNREADABLE, Json, decode_plain
from inbox.mirakl.errors import Invalid, Refused, Uncertain
from inbox.mirakl.records import Topic

BODY_LENGTH = (3, 50_000)
SERVICE_BODY_LENGTH = (3, 10_000)
TOPIC_LENGTH = (3, 200)
MESSAGE_BYTES = 30_000_000
LIST_LENGTH = 100
DOCUMENT_ENDINGS = (
    *("csv", "doc", "xls", "xlsx", "ppt", "pdf", "odt", "ods", "odp"),
    *("txt", "rtf", "png", "jpg", "gif", "zpl", "mov", "mp4"),
)
FORBIDDEN_DOCUMENTS = {"SYSTEM_MESSAGE_ATTACHMENT"}
OPERATOR_DOCUMENTS = {"SYSTEM_DELIVERY_BILL", "SYSTEM_SHIPMENT_DELIVERY_BILL"}
# A name of 255 characters takes nine bytes each in the extended form.
LONGEST_DISPOSITION = 3_000
EXTENDED_NAME = re.compile(
    r"filename\*\s*=\s*(?P<charset>[^\s';]*)'[^';]*'(?P<value>[^;\s]*)", re.I
)
PLAIN_NAME = re.compile(r'filename\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^;"]+))', re.I)
UNREADABLE_FILE = "A file could not be read."
Progress = Callable[[int, int], None]
# Created once, like the decoders: see `decoding.prepare`.
ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class Recipient:
    """An object, as M12 requires. OR43 takes bare types."""

    type: str
    id: str | None = None


@dataclass(frozen=True)
class Customer:
    """The customer who writes through a storefront: OR42 and SOF43 require it."""

    id: str
    email: str
    first_name: str
    last_name: str
    locale: str | None = None


@dataclass(frozen=True)
class Paging:
    """One page of an old operation: `order` is asc or desc, `max` 10 by default, 100 at most."""

    max: int | None = None
    offset: int | None = None
    sort: str | None = None
    order: str | None = None
    paginate: bool | None = None


@dataclass(frozen=True)
class Upload:
    """A file to send; opened when its bytes are needed, and closed afterwards."""

    name: str
    open: Callable[[], BinaryIO]
    size: int


def check(
    operation: str,
    *,
    body: str,
    to: Sequence[Any] | None = None,
    topic: Topic | None = None,
    files: Sequence[Upload] = (),
) -> None:
    """Raises Invalid for a message that Mirakl would refuse, before anything is sent."""
    is_service = operation in {"SOR43", "SOF43"}
    check_length(operation, "body", body, SERVICE_BODY_LENGTH if is_service else BODY_LENGTH)
    if to is not None and not to:
        raise Invalid("Somebody must receive it.", field="to", operation=operation)
    if topic is not None and topic.type == "FREE_TEXT":
        check_length(operation, "topic", topic.value, TOPIC_LENGTH)
    check_size(operation, len(body.encode()) + sum(file.size for file in files))


def check_length(operation: str, field: str, text: str, lengths: tuple[int, int]) -> None:
    shortest, longest = lengths
    if not shortest <= len(text) <= longest:
        reason = f"The {field} must have {shortest} to {longest} characters; it has {len(text)}."
        raise Invalid(reason, field=field, operation=operation)


def check_size(operation: str, size: int) -> None:
    if size > MESSAGE_BYTES:
        reason = "A message holds 30 MB, its files included."
        raise Invalid(reason, field="files", operation=operation)


def check_ids(operation: str, field: str, ids: Sequence[Any]) -> None:
    if not 1 <= len(ids) <= LIST_LENGTH:
        reason = f"Mirakl takes 1 to {LIST_LENGTH} of {field}, not {len(ids)}."
        raise Invalid(reason, field=field, operation=operation)


def barred_documents(role: str) -> set[str]:
    """Types that no one can upload, and types that only an operator can."""
    return FORBIDDEN_DOCUMENTS | (set() if role == "operator" else OPERATOR_DOCUMENTS)


def check_document(name: str, size: int, type_code: str, role: str) -> None:
    """Raises Invalid for a document that OR74 would refuse: by name, suffix, size or type."""
    if not name.isascii():
        reason = "The name of an order document holds no accents: rename the file."
        raise Invalid(reason, field="files", operation="OR74")
    if name.rpartition(".")[2].lower() not in DOCUMENT_ENDINGS:
        reason = f"An order document is one of {', '.join(DOCUMENT_ENDINGS)}."
        raise Invalid(reason, field="files", operation="OR74")
    if type_code in barred_documents(role):
        raise Invalid("Documents of this type cannot be sent.", field="type", operation="OR74")
    check_size("OR74", size)


def multipart(
    name: str, message: Json, opened: Iterable[tuple[Upload, BinaryIO]]
) -> list[tuple[str, tuple[Any, ...]]]:
    """One JSON part, typed as such, and the files, each under `files`."""
    text = ENCODER.encode(message)
    parts: list[tuple[str, tuple[Any, ...]]] = [(name, (None, text, "application/json"))]
    parts += [("files", (upload.name, file, "application/octet-stream")) for upload, file in opened]
    return parts


def recipient(one: Recipient) -> dict[str, str]:
    return {"type": one.type, "id": one.id} if one.id else {"type": one.type}


def service_customer(customer: Customer) -> dict[str, str]:
    """The customer in SOF43's format."""
    fields = asdict(customer)
    return {name: value for name, value in fields.items() if value is not None}


def legacy_message(
    subject: str,
    body: str,
    to: Sequence[str],
    document_ids: Sequence[int],
    customer: Customer | None,
) -> Json:
    """A message in OR42's format: a boolean for each possible recipient."""
    message: Json = {"subject": subject, "body": body}
    message |= {f"to_{one.lower()}": one in to for one in ("CUSTOMER", "OPERATOR", "SHOP")}
    if document_ids:
        message["document_ids"] = list(document_ids)
    if customer is not None:
        spelled = service_customer(customer)
        message |= {f"customer_{name.replace('_', '')}": value for name, value in spelled.items()}
    return message


class Counted(httpx.SyncByteStream):
    """A request body that reports how much of it has been read."""

    def __init__(self, request: httpx.Request, progress: Progress) -> None:
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101
        self._inner, self._progress = request.stream, progress
        self._total = int(request.headers.get("Content-Length", 0))

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        for chunk in self._inner:
            yield chunk
            sent += len(chunk)
            self._progress(sent, self._total)


def query(**values: Any) -> dict[str, str]:
    """Parameters in Mirakl's format: comma-separated lists, UTC moments, lower-case booleans."""
    return {
        name: _query_value(value)
        for name, value in values.items()
        if value is not None and value != [] and value != ()
    }


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return str(value)


def fits_path(mirakl_id: str) -> bool:
    """Whether a thread's or file's id is one path segment, even to a gateway that decodes it."""
    return bool(mirakl_id.strip(".")) and not {"/", "\\", "\ufffd"} & set(mirakl_id)


def segment(number: str) -> str:
    """An order's or a service's number as one path segment: people make them, with slashes.

    Raises Invalid if a gateway that decodes it would walk up the path.
    """
    steps = number.replace("\\", "/").split("/")
    if not all(step.strip(".") for step in steps):
        raise Invalid("Its number cannot stand in an address.", field="id")
    return quote(number, safe="")


def id_segment(mirakl_id: str) -> str:
    """An id of a thread or a file as one path segment; raises Invalid if it is none."""
    if not fits_path(mirakl_id):
        raise Invalid("Its id cannot stand in an address.", field="id")
    return quote(mirakl_id, safe="")


def refused_document(raw: bytes) -> Refused | None:
    """The refusal in OR74's report, which comes with status 200."""
    try:
        report = decode_plain(raw)
        wrong = [error for one in report["order_documents"] for error in one["errors"]]
    except (*UNREADABLE, KeyError, TypeError) as error:
        raise Uncertain("Its report cannot be read.", operation="OR74") from error
    if not wrong:
        return None
    said = complaints.of_members({"errors": wrong})
    return Refused(
        said.message, status=200, message=said.message, fields=said.fields, operation="OR74"
    )


def file_name(disposition: str | None) -> str | None:
    """The name in a Content-Disposition header: RFC 5987, RFC 2047, quoted or plain."""
    given = (disposition or "")[:LONGEST_DISPOSITION]
    if extended := EXTENDED_NAME.search(given):
        return _unquoted(extended["value"], extended["charset"]) or None
    if plain := PLAIN_NAME.search(given):
        name = plain["plain"] or re.sub(r"\\(.)", r"\1", plain["quoted"] or "")
        return _without_encoded_words(name).strip() or None
    return None


def _unquoted(value: str, charset: str) -> str:
    try:
        return unquote(value, encoding=charset, errors="replace")
    except LookupError:
        return unquote(value)


def _without_encoded_words(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, ValueError):
        return name
