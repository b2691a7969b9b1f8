"""Where a message ends and the history that its mail program copied below it begins.

What a customer wrote is never folded away. History is what a mail program marked as such, what
stands below its intro or its header block, or what was said before in the same conversation. It
counts only where nothing of the sender's own follows, and a forwarded mail is no history: it is
what they have to say.

Libraries that do this (talon, mail-parser-reply, quotequail, email-reply-parser) fold fewer than
half of the histories of tests/mail_corpus.py, and something of one in five of the messages of
tests/own_words.py; all but quotequail take minutes over a hostile line.
"""

import operator
from collections.abc import Sequence
from typing import NamedTuple

from inbox import mail_words
from inbox.earlier import NOTHING, Earlier

# Mail programs wrap "On …, Jane Doe <jane@example.com> wrote:", whatever is in it.
INTRO_LINES = 8
# Of lines that may end one; more are no mail's.
MOST_INTROS = 300
HEADER_LINES = 14
HEADER_KINDS = 3
# A value that is too long for its line goes on in the next ones.
VALUE_LINES = 2
# A mark, a label or a name is no longer; what is, was written by a person.
LONGEST_MARK = 200


class Line(NamedTuple):
    text: str  # readable, spaces collapsed, never empty
    start: int  # where it begins in its source, its opening tags included
    end: int
    is_quote: bool = False  # behind a ">" or inside a blockquote
    opens_history: bool = False  # a mail program says so
    is_ruled: bool = False  # below a line that a mail program draws above a header block
    follows_gap: bool = False  # an empty line is before it


class _Opening(NamedTuple):
    start: int
    below: int  # the first line that is neither intro nor header block


def history_starts(lines: Sequence[Line], earlier: Earlier = NOTHING) -> int | None:
    """The index of the first line of the copied history; None where all is the sender's own."""
    forward = next((at for at, line in enumerate(lines) if _is_forward(line)), len(lines))
    marked = _Reading(lines).first_opening(forward)
    if marked is None and forward < len(lines):
        return None
    end = len(lines) if marked is None else marked
    if earlier.is_answered_within([line.text for line in lines[end:] if not line.is_quote]):
        return None
    while end and mail_words.is_trailer(lines[end - 1].text):
        end -= 1
    said = earlier.repeated_from([(line.text, line.is_quote) for line in lines[:end]])
    start = marked if said is None else _with_intro(lines, said)
    return start or None


def _is_forward(line: Line) -> bool:
    return len(line.text) <= LONGEST_MARK and mail_words.is_forward(line.text)


class _Reading:
    """Lines, with what has been found out about each: none is looked at twice."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.kinds = [mail_words.kind_of_label(line.text) for line in lines]
        self.has_address = [mail_words.has_address(line.text) for line in lines]
        self.has_day = [mail_words.has_day(line.text) for line in lines]
        self.tries = 0
        self.clues = [*map(operator.or_, self.has_address, self.has_day)]
        # What a telephone adds is nobody's word.
        own = (
            at
            for at in range(len(lines) - 1, -1, -1)
            if not lines[at].is_quote and not mail_words.is_trailer(lines[at].text)
        )
        self.last_own = next(own, -1)

    def first_opening(self, end: int) -> int | None:
        for index in range(end):
            opening = self._opening(index)
            if opening and not self._is_answered(opening.below):
                return _with_rule(self.lines, opening.start)
        return None

    def _is_answered(self, below: int) -> bool:
        """Answers written below or between quotes stay in sight, with what they answer."""
        return below < len(self.lines) and self.lines[below].is_quote and self.last_own > below

    def _opening(self, index: int) -> _Opening | None:
        line = self.lines[index]
        if line.opens_history:
            return _Opening(index, index if line.is_quote else index + 1)
        if len(line.text) <= LONGEST_MARK and (
            mail_words.is_separator(line.text) or mail_words.is_reply_mark(line.text)
        ):
            return _Opening(index, index + 1)
        if (below := self._below_header_block(index)) is not None:
            return _Opening(index, below)
        start = self._intro_start(index)
        return None if start is None else _Opening(start, index + 1)

    def _below_header_block(self, index: int) -> int | None:
        """Outlook's From, Sent, To, Subject, in any order; where it ends.

        A person's line has an address: "From: Lyon, To: Paris, Date: 3 May" is none.
        """
        if self.kinds[index] in {"", "other"}:
            return None
        kinds = set[str]()
        has_address = self.lines[index].is_ruled
        last = index
        for at in range(index, min(index + HEADER_LINES, len(self.lines))):
            if kind := self.kinds[at]:
                kinds.add(kind)
                last = at
            elif at - last > VALUE_LINES or self.lines[at].follows_gap:
                break
            has_address |= self.has_address[at] and self._names_people(at, last)
        is_block = has_address and len(kinds - {"other"}) >= HEADER_KINDS
        return last + 1 if is_block else None

    def _names_people(self, at: int, label: int) -> bool:
        """Whether a line of a head, below this label, is about who wrote or read."""
        is_value = at == label or not mail_words.LABEL.match(self.lines[at].text)
        return is_value and self.kinds[label] in {"from", "to", "other"}

    def _intro_start(self, end: int) -> int | None:
        """Where the intro begins that ends with this line, if one does."""
        is_above_quote = end + 1 < len(self.lines) and self.lines[end + 1].is_quote
        if not self.lines[end].text.endswith((":", "：")) and not is_above_quote:
            return None
        if not any(self.clues[max(end - INTRO_LINES, -1) + 1 : end + 1]):
            return None
        self.tries += 1
        if self.tries > MOST_INTROS:
            return None
        start = self._reach_back(end)
        text = " ".join(line.text.lstrip("> ") for line in self.lines[start : end + 1])
        text = text.replace("@ ", "@")  # an address may be wrapped, too
        is_intro = len(text) <= mail_words.LONGEST_INTRO and mail_words.is_intro(
            text, is_above_quote
        )
        return start if is_intro else None

    def _reach_back(self, end: int) -> int:
        """The nearest line from which on there is both a day and an address, or one of them."""
        start, has_day, has_address = end, False, False
        for at in range(end, max(end - INTRO_LINES, -1), -1):
            line = self.lines[at]
            if (
                len(line.text) > mail_words.LONGEST_INTRO
                or line.is_quote != self.lines[end].is_quote
            ):
                break
            if not has_day and self.has_day[at]:
                begins = at == end or mail_words.BEGINS_WITH_DAY.match(line.text)
                has_day, start = (True, at) if begins else (False, start)
            if not has_address and self.has_address[at]:
                has_address, start = True, at
            if (has_day and has_address) or line.follows_gap:
                break
        return start - self._begins_above(start)

    def _begins_above(self, start: int) -> bool:
        """Whether "On Tuesday," stands alone above the day."""
        if not start or self.lines[start].follows_gap:
            return False
        return mail_words.BEGINS_BEFORE_DAY.match(self.lines[start - 1].text) is not None


def _with_intro(lines: Sequence[Line], start: int) -> int:
    """A line that says who wrote what was said before, and when, goes with it."""
    if start and len(lines[start - 1].text) <= LONGEST_MARK:
        start -= mail_words.says_who_wrote(lines[start - 1].text)
    return _with_rule(lines, start)


def _with_rule(lines: Sequence[Line], start: int) -> int:
    """Mail programs draw a line above it, or say what it is."""
    while start > 1 and lines[start].text[0] == lines[start - 1].text[0] == ">":
        start -= 1
    return start - 1 if start and mail_words.RULE.match(lines[start - 1].text) else start
