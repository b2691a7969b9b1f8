"""What an error's body says. No shape of it is documented, so each that was seen is read."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inbox.mirakl.decoding import UNREADABLE, decode_plain

LONGEST = 500
# Tags go before words are counted; what is longer than this is no sentence.
LOOKED_AT = 5000
MOST_FIELDS = 20
# It goes into the log, where no words of a stranger belong.
AN_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
MARKUP = re.compile(r"</?[a-zA-Z!?][^<>]*>")
XML_MESSAGE = re.compile(r"<(?P<tag>(?:\w+:)?(?:message|detail))(?:\s[^<>]*)?>", re.IGNORECASE)
WEB_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
# From the most telling to the least: Mirakl's own, OAuth's, problem+json's, a gateway's.
MEMBERS = ("message", "error_description", "detail", "title", "error")
CORRELATION = ("correlationId", "correlation_id")


@dataclass(frozen=True)
class Complaint:
    """Mirakl's own words and those on each field, fit to be shown; empty where there are none."""

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
    return of_members(body) if isinstance(body, dict) else Complaint()


def of_members(body: dict[str, Any]) -> Complaint:
    listed = body.get("errors")
    errors = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    words = [body.get("message"), " ".join(_texts(item.get("message") for item in errors))]
    words += [body.get(name) for name in MEMBERS]
    fields = {
        clean(item["field"]): clean(item.get("message"))
        for item in errors[:MOST_FIELDS]
        if isinstance(item.get("field"), str)
    }
    correlation = _first(body.get(name) for name in CORRELATION)
    correlation = correlation if AN_ID.fullmatch(correlation) else ""
    return Complaint(_first(words), fields, correlation)


def is_web_page(raw: bytes) -> bool:
    return WEB_PAGE.match(raw.removeprefix(b"\xef\xbb\xbf")) is not None


def clean(words: object) -> str:
    """One line without markup or invisible characters, at most LONGEST; only a text has words."""
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
    is_plain = content_type.partition(";")[0].strip().lower() == "text/plain"
    return clean(text) if is_plain and len(text) <= LONGEST else ""


def _xml_words(text: str) -> str:
    found = XML_MESSAGE.search(text)
    if not found:
        return ""
    words, _, _ = text[found.end() :].partition(f"</{found['tag']}")
    return clean(words.replace("<![CDATA[", "").replace("]]>", ""))
