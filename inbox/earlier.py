"""Earlier messages of a thread, word by word, to detect a mail program's copy of them.

Compares words, not lines: programs rewrap lines, add ">" and change quotation marks. Each run of a
few words is looked up in a table, so the time is linear in the text.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from unicodedata import normalize

RUN = 4  # words
HALF = RUN // 2
LONGEST_ANSWER = 4  # lines between two lines of a quote
# A shorter repetition is a common phrase.
FEWEST_WORDS = 12
FEWEST_QUOTED = 2
# Of each line, as links and signatures may differ.
SHARE = 0.8
# Of a whole mail, which has more around it.
MOST_OF_ALL = 0.5
# Limit per message: text beyond it is hardly ever quoted.
MOST_WORDS = 1_500

_WORD = re.compile(r"\w+")
# \u0307 is the dot that remains of a lower-cased İ.
_UNSEEN = re.compile("[\u00ad\u0307\u200b-\u200f\u2060\ufeff]")

Run = tuple[str, ...]


def words_of(text: str) -> list[str]:
    return _WORD.findall(_UNSEEN.sub("", normalize("NFC", text).casefold()))


def _runs(words: Sequence[str]) -> list[Run]:
    """All runs of words; one run if the text is shorter."""
    if 0 < len(words) < RUN:
        return [tuple(words)]
    return list(zip(*(words[offset:] for offset in range(RUN)), strict=False))


class Conversation:
    """The messages of a thread, added oldest first."""

    def __init__(self) -> None:
        # By side: when each run was first said.
        self._said: dict[str, dict[Run, int]] = defaultdict(dict)
        self._beginnings: dict[str, dict[Run, int]] = defaultdict(dict)
        self._count = 0

    def add(self, text: str, side: str) -> "Earlier":
        """Add a message; returns what was said before it."""
        earlier = Earlier(self, self._count, side)
        words = words_of(text)[:MOST_WORDS]
        said = self._said[side]
        for run in _runs(words):
            said.setdefault(run, self._count)
        self._beginnings[side].setdefault(tuple(words[:RUN]), self._count)
        self._count += 1
        return earlier

    def said(self, without: str = "-") -> list[dict[Run, int]]:
        """When each run was first said, for all sides but this one."""
        return [runs for side, runs in self._said.items() if side != without]

    def is_beginning(self, run: Run, before: int, side: str) -> bool:
        """Whether a message from another side begins with this run."""
        others = [runs for one, runs in self._beginnings.items() if one != side]
        return any(runs.get(run, before) < before for runs in others)


@dataclass(frozen=True)
class Earlier:
    """Everything said in a thread before one message from `side`."""

    conversation: Conversation
    before: int = 0
    side: str = ""

    def repeated_from(self, lines: Sequence[tuple[str, bool]]) -> int | None:
        """The index of the first of the last lines that only repeat earlier messages, if any.

        `lines` are texts, and whether each is quoted. Unquoted lines must begin as another side's
        message did, and quoted ones must hold another side's words: repeating oneself is new text.
        """
        if not self.before or not lines:
            return None
        words, starts = _joined([text for text, _is_quote in lines])
        known = self._known(words, self.conversation.said())
        ends = [*starts[1:], len(words)]
        shares = [_share(known[a:b]) for a, b in zip(starts, ends, strict=True)]
        first = len(lines)
        while first and shares[first - 1] >= SHARE:
            first -= 1
        quoted = len(lines)
        while quoted and lines[quoted - 1][1]:
            quoted -= 1
        if quoted < len(lines) and self._is_quotation(words[starts[quoted] :]):
            return quoted
        return self._beginning_in(words, starts, first)

    def repeats(self, lines: Sequence[str]) -> list[bool]:
        """For each line, whether nearly all of its words were said before."""
        if not self.before:
            return [False] * len(lines)
        words, starts = _joined(lines)
        known = self._known(words, self.conversation.said())
        ends = [*starts[1:], len(known)]
        each = [known[a:b] for a, b in zip(starts, ends, strict=True)]
        return [bool(words) and _share(words) >= SHARE for words in each]

    def holds(self, lines: Sequence[str]) -> bool:
        """Whether other sides said a part of these lines, or most of them."""
        if not self.before:
            return False
        words, _starts = _joined(lines)
        known = self._known(words, self.conversation.said(without=self.side))
        stretches = (len(list(group)) for is_said, group in groupby(known) if is_said)
        return bool(known) and (
            max(stretches, default=0) >= FEWEST_WORDS or _share(known) >= MOST_OF_ALL
        )

    def is_answered_within(self, lines: Sequence[str]) -> bool:
        """Whether new text stands between two lines that were adjacent in an earlier message."""
        if not self.before:
            return False
        others = self.conversation.said(without=self.side)
        words = [found for line in lines if (found := words_of(line))]
        heads = [tuple(one[:HALF]) for one in words]
        tails = [tuple(one[-HALF:]) for one in words]
        return any(
            len(tails[at] + heads[below]) == RUN
            and any(
                runs.get(tails[at] + heads[below], self.before) < self.before for runs in others
            )
            for at in range(len(words))
            for below in range(at + 2, min(at + 2 + LONGEST_ANSWER, len(words)))
        )

    def _known(self, words: Sequence[str], said: Sequence[Mapping[Run, int]]) -> list[bool]:
        """For each word, whether one of its runs was said before."""
        known = [False] * len(words)
        for index, run in enumerate(_runs(words)):
            if any(runs.get(run, self.before) < self.before for runs in said):
                known[index : index + RUN] = [True] * len(run)
        return known

    def _is_quotation(self, words: Sequence[str]) -> bool:
        if _share(self._known(words, self.conversation.said())) < SHARE:
            return False
        others = self._known(words, self.conversation.said(without=self.side))
        return sum(others) >= FEWEST_QUOTED

    def _beginning_in(self, words: Sequence[str], starts: Sequence[int], first: int) -> int | None:
        for index in range(max(first, 1), len(starts)):
            at = starts[index]
            if len(words) - at < FEWEST_WORDS:
                return None
            if self.conversation.is_beginning(tuple(words[at : at + RUN]), self.before, self.side):
                return index
        return None


def _joined(lines: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words of all lines, and the index at which each line begins."""
    words, starts = list[str](), list[int]()
    for text in lines:
        starts.append(len(words))
        words += words_of(text)
    return words, starts


def _share(known: Sequence[bool]) -> float:
    """1 for lines without words."""
    return sum(known) / len(known) if known else 1.0


NOTHING = Earlier(Conversation())
