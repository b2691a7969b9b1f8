"""Error messages in bodies. No format is documented, so each one seen so far is read."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inbox.mirakl.decoding import UNREADABLE, Json, decode_plain

LONGEST = 500
# Tags are removed before the length counts; a longer text is no sentence.
LOOKED_AT = 5000
MOST_FIELDS = 20
# Goes into the log, which must not contain foreign text.
AN_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
MARKUP = re.compile(r"</?[a-zA-Z!?][^<>]*>")
XML_TAG = r"<(?P<tag>(?:\w+:)?%s)(?:\s[^<>]*)?>"
WEB_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
# Most specific first: Mirakl's own, OAuth's, problem+json's, a gateway's.
MEMBERS = ("message", "error_description", "detail", "title", "error")
XML_MEMBERS = MEMBERS[:-1]  # in XML `error` contains the others
OF_ONE = ("message", "detail", "defaultMessage")
CORRELATION = ("correlationId", "correlation_id")


@dataclass(frozen=True)
class Complaint:
    """Mirakl's message and its messages per field, safe to show; empty if there are none."""

    message: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    correlation_id: str = ""


def read(raw: bytes, content_type: str = "") -> Complaint:
    try:
        body = decode_plain(raw)
    except UNREADABLE:
        return Complaint(_plain_words(raw, content_type))
    if isinstance(body, str):
        return Complaint(clean(body))
    return of_members({"errors": body} if isinstance(body, list) else body)


def of_members(body: Any) -> Complaint:
    """The complaint of a JSON object; members of an `error` count as its own."""
    if not isinstance(body, dict):
        return Complaint()
    if isinstance(body.get("error"), dict):
        body = body["error"] | body
    errors = _errors_of(body)
    each = " ".join(dict.fromkeys(words for _field, words in errors if words))
    said = clean(body.get("message"))
    whole = said if each in said else f"{said.rstrip('.')}: {each}" if said else each
    words = _first([whole, *(body.get(name) for name in MEMBERS)])
    correlation = _first(body.get(name) for name in CORRELATION)
    correlation = correlation if AN_ID.fullmatch(correlation) else ""
    return Complaint(words, {name: said for name, said in errors if name}, correlation)


def _errors_of(body: Json) -> list[tuple[str, str]]:
    """Pairs of field and message, from a list or from an object keyed by field."""
    listed = body.get("errors")
    if isinstance(listed, dict):
        listed = [{"field": field, "message": words} for field, words in listed.items()]
    errors = listed[:MOST_FIELDS] if isinstance(listed, list) else []
    named = [one if isinstance(one, dict) else {"message": one} for one in errors]
    return [(clean(one.get("field")), _first(one.get(name) for name in OF_ONE)) for one in named]


def is_web_page(raw: bytes) -> bool:
    return WEB_PAGE.match(raw.removeprefix(b"\xef\xbb\xbf")) is not None


def clean(words: object) -> str:
    """One line without markup or invisible characters, at most LONGEST; empty if not text."""
    if not isinstance(words, str):
        return ""
    text = html.unescape(MARKUP.sub(" ", words[:LOOKED_AT]))
    visible = "".join(char if char.isprintable() and char != "\ufffd" else " " for char in text)
    line = " ".join(visible.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _texts(words: Iterable[object]) -> list[str]:
    return [text for text in map(clean, words) if text]


def _first(words: Iterable[object]) -> str:
    return next(iter(_texts(words)), "")


def _plain_words(raw: bytes, content_type: str) -> str:
    text = raw.decode(errors="replace").strip()
    if text.startswith("<"):
        return "" if is_web_page(raw) else _xml_words(text)
    is_plain = content_type.partition(";")[0].strip().lower() in ("text/plain", "")
    return clean(text) if is_plain and len(text) <= LONGEST else ""


def _xml_words(text: str) -> str:
    return _first(_xml_text(text, name) for name in XML_MEMBERS)


def _xml_text(text: str, name: str) -> str:
    found = re.search(XML_TAG % name, text, re.IGNORECASE)
    if not found:
        return ""
    words, _, _ = text[found.end() :].partition(f"</{found['tag']}")
    return words.replace("<![CDATA[", "").replace("]]>", "")
