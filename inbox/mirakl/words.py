"""Names, labels and titles of Mirakl's, as people read them."""

import html
import re
import unicodedata

# With their semicolon: "&copy=2" in an address is none.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
# What no font draws.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
)
# Joiners stay where they join: inside Persian words, and between the parts of an emoji.
_JOINED = rf"[^\0-\x7f\s{_UNSEEN}\u200c]"
_INVISIBLE = re.compile(
    rf"[{_UNSEEN}]|[\u200c\u200d](?!{_JOINED})|(?<!{_JOINED})[\u200c\u200d]"
    "|(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0000-\U000e007f]"
)
_MAY_BE_INVISIBLE = re.compile(f"[{_UNSEEN}\u200c\u200d\U000e0000-\U000e007f]")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile("[\\s\u2800]+")
NOTHING = {"M", "Z", "C"}


def decoded_once(text: str) -> str:
    """The text without the escapes that one program too many has put in."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def visible(text: str) -> str:
    """The text without characters that take no room; the tags of a flag stay."""
    if not _MAY_BE_INVISIBLE.search(text):
        return text
    return _INVISIBLE.sub(lambda found: found[1] or "", text)


def readable(text: str) -> str:
    """A name or a title on one line, in the order it is stored in; empty where nothing shows.

    Characters that turn the direction around would show "exe.gpj" as a picture.
    """
    if text.isascii() and text.isalnum():
        return text
    words = _BLANKS.sub(" ", visible(_DIRECTIONS.sub("", decoded_once(text)))).strip()
    shows = any(unicodedata.category(char)[0] not in NOTHING for char in words)
    return words if shows else ""
