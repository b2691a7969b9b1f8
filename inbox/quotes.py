"""Finds where a message ends and its mail program's copy of the history begins.

A sender's own text is never folded. History is text that a mail program marked as quoted, that
follows an intro or a header block, or that was said before in the same thread. It counts only if
none of the sender's own text follows. A forwarded mail is no history: it is the message.

Libraries that do this (talon, mail-parser-reply, quotequail, email-reply-parser) fold fewer than
half of the histories of tests/mail_corpus.py, and something of one in five of the messages of
tests/own_words.py; all but quotequail take minutes over a hostile line.
"""

import operator
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from inbox import mail_phrases, mail_words
from inbox.earlier import NOTHING, Earlier, words_of

# Mail programs wrap "On …, Jane Doe <jane@example.com> wrote:" anywhere.
INTRO_LINES = 8
# Lines that may end an intro; no mail has more.
MOST_INTROS = 300
HEADER_LINES = 14
# Lines of a value that is too long for its line.
VALUE_LINES = 2
# A longer mark, label or name was written by a person.
LONGEST_MARK = 200
# Lines above the first ">" below an intro: "Hello Kim," and the like.
GREETING_LINES = 3
# Lines above a header block in which the sender may point to it.
POINTING_LINES = 12
NAME_WORDS = 2


class Line(NamedTuple):
    text: str  # readable, spaces collapsed, never empty
    start: int  # where it begins in its source, including its opening tags
    end: int
    is_quote: bool = False  # behind a ">" or inside a blockquote
    opens_history: bool = False  # marked by a mail program
    is_ruled: bool = False  # below a line that a mail program draws above a header block
    follows_gap: bool = False  # an empty line precedes it
    is_held: bool = False  # in a history element, where people can type too


class _Opening(NamedTuple):
    start: int
    below: int  # the first line after intro and header block


class _Head(NamedTuple):
    """A mail's header block: From, Sent, To, Subject, in any order."""

    below: int
    is_mails: bool  # written by a mail program, not a person


def history_starts(lines: Sequence[Line], earlier: Earlier = NOTHING) -> int | None:
    """The index of the first line of the copied history; None if all text is the sender's own."""
    forward = next((at for at, line in enumerate(lines) if _is_forward(line)), len(lines))
    reading = _Reading(lines, earlier)
    opening = reading.first_opening(forward)
    if opening is None and forward < len(lines):
        return None
    if opening and (reading.is_handed_on(opening) or reading.is_answered_below(opening)):
        return None
    marked = _with_rule(lines, opening.start) if opening else None
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
    """Lines with the results found for each: none is analysed twice."""

    def __init__(self, lines: Sequence[Line], earlier: Earlier) -> None:
        self.lines = lines
        self.earlier = earlier
        self.kinds = [mail_words.kind_of_label(line.text) for line in lines]
        self.has_address = [mail_words.has_address(line.text) for line in lines]
        self.has_day = [mail_words.has_day(line.text) for line in lines]
        self.tries = 0
        self.clues = [*map(operator.or_, self.has_address, self.has_day)]
        # A phone's signature is not the sender's text.
        own = (
            at
            for at in range(len(lines) - 1, -1, -1)
            if not lines[at].is_quote and not mail_words.is_trailer(lines[at].text)
        )
        self.last_own = next(own, -1)

    @cached_property
    def has_clock(self) -> list[bool]:
        return [mail_words.has_clock(line.text) for line in self.lines]

    @cached_property
    def repeats(self) -> list[bool]:
        """For each line, whether it was said before in the thread."""
        return self.earlier.repeats([line.text for line in self.lines])

    @cached_property
    def last_new(self) -> int:
        """The last line of the sender's own that was not said before."""
        told = zip(self.lines, self.repeats, strict=True)
        own = [at for at, (line, is_said) in enumerate(told) if not (line.is_quote or is_said)]
        return max((at for at in own if at <= self.last_own), default=-1)

    def first_opening(self, end: int) -> _Opening | None:
        for index in range(end):
            opening = self._opening(index)
            if opening and not self._is_answered(opening.below):
                return opening
        return None

    def _is_answered(self, below: int) -> bool:
        """Whether answers stand below or between quotes: these stay visible, with the quotes."""
        near = range(below, min(below + GREETING_LINES + 1, len(self.lines)))
        quote = next((at for at in near if self.lines[at].is_quote), None)
        if quote is None:
            return False
        return (self.last_own if quote == below else self.last_new) > quote

    def is_answered_below(self, opening: _Opening) -> bool:
        """Whether the sender's own text follows the end of a copied message."""
        opened = self.lines[opening.start].text[:LONGEST_MARK]
        if not self.earlier.before or mail_words.is_reply_mark(opened):
            return False
        if not any(line.is_held or not line.is_quote for line in self.lines[opening.below :]):
            return False
        tail, below = list[int](), len(self.lines)  # lines from `below` on that are new
        for at in range(opening.below, len(self.lines)):
            if self.repeats[at]:
                tail, below = [], at + 1
            elif at >= below and (following := self._opening(at)):
                if self._says_something([one for one in tail if one < following.start]):
                    return True
                tail, below = [], len(self.lines)
            elif at >= below:
                tail.append(at)
        return self._says_something(tail)

    def _says_something(self, tail: Sequence[int]) -> bool:
        """Whether it is more than a name or a company's small print."""
        is_signed = False
        for line in (self.lines[at] for at in tail):
            is_signed = is_signed and not line.follows_gap
            if mail_phrases.is_closing(line.text):
                is_signed = True
            elif not is_signed and _is_typed(line) and not (tail[1:] == [] and _is_name(line)):
                return True
        return False

    def is_handed_on(self, opening: _Opening) -> bool:
        """Whether the sender forwards the mail below, and it is none of this thread.

        Outlook writes the same above a mail that it forwards as above one that it answers.
        """
        head = range(opening.start, opening.below)
        if all(self.kinds[at] != "from" for at in head):
            return False
        above = self.lines[max(opening.start - POINTING_LINES, 0) : opening.start]
        told = any(mail_phrases.points_below(line.text[:LONGEST_MARK]) for line in above)
        if not told and not any(map(self._is_handed_on_by, range(opening.below))):
            return False
        return not self.earlier.holds([line.text for line in self.lines[opening.below :]])

    def _is_handed_on_by(self, at: int) -> bool:
        if self.kinds[at] != "subject":
            return False
        return mail_phrases.is_handed_on(mail_words.value_of(self.lines[at].text))

    def _opening(self, index: int) -> _Opening | None:
        line = self.lines[index]
        if line.opens_history:
            return _Opening(index, index if line.is_quote else self._below_marked(index))
        if len(line.text) <= LONGEST_MARK and (
            mail_words.is_separator(line.text) or mail_words.is_reply_mark(line.text)
        ):
            return _Opening(index, self._below_marked(index))
        if self.kinds[index] not in {"", "other"} and (head := self._head(index)).is_mails:
            return _Opening(index, head.below)
        start = self._intro_start(index)
        return None if start is None else _Opening(start, index + 1)

    def _below_marked(self, index: int) -> int:
        """The line below a mail program's mark and the header block that follows it."""
        for at in range(index, min(index + 2, len(self.lines))):
            if self.kinds[at]:
                return self._head(at).below
        return index + 1

    def _head(self, index: int) -> _Head:
        """The header block that begins here. "From: Lyon, To: Paris, Date: 3 May" is none."""
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
        is_complete = "from" in kinds and not kinds.isdisjoint({"to", "subject"})
        is_mails = is_complete and has_address and self._is_dated(index, last, kinds)
        return _Head(last + 1, is_mails)

    def _is_dated(self, index: int, last: int, kinds: set[str]) -> bool:
        """Whether the block has a date with a time: people who copy a date leave the time out."""
        if "sent" not in kinds:
            return index > 0 and self.has_day[index - 1] and self.has_clock[index - 1]
        end = last + 1 + (not mail_words.value_of(self.lines[last].text))
        if any(self.has_clock[index:end]):
            return True
        is_whole = {"from", "sent", "to", "subject"} <= kinds
        return is_whole and any(mail_words.says_sent(line.text) for line in self.lines[index:end])

    def _names_people(self, at: int, label: int) -> bool:
        """Whether this line of a header block names senders or recipients."""
        is_value = at == label or not mail_words.LABEL.match(self.lines[at].text)
        return is_value and self.kinds[label] in {"from", "to", "other"}

    def _intro_start(self, end: int) -> int | None:
        """The line where the intro that ends with this line begins, if there is one."""
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
        text = text.replace("@ ", "@")  # addresses may be wrapped, too
        is_intro = len(text) <= mail_words.LONGEST_INTRO and mail_words.is_intro(
            text, is_above_quote
        )
        return start if is_intro else None

    def _reach_back(self, end: int) -> int:
        """The nearest line from which on there is a day and an address, or one of them."""
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


def _is_typed(line: Line) -> bool:
    """Whether it has text that is neither quoted nor a program's."""
    if (line.is_quote and not line.is_held) or not words_of(line.text):
        return False
    return not (mail_words.is_trailer(line.text) or mail_phrases.is_small_print(line.text))


def _is_name(line: Line) -> bool:
    """Whether it may be the signature of the text above it: "The team"."""
    is_plain = all(char.isalpha() or char in " &-" for char in line.text)
    return is_plain and not line.follows_gap and len(words_of(line.text)) <= NAME_WORDS


def _with_intro(lines: Sequence[Line], start: int) -> int:
    """The history's start, including a line above that says who wrote it and when."""
    if start and len(lines[start - 1].text) <= LONGEST_MARK:
        start -= mail_words.says_who_wrote(lines[start - 1].text)
    return _with_rule(lines, start)


def _with_rule(lines: Sequence[Line], start: int) -> int:
    """The history's start, including the line that mail programs draw or write above it."""
    while start > 1 and lines[start].text[0] == lines[start - 1].text[0] == ">":
        start -= 1
    return start - 1 if start and mail_words.RULE.match(lines[start - 1].text) else start
