"""How Mirakl's messages travel: limits, multipart parts, query values, error bodies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message as Header
from typing import Any, BinaryIO
from urllib.parse import unquote

import httpx
import msgspec

from inbox.mirakl.errors import Invalid
from inbox.mirakl.records import Topic

BODY_LENGTH = (3, 50_000)
SERVICE_BODY_LENGTH = (3, 10_000)
TOPIC_LENGTH = (3, 200)
MESSAGE_BYTES = 30_000_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Recipient:
    """As M12 wants them: objects. OR43 takes bare types."""

    type: str
    id: str | None = None


@dataclass(frozen=True)
class Upload:
    """A file to send; opened when its bytes are wanted, and closed after."""

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
    lengths: tuple[int, int] = BODY_LENGTH,
) -> None:
    """Refuse what Mirakl would refuse, before anything is sent."""
    shortest, longest = lengths
    if not shortest <= len(body) <= longest:
        reason = f"The text must have {shortest} to {longest} characters; it has {len(body)}."
        raise Invalid(reason, field="body", operation=operation)
    if to is not None and not to:
        raise Invalid("Somebody must receive it.", field="to", operation=operation)
    shortest, longest = TOPIC_LENGTH
    is_free = topic is not None and topic.type == "FREE_TEXT"
    if topic is not None and is_free and not shortest <= len(topic.value) <= longest:
        reason = f"The topic must have {shortest} to {longest} characters."
        raise Invalid(reason, field="topic", operation=operation)
    if len(body.encode()) + sum(file.size for file in files) > MESSAGE_BYTES:
        reason = "A message holds 30 MB, its files included."
        raise Invalid(reason, field="files", operation=operation)


def multipart(
    name: str, message: dict[str, Any], opened: Iterable[tuple[Upload, BinaryIO]]
) -> list[tuple[str, tuple[Any, ...]]]:
    """One JSON part, typed as such, and the files, each under `files`."""
    text = msgspec.json.encode(message)
    parts: list[tuple[str, tuple[Any, ...]]] = [(name, (None, text, "application/json"))]
    parts += [("files", (upload.name, file, "application/octet-stream")) for upload, file in opened]
    return parts


class Counted(httpx.SyncByteStream):
    """A request's body that tells how much of it has been taken."""

    def __init__(self, inner: Iterable[bytes], total: int, progress: Progress) -> None:
        self._inner, self._total, self._progress = inner, total, progress

    def __iter__(self) -> Iterator[bytes]:
        sent = 0
        for chunk in self._inner:
            yield chunk
            sent += len(chunk)
            self._progress(sent, self._total)


def query(**values: Any) -> dict[str, str]:
    """Parameters as Mirakl reads them: lists by commas, UTC moments, lower-case booleans."""
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


@dataclass(frozen=True)
class Complaint:
    """What an error body says: no shape of it is documented, so each seen one is read."""

    message: str
    fields: dict[str, str]


def complaint(raw: bytes) -> Complaint:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Complaint("", {})
    if not isinstance(body, dict):
        return Complaint("", {})
    listed = body.get("errors")
    errors = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    words = [str(item["message"]) for item in errors if item.get("message")]
    fields = {
        str(item["field"]): str(item.get("message", "")) for item in errors if item.get("field")
    }
    return Complaint(str(body.get("message") or " ".join(words)), fields)


def file_name(disposition: str | None) -> str | None:
    """The name in a Content-Disposition header: RFC 5987, RFC 2047, quoted or plain."""
    if not disposition:
        return None
    header = Header()
    header["Content-Disposition"] = disposition
    extended = header.get_param("filename*", header="content-disposition")
    if isinstance(extended, str):
        return unquote(extended.rsplit("'", 1)[-1])
    return header.get_filename() or None
