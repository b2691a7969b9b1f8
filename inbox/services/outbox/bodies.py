"""Bodies of messages: the format that Mirakl gets, and the text for comparisons."""

import re
from html import escape, unescape
from unicodedata import normalize

from inbox.models import Marketplace

BodyFormat = Marketplace.BodyFormat
# We escape once and Mirakl may do so again; without a bound "&amp;amp;amp;…" takes minutes.
MOST_ESCAPES = 8
LINE_BREAK = re.compile(r"<br\s*/?>|</?(?:p|div|span)(?:\s[^<>]*)?>", re.IGNORECASE)


def wire_body(text: str, body_format: str = BodyFormat.HTML) -> str:
    """The body that Mirakl gets for the text that an agent typed.

    No document says how a body is encoded. The vendor's own connector sends the text unescaped,
    with `<br />` at line ends; how customers see it differs between marketplaces.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if body_format == BodyFormat.TEXT:
        return lines
    if body_format == BodyFormat.HTML:
        lines = escape(lines, quote=False)
    return lines.replace("\n", "<br />")


def comparable_text(body: str) -> str:
    """The text alone: equal whether Mirakl stored markup as sent, unescaped or reflowed."""
    for _ in range(MOST_ESCAPES):
        before, body = body, unescape(LINE_BREAK.sub("\n", body))
        if body == before:
            break
    return " ".join(normalize("NFC", body).split())
