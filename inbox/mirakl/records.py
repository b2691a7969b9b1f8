"""What Mirakl answers, as records: the unknown is passed over, the missing is None or empty.

Only an id is indispensable. Any other member that is absent, null or of a surprising type costs
itself and nothing else: `lenient` rebuilds what the strict, fast decoder has refused.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

import msgspec

T = TypeVar("T")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Record(msgspec.Struct, kw_only=True):
    """An object of Mirakl's."""


class Topic(msgspec.Struct):
    """REASON_CODE, whose value is a code of RE01, or FREE_TEXT."""

    type: str = ""
    value: str = ""


class Entity(Record):
    type: str | None = None
    id: str | None = None
    label: str | None = None


class Participant(Record):
    """One who may be, or has been, written to. The operator has no id."""

    type: str | None = None
    id: str | None = None
    display_name: str | None = None


class Sender(Record):
    """A user; whom they act for is in `organization_details`, where Mirakl tells."""

    type: str | None = None
    display_name: str | None = None
    organization_details: Participant | None = None


class Organization(Record):
    id: str | None = None
    display_name: str | None = None


class NoReplyNeeded(Record):
    date: Moment | None = None
    user_type: str | None = None


class Metadata(Record):
    total_count: int | None = None
    last_message_date: Moment | None = None
    last_sender: Sender | None = None
    shop_reply_needed_since: Moment | None = None


class Attachment(Record):
    id: str
    name: str | None = None
    size: int | None = None  # bytes


class Message(Record, rename={"sender": "from"}):
    id: str
    body: str | None = None
    date_created: Moment | None = None
    sender: Sender | None = None
    to: list[Participant] = []
    attachments: list[Attachment] = []


class Thread(Record):
    """M10's answer, and an item of M11's. `messages` is empty where M11 was not asked for them."""

    id: str
    topic: Topic | None = None
    entities: list[Entity] = []
    authorized_participants: list[Participant] = []
    current_participants: list[Participant] = []
    customer_organization: Organization | None = None
    date_created: Moment | None = None
    date_updated: Moment | None = None
    metadata: Metadata = msgspec.field(default_factory=Metadata)
    no_store_reply_needed: list[NoReplyNeeded] = []
    messages: list[Message] = []


class ThreadPage(Record):
    """A page of M11. `skipped` items had no id, or were no objects at all."""

    threads: list[Thread]
    next_page_token: str | None = None
    previous_page_token: str | None = None
    skipped: int = 0


class Posted(msgspec.Struct):
    """What M12, M14 and OR43 answer; M12 and M14 may leave either out."""

    message_id: str | None = None
    thread_id: str | None = None


class Account(Record):
    """The shop behind a key (A01), as far as a connection check needs it."""

    shop_id: int | None = None
    shop_name: str | None = None
    shop_state: str | None = None
    suspension_type: str | None = None
    closed_from: Moment | None = None
    closed_to: Moment | None = None


class Version(Record):
    version: str | None = None


def decode(kind: type[T], raw: bytes | msgspec.Raw) -> T | None:
    """The record, or None where even its id is missing. Raises DecodeError on what is not JSON."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError:
        return cast("T | None", lenient(kind, msgspec.json.decode(raw)))


def lenient(kind: Any, value: Any) -> Any:
    """As much of the value as fits the type; None where nothing does."""
    for wanted in get_args(kind) if _is_union(kind) else (kind,):
        fitted = _fit(wanted, value)
        if fitted is not None:
            return fitted
    return None


def _fit(kind: Any, value: Any) -> Any:
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(plain) is list:
        return _fit_items(get_args(plain)[0], value)
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return _fit_struct(plain, value)
    if plain is datetime:
        return _moment(value)
    if plain is str and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    try:
        return msgspec.convert(value, plain, strict=False)
    except msgspec.ValidationError:
        return None


def _fit_items(kind: Any, value: Any) -> list[Any] | None:
    if not isinstance(value, list):
        return None
    return [item for item in (lenient(kind, one) for one in value) if item is not None]


def _fit_struct(kind: type[msgspec.Struct], value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    members: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        fitted = lenient(field.type, value.get(field.encode_name))
        if fitted is not None:
            members[field.name] = fitted
        elif field.required:
            return None
    return kind(**members)


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_union(kind: Any) -> bool:
    return type(None) in get_args(kind)


def decode_all(kind: type[T], items: Iterable[msgspec.Raw]) -> tuple[list[T], int]:
    """Every item that can be read, and how many could not."""
    decoded = [_decode_or_none(kind, item) for item in items]
    found = [record for record in decoded if record is not None]
    return found, len(decoded) - len(found)


def _decode_or_none(kind: type[T], raw: msgspec.Raw) -> T | None:
    """JSON that only this item makes unreadable, a half surrogate say, costs this item alone."""
    try:
        return decode(kind, raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
