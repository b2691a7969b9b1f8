"""The parts of a thread's column that a page shows, and those it folds. A page has a largest size.

The column holds messages, changes, notes, and replies on their way. Notes and replies have room of
their own: they take none from the customer's messages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

# A thread with more messages is folded between its first and its latest ones.
FOLD_ABOVE = 30
KEPT_FIRST = 2
KEPT_LAST = 15
# The largest page, in bytes of bodies and of the markup around each message and file. The rest is
# folded, even if unread.
PAGE_BYTES = 500_000
# The same for notes and replies on their way.
LINES_BYTES = 150_000

MESSAGE, CHANGES, NOTE, REPLY = "message", "changes", "note", "reply"
LINES = {NOTE, REPLY}


@dataclass(frozen=True)
class Entry:
    """`item` is a list of changes, a Note, an Outgoing, or a MessageRow, which is a Message until
    it is loaded. `key` is its id in the page.
    """

    kind: str
    item: Any
    key: str
    weight: int  # bytes, about

    @property
    def is_line(self) -> bool:
        return self.kind in LINES

    @property
    def name(self) -> str:
        """Its id in an URL, under its kind."""
        return self.key.removeprefix(f"{self.kind}-")


Column = Sequence[Entry]


@dataclass(frozen=True)
class Fold:
    """Hidden entries between two that are shown; `after` is empty at the top."""

    hidden: Column
    after: str
    before: str
    unread: int
    has_first_unread: bool
    kind = "fold"

    @property
    def last(self) -> Entry:
        return [one for one in self.hidden if one.kind != CHANGES][-1]

    @property
    def kinds(self) -> set[str]:
        """The kinds that it counts: messages if it has any, else lines."""
        found = {one.kind for one in self.hidden} - {CHANGES}
        return found & {MESSAGE} or found

    @property
    def size(self) -> int:
        return sum(one.kind in self.kinds for one in self.hidden)


Part = Entry | Fold


@dataclass(frozen=True)
class Wanted:
    """The entry that an URL asks to see, by its key, beside the latest."""

    everything: bool = False
    key: str = ""

    def name_of(self, kind: str) -> str:
        """The id of the entry, if it is of this kind."""
        return self.key.removeprefix(f"{kind}-") if self.key.startswith(f"{kind}-") else ""


def find_shown_places(column: Column, unread_from: int, wanted: Wanted) -> set[int]:
    """The places of the shown entries: the latest, the first, and the wanted one."""
    latest = _latest_of(column, unread_from, wanted)
    messages = places_of_messages(column)
    room = PAGE_BYTES - sum(map(_main_weight, column[latest.start :]))
    first = range(min(messages[:KEPT_FIRST][-1] + 1 if messages else 0, latest.start))
    shown = set(latest)
    if sum(map(_main_weight, column[: first.stop])) <= room:
        shown.update(first)
    place = next((i for i, one in enumerate(column) if wanted.key and one.key == wanted.key), None)
    if place is not None and place not in shown:
        shown.update(_around(column, place, latest.start))
    return shown - _lines_without_room(column, shown, place)


def places_of_messages(column: Column) -> list[int]:
    return [place for place, one in enumerate(column) if one.kind == MESSAGE]


def _latest_of(column: Column, unread_from: int, wanted: Wanted) -> range:
    """From the first unread message on; in a long thread at least the last fifteen messages."""
    messages = places_of_messages(column)
    start = 0
    if len(messages) > FOLD_ABOVE and not wanted.everything:
        start = min(messages[-KEPT_LAST], unread_from)
    weights = list(map(_main_weight, column))
    return range(max(start, fitting_from(weights, len(weights))), len(column))


def _around(column: Column, place: int, end: int) -> range:
    """An entry with the entries before and after it. Those after take half of a page at most."""
    weights = list(map(_main_weight, column))
    stop, used = place + 1, 0
    while stop < end and used + weights[stop] <= PAGE_BYTES // 2:
        stop, used = stop + 1, used + weights[stop]
    return range(fitting_from(weights, place + 1, PAGE_BYTES - used), stop)


def _lines_without_room(column: Column, shown: set[int], wanted: int | None) -> set[int]:
    """Lines that do not fit: the latest ones fit, and those up to the wanted one."""
    lines = [place for place in sorted(shown) if column[place].is_line]
    weights = [column[place].weight for place in lines]
    ends = [len(lines), *(place + 1 for place, at in enumerate(lines) if at == wanted)]
    kept = set[int]()
    for end in ends:
        kept.update(lines[fitting_from(weights, end, LINES_BYTES // len(ends)) : end])
    return set(lines) - kept


def _main_weight(entry: Entry) -> int:
    return 0 if entry.is_line else entry.weight


def fitting_from(weights: Sequence[int], end: int, room: int = PAGE_BYTES) -> int:
    """The start of the entries that fit before `end`. One always fits."""
    start = max(end - 1, 0)
    room -= sum(weights[start:end])
    while start > 0 and (room := room - weights[start - 1]) >= 0:
        start -= 1
    return start


def parts_of(column: Column, shown: Iterable[int], unread_from: int) -> list[Part]:
    parts: list[Part] = []
    for is_shown, group in groupby(range(len(column)), key=set(shown).__contains__):
        places = list(group)
        if is_shown:
            parts += [column[place] for place in places]
        else:
            parts.append(fold_of(column, range(places[0], places[-1] + 1), unread_from))
    return parts


def fold_of(column: Column, hidden: range, unread_from: int) -> Fold:
    unread = range(max(hidden.start, unread_from), hidden.stop)
    messages = [column[place] for place in unread if column[place].kind == MESSAGE]
    return Fold(
        hidden=column[hidden.start : hidden.stop],
        after=column[hidden.start - 1].key if hidden.start else "",
        before=column[hidden.stop].key,
        unread=sum(not one.item.is_ours for one in messages),
        has_first_unread=unread_from in hidden,
    )
