"""Decodes JSON into records: unknown members are ignored, missing ones are None or empty.

A member that is absent, null or of an unexpected type affects nothing else, unless its record is
useless without it. The strict, fast decoder comes first; `lenient` rebuilds what it refused.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin

import msgspec

from inbox.mirakl.words import readable

T = TypeVar("T")
# A JSON object, as Mirakl sends and takes them.
Json = dict[str, Any]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
# A name, a label, a line of an address: cleaned for display. Pages show many of them in full.
LONGEST_WORDS = 2_000
Words = Annotated[str, msgspec.Meta(max_length=LONGEST_WORDS)]
# Items that are kept decoded: some 10 kB each, at most 30.
MOST_ITEMS, LONGEST_ITEM = 1_000, 8_000
NUL = b"\\u0000"
# An escape: a pair of surrogates, which is one character; half a pair, or a NUL; or any other.
ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<bad>u[dD][89a-fA-F]..|u0000)|.)", re.DOTALL
)
# Not JSON, or nested too deeply.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def prepare(*kinds: Any) -> None:
    """Build the decoders of these types; called at import, which happens in one thread.

    msgspec analyses a Struct at its first use, and threads that meet there crash the process.
    """
    _decoders.update({kind: msgspec.json.Decoder(kind) for kind in kinds})


prepare(Any, str, int, dict[str, msgspec.Raw], list[msgspec.Raw] | None)


class Record(msgspec.Struct, kw_only=True):
    """A JSON object of Mirakl's."""


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The readable items of an answer, the number of unreadable ones, and the other members."""

    items: list[T]
    skipped: int
    beside: dict[str, msgspec.Raw]

    def text(self, name: str) -> str | None:
        return decode(str, self.beside.get(name, msgspec.Raw(b"null")))

    def number(self, name: str) -> int | None:
        return decode(int, self.beside.get(name, msgspec.Raw(b"null")))


def decode(kind: type[T], raw: bytes | msgspec.Raw) -> T | None:
    """The record, or None if there is none."""
    raw = _without_nul(raw)
    try:
        record = cast("T | None", _parse(kind, raw))
    except msgspec.ValidationError:
        record = _decode_leniently(kind, raw)
    except UNREADABLE:
        return None
    _read_words(record)
    return record


def decode_list(kind: type[T], raw: bytes, member: str) -> Listed[T] | None:
    """The items under `member`, decoded one by one; None if there is no such list.

    Callers of one process share the records of equal items, and change none.
    """
    raw = _without_nul(raw)
    try:
        beside: dict[str, msgspec.Raw] = _parse(dict[str, msgspec.Raw], raw)
        found = _parse(list[msgspec.Raw] | None, beside.pop(member)) or []
    except (KeyError, *UNREADABLE):
        return None
    decoded = [_decode_item(kind, bytes(item)) for item in found]
    items = [record for record in decoded if record is not None]
    return Listed(items, len(decoded) - len(items), beside)


def _decode_item(kind: type[T], raw: bytes) -> T | None:
    if len(raw) > LONGEST_ITEM:
        return decode(kind, raw)
    known: Any = kind
    return cast("T | None", _decode_once(known, raw))


@lru_cache(maxsize=MOST_ITEMS)
def _decode_once(kind: Any, raw: bytes) -> Any:
    """Most items of a list are those of the last one."""
    return decode(kind, raw)


def decode_plain(raw: bytes) -> Any:
    """The JSON as dicts and lists; raises one of UNREADABLE."""
    return _parse(Any, _without_nul(raw))


def _read_words(record: object) -> None:
    """Clean the texts of a record and of nested records for display."""
    kind: Any = type(record)
    waiting = [record] if _holds_words(kind) else []
    while waiting:
        one = waiting.pop()
        of_one: Any = type(one)
        words, inner = _members(of_one)
        for name in words:
            if value := getattr(one, name):
                setattr(one, name, readable(value))
        for name, _kind in inner:
            value = getattr(one, name)
            waiting += value if isinstance(value, list) else [value]


@cache
def _holds_words(kind: Any) -> bool:
    """Most answers are threads, which have no such texts."""
    seen, waiting = set[Any](), [kind]
    while waiting:
        one = waiting.pop()
        words, inner = _members(one)
        if words:
            return True
        seen.add(one)
        waiting += {each for _name, each in inner} - seen
    return False


@cache
def _members(kind: Any) -> tuple[list[str], list[tuple[str, Any]]]:
    """Names of text members, and record members with their types."""
    words: list[str] = []
    records: list[tuple[str, Any]] = []
    for field in msgspec.structs.fields(kind) if _is_record(kind) else ():
        for one in get_args(field.type) if _is_union(field.type) else (field.type,):
            inner = get_args(one)[0] if get_origin(one) is list else one
            if one == Words:
                words.append(field.name)
            elif _is_record(inner):
                records.append((field.name, inner))
    return words, records


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _decode_leniently(kind: type[T], raw: bytes | msgspec.Raw) -> T | None:
    try:
        return cast("T | None", lenient(kind, _parse(Any, raw)))
    except UNREADABLE:
        return None


def _parse(kind: Any, raw: bytes | msgspec.Raw) -> Any:
    decoder = _decoders[kind]
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decoder.decode(_mended(bytes(raw)))


def _without_nul(raw: bytes | msgspec.Raw) -> bytes | msgspec.Raw:
    """No database stores a NUL, so it becomes the replacement character before decoding."""
    return _mended(raw) if isinstance(raw, bytes) and NUL in raw else raw


def _mended(raw: bytes) -> bytes:
    """The bytes with invalid UTF-8, NULs and halves of emoji replaced.

    A server that truncates a text may cut an emoji in two. The strict decoder would refuse that
    page as long as its thread is on it.
    """
    text = raw.decode(errors="replace").encode()
    return ESCAPES.sub(lambda found: rb"\ufffd" if found["bad"] else found[0], text)


def lenient(kind: Any, value: Any) -> Any:
    """As much of the value as fits the type; None if nothing does."""
    for wanted in get_args(kind) if _is_union(kind) else (kind,):
        fitted = _fit(wanted, value)
        if fitted is not None:
            return fitted
    return None


def _fit(kind: Any, value: Any) -> Any:
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(plain) is list:
        return _fit_items(get_args(plain)[0], value)
    if _is_record(plain):
        return _fit_struct(plain, value)
    if plain is datetime:
        return _moment(value)
    if plain is str and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if kind == Words and isinstance(value, str):
        return value if len(value) <= LONGEST_WORDS else value[: LONGEST_WORDS - 1] + "…"
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
    members: Json = {}
    for field in msgspec.structs.fields(kind):
        given = value.get(field.encode_name, msgspec.UNSET)
        fitted = lenient(field.type, given)
        if fitted is not None or (given is None and _is_union(field.type)):
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
