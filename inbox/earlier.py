"""What was said in a conversation before, word for word: a mail program's copy is told by it.

Words are compared, not lines: programs wrap them anew, put ">" before them, and change quotation
marks. Each run of a few words is looked up in a table, so that it takes as long as the text is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

RUN = 4  # words
# Less than this is a phrase that anybody may use twice.
FEWEST_WORDS = 12
FEWEST_QUOTED = 2
# Of each line, as links and signatures may differ.
SHARE = 0.8
# Of each message: what is behind it is hardly quoted.
MOST_WORDS = 1_500

_WORD = re.compile(r"\w+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

Run = tuple[str, ...]


def words_of(text: str) -> list[str]:
    return _WORD.findall(_UNSEEN.sub("", normalize("NFC", text)).casefold())


def _runs(words: Sequence[str]) -> list[Run]:
    """Each run of words; of fewer words than that there is one."""
    if 0 < len(words) < RUN:
        return [tuple(words)]
    return list(zip(*(words[offset:] for offset in range(RUN)), strict=False))


class Conversation:
    """Messages are added oldest first."""

    def __init__(self) -> None:
        self._said: dict[Run, int] = {}  # when it was first said
        self._beginnings: dict[tuple[str, Run], int] = {}
        self._sides: set[str] = set()
        self._count = 0

    def add(self, text: str, side: str) -> "Earlier":
        """Add a message; returns what was said before it."""
        earlier = Earlier(self, self._count, side)
        words = words_of(text)[:MOST_WORDS]
        for run in _runs(words):
            self._said.setdefault(run, self._count)
        self._beginnings.setdefault((side, tuple(words[:RUN])), self._count)
        self._sides.add(side)
        self._count += 1
        return earlier

    def was_said(self, run: Run, before: int) -> bool:
        return self._said.get(run, before) < before

    def is_beginning(self, run: Run, before: int, side: str) -> bool:
        """Whether somebody else's message begins so."""
        others = self._sides - {side}
        return any(self._beginnings.get((one, run), before) < before for one in others)


@dataclass(frozen=True)
class Earlier:
    """What was said in a conversation before one of its messages, which is from this side."""

    conversation: Conversation
    before: int = 0
    side: str = ""

    def repeated_from(self, lines: Sequence[tuple[str, bool]]) -> int | None:
        """The first of the last lines that all repeat what was said, if there are such.

        `lines` are texts, and whether each is quoted. Lines that are not must begin as another's
        message did: who repeats their own words has something to say.
        """
        if not self.before or not lines:
            return None
        words, starts = list[str](), list[int]()
        for text, _is_quote in lines:
            starts.append(len(words))
            words += words_of(text)
        known = self._known(words)
        ends = [*starts[1:], len(words)]
        shares = [_share(known[a:b]) for a, b in zip(starts, ends, strict=True)]
        first = len(lines)
        while first and shares[first - 1] >= SHARE:
            first -= 1
        quoted = len(lines)
        while quoted and lines[quoted - 1][1]:
            quoted -= 1
        if quoted < len(lines) and self._is_quotation(self._known(words[starts[quoted] :])):
            return quoted
        return self._beginning_in(words, starts, first)

    def _known(self, words: Sequence[str]) -> list[bool]:
        """Of each word, whether a run that it is in was said before."""
        known = [False] * len(words)
        for index, run in enumerate(_runs(words)):
            if self.conversation.was_said(run, self.before):
                known[index : index + RUN] = [True] * RUN
        return known

    def _is_quotation(self, known: Sequence[bool]) -> bool:
        return sum(known) >= FEWEST_QUOTED and _share(known) >= SHARE

    def _beginning_in(self, words: Sequence[str], starts: Sequence[int], first: int) -> int | None:
        for index in range(max(first, 1), len(starts)):
            at = starts[index]
            if len(words) - at < FEWEST_WORDS:
                return None
            if self.conversation.is_beginning(tuple(words[at : at + RUN]), self.before, self.side):
                return index
        return None


def _share(known: Sequence[bool]) -> float:
    """Of lines without words all is known."""
    return sum(known) / len(known) if known else 1.0


NOTHING = Earlier(Conversation())
