"""Cleans names, labels and titles of Mirakl's for display."""

import html
import re
import unicodedata

# With their semicolon: "&copy=2" in a URL is none.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
# Characters that no font draws.
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
# UTF-8 that was read as Windows-1252.
_TAIL = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_GARBLED = re.compile(f"[Â-ß]{_TAIL}|[à-ï]{_TAIL}{{2}}|[ð-ô]{_TAIL}{{3}}")
# No word has such a capital after a small letter and a sign after that, nor a sign after those.
_SURELY_GARBLED = re.compile(
    f"[a-z][ÃÅ]{_TAIL}|Ã[\xa1-\xba\xbc-\xbfŸ]|Â[¢£¥§]|â€{_TAIL}|â‚¬|ðŸ{_TAIL}{{2}}"
)


def decoded_once(text: str) -> str:
    """The text without one surplus level of escapes."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def regained(text: str) -> str:
    """The text with "poignÃ©e" repaired, if nothing else can be meant."""
    if text.isascii() or not _SURELY_GARBLED.search(text):
        return text
    return _GARBLED.sub(_redecoded, text)


def _redecoded(found: re.Match[str]) -> str:
    raw = b"".join(
        char.encode("latin-1" if char < "\u0100" else "cp1252", "replace") for char in found[0]
    )
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return found[0]


def visible(text: str) -> str:
    """The text without zero-width characters; the tags of a flag stay."""
    if not _MAY_BE_INVISIBLE.search(text):
        return text
    return _INVISIBLE.sub(lambda found: found[1] or "", text)


def readable(text: str) -> str:
    """A name or a title on one line, in its stored order; empty if nothing is visible.

    Characters that change the direction would show "exe.gpj" as a picture.
    """
    if text.isascii() and text.isalnum():
        return text
    plain = _DIRECTIONS.sub("", regained(decoded_once(text)))
    words = _BLANKS.sub(" ", visible(plain)).strip()
    shows = any(unicodedata.category(char)[0] not in NOTHING for char in words)
    return words if shows else ""
