"""Where a letter ends and the history that its mail program copied below it begins.

What a customer wrote is never folded away: a quote counts only where nothing of theirs follows it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

INTRO_LINES = 3  # mail programs wrap "On …, Jane Doe <jane@example.com> wrote:"
INTRO_LENGTH = 400
HEADER_LINES = 6

_INTRO = re.compile(
    r"(?:On\b.* wrote|Am\b.* schrieb\b.*|.* schrieb am\b.*|Le\b.* a écrit|El\b.* escribió"
    r"|Il\b.* ha scritto|Op\b.* schreef\b.*|Em\b.* escreveu|W dniu\b.* pisze|Den\b.* skrev\b.*)"
    r"\s?:",
    re.IGNORECASE,
)
# With either of these it was a mail program that wrote the line, not a person.
_STAMP = re.compile(r"\d\s?[:.hH]\s?\d\d|@")
_SEPARATOR = re.compile(
    r"(?:-{2,}|_{2,})\s?(?:original message|forwarded message|message d.origine|message original"
    r"|message transféré|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original)\s?[-_]{2,}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\W?(?:from|von|de|da|van)\W?\s?:", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\W?(?:subject|betreff|objet|oggetto|asunto|onderwerp|assunto)\W?\s?:", re.IGNORECASE
)
_SENT = re.compile(
    r"\W?(?:sent|date|gesendet|datum|envoyé|inviato|data|enviado|fecha|verzonden)\b.{0,6}:",
    re.IGNORECASE,
)


class Line(NamedTuple):
    text: str  # readable, spaces collapsed, never empty
    start: int  # where it begins in its source, its opening tags included
    end: int
    is_quote: bool = False  # behind a ">" or inside a blockquote
    opens_history: bool = False  # a mail program says so


def history_starts(lines: Sequence[Line]) -> int | None:
    """The index of the first line of the copied history; None where all is the sender's own."""
    for index in range(_after_interleaved(lines), len(lines)):
        if _opens_history(lines, index):
            return index or None
    return None


def _after_interleaved(lines: Sequence[Line]) -> int:
    """Answers written below or between quotes stay in sight, with what they answer."""
    own_seen = False
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].is_quote:
            own_seen = True
        elif own_seen:
            return index + 1
    return 0


def _opens_history(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    return (
        line.is_quote
        or line.opens_history
        or (line.text[0] in "-_" and _SEPARATOR.match(line.text) is not None)
        or _is_header_block(lines, index)
        or _is_intro(lines, index)
    )


def _is_header_block(lines: Sequence[Line], index: int) -> bool:
    """Outlook's From, Sent, To, Subject."""
    if not _FROM.match(lines[index].text):
        return False
    following = [line.text for line in lines[index + 1 : index + HEADER_LINES]]
    return any(map(_SENT.match, following)) and any(map(_SUBJECT.match, following))


def _is_intro(lines: Sequence[Line], index: int) -> bool:
    for end in range(index, min(index + INTRO_LINES, len(lines))):
        if lines[end].is_quote or len(lines[end].text) > INTRO_LENGTH:
            return False
        if not lines[end].text.endswith(":"):
            continue
        text = " ".join(line.text for line in lines[index : end + 1])
        if _INTRO.fullmatch(text):
            following = lines[end + 1 : end + 2]
            return bool(_STAMP.search(text)) or any(line.is_quote for line in following)
    return False
