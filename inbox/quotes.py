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
from functools import cached_property
from typing import NamedTuple

from inbox import mail_phrases, mail_words
from inbox.earlier import NOTHING, Earlier, words_of

# Mail programs wrap "On …, Jane Doe <jane@example.com> wrote:", whatever is in it.
INTRO_LINES = 8
# Of lines that may end one; more are no mail's.
MOST_INTROS = 300
HEADER_LINES = 14
# A value that is too long for its line goes on in the next ones.
VALUE_LINES = 2
# A mark, a label or a name is no longer; what is, was written by a person.
LONGEST_MARK = 200
# Above the first ">" below an intro: "Hello Kim," and what else is left of a mail's beginning.
GREETING_LINES = 3
# Above a header block, where a person says that it is to be read.
POINTING_LINES = 12
NAME_WORDS = 2


class Line(NamedTuple):
    text: str  # readable, spaces collapsed, never empty
    start: int  # where it begins in its source, its opening tags included
    end: int
    is_quote: bool = False  # behind a ">" or inside a blockquote
    opens_history: bool = False  # a mail program says so
    is_ruled: bool = False  # below a line that a mail program draws above a header block
    follows_gap: bool = False  # an empty line is before it
    is_held: bool = False  # in what a mail program made for history, where one can type as well


class _Opening(NamedTuple):
    start: int
    below: int  # the first line that is neither intro nor header block


class _Head(NamedTuple):
    """A mail's From, Sent, To, Subject, in any order."""

    below: int
    is_mails: bool  # a mail program wrote it, no person


def history_starts(lines: Sequence[Line], earlier: Earlier = NOTHING) -> int | None:
    """The index of the first line of the copied history; None where all is the sender's own."""
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
    """Lines, with what has been found out about each: none is looked at twice."""

    def __init__(self, lines: Sequence[Line], earlier: Earlier) -> None:
        self.lines = lines
        self.earlier = earlier
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

    @cached_property
    def has_clock(self) -> list[bool]:
        return [mail_words.has_clock(line.text) for line in self.lines]

    @cached_property
    def repeats(self) -> list[bool]:
        """Of each line, whether it was said before in the conversation."""
        return self.earlier.repeats([line.text for line in self.lines])

    @cached_property
    def last_new(self) -> int:
        """The last line that is the sender's own, and was not said before."""
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
        """Answers written below or between quotes stay in sight, with what they answer."""
        near = range(below, min(below + GREETING_LINES + 1, len(self.lines)))
        quote = next((at for at in near if self.lines[at].is_quote), None)
        if quote is None:
            return False
        return (self.last_own if quote == below else self.last_new) > quote

    def is_answered_below(self, opening: _Opening) -> bool:
        """Whether something of the sender's own follows where a copied message has ended."""
        opened = self.lines[opening.start].text[:LONGEST_MARK]
        if not self.earlier.before or mail_words.is_reply_mark(opened):
            return False
        if not any(line.is_held or not line.is_quote for line in self.lines[opening.below :]):
            return False
        tail, below = list[int](), len(self.lines)  # from `below` on nothing was said before
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
        """Whether it is more than a name or what companies put below their mails."""
        is_signed = False
        for line in (self.lines[at] for at in tail):
            is_signed = is_signed and not line.follows_gap
            if mail_phrases.is_closing(line.text):
                is_signed = True
            elif not is_signed and _is_typed(line) and not (tail[1:] == [] and _is_name(line)):
                return True
        return False

    def is_handed_on(self, opening: _Opening) -> bool:
        """Whether the sender wants the mail below to be read, and it is none of this conversation.

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
        """Below a line that a mail program marks, and the header block that it is or has."""
        for at in range(index, min(index + 2, len(self.lines))):
            if self.kinds[at]:
                return self._head(at).below
        return index + 1

    def _head(self, index: int) -> _Head:
        """The block that begins here. "From: Lyon, To: Paris, Date: 3 May" is no mail's."""
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
        """Mail programs say when, to the minute; people who copy a date leave the time out."""
        if "sent" not in kinds:
            return index > 0 and self.has_day[index - 1] and self.has_clock[index - 1]
        end = last + 1 + (not mail_words.value_of(self.lines[last].text))
        if any(self.has_clock[index:end]):
            return True
        is_whole = {"from", "sent", "to", "subject"} <= kinds
        return is_whole and any(mail_words.says_sent(line.text) for line in self.lines[index:end])

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


def _is_typed(line: Line) -> bool:
    """Whether there are words in it that are neither quoted nor a program's."""
    if (line.is_quote and not line.is_held) or not words_of(line.text):
        return False
    return not (mail_words.is_trailer(line.text) or mail_phrases.is_small_print(line.text))


def _is_name(line: Line) -> bool:
    """Whether it may be the signature of what is above it: "The team"."""
    is_plain = all(char.isalpha() or char in " &-" for char in line.text)
    return is_plain and not line.follows_gap and len(words_of(line.text)) <= NAME_WORDS


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
