"""What becomes of a marketplace's reply figure, if all that wait are answered or are left waiting.

Pure: no rows, no clock. The average of a window moves for two reasons. While waits are open it
rises, and when an answered one is a window old it leaves and the average jumps either way. So it is
a straight line between two leavings, and each crossing of a limit is solved there, not searched.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from inbox.models.metrics import has_crossed

Stretch = tuple[datetime, datetime]


class Answered(NamedTuple):
    """A wait that a reply ended; `seconds` are working time where the marketplace counts that."""

    asked_at: datetime
    ended_at: datetime
    seconds: float


class Judged(NamedTuple):
    """A wait that was answered in time or has missed its limit, and when that was certain."""

    at: datetime
    is_in_time: bool


class Bound(NamedTuple):
    """A limit or an alert, and how a figure compares with it once it has crossed it."""

    value: float
    sign: str

    def is_crossed(self, value: float | None) -> bool:
        return value is not None and has_crossed(value, self.sign, self.value)


class Crossing(NamedTuple):
    at: datetime
    is_over: bool  # False: back on the good side


class Sum(NamedTuple):
    seconds: float
    waits: int

    @property
    def mean(self) -> float | None:
        return self.seconds / self.waits if self.waits else None


class Piece(NamedTuple):
    """A part of the curve without a leaving: the average of `waits`, of which some still grow."""

    begins_at: datetime
    ends_at: datetime
    total: float
    waits: int
    growing: int

    @property
    def value(self) -> float | None:
        return self.total / self.waits if self.waits else None


@dataclass(frozen=True)
class Replies:
    """The replies that a marketplace looks at, and the waits that are open.

    `ages` are seconds at `now`. `running`: when the reply clock runs; None for always. `settled`
    adds up replies that leave the window only after all that is asked for.
    """

    now: datetime
    window: timedelta
    answered: Sequence[Answered]
    ages: Sequence[float] = ()
    running: Sequence[Stretch] | None = None
    settled: Sum = Sum(0, 0)

    def leave_out_open(self) -> "Replies":
        """The other reading of Mirakl's text: what waits doesn't count until it is answered."""
        return replace(self, ages=())

    def mean_at(self, moment: datetime) -> float | None:
        """The average at `moment`, from now on, if all open waits are answered just then.

        None if nothing is answered and nothing is open.
        """
        return self.sum_at(moment).mean

    def sum_at(self, moment: datetime) -> Sum:
        """What `mean_at` is the average of."""
        left = bisect_right(self._leavings, moment)
        grown = len(self.ages) * self.count_running(self.now, moment)
        seconds = self._total - self._gone[left] + math.fsum(self.ages) + grown
        return Sum(seconds, self._waits - left)

    def find_crossings(self, bound: Bound, until: datetime) -> list[Crossing]:
        """Each time the average gets over `bound` or back, from now until then, in order."""
        found, is_over = list[Crossing](), bound.is_crossed(self.mean_at(self.now))
        for piece in self._list_pieces(until):
            starts_over = bound.is_crossed(piece.value)
            if starts_over != is_over:
                found.append(Crossing(piece.begins_at, starts_over))
                is_over = starts_over
            at = None if is_over else _solve(piece, bound)
            if at is not None:
                found.append(Crossing(at, is_over=True))
                is_over = True
        return found

    def count_running(self, start: datetime, end: datetime) -> float:
        """Seconds of the reply clock between two moments."""
        if self.running is None:
            return max(0.0, (end - start).total_seconds())
        parts = ((max(opens, start), min(closes, end)) for opens, closes in self.running)
        return math.fsum(max(0.0, (closes - opens).total_seconds()) for opens, closes in parts)

    @cached_property
    def _inside(self) -> list[Answered]:
        """The answered of the window, by the moment they leave it."""
        begins_at = self.now - self.window
        within = (one for one in self.answered if begins_at < one.ended_at <= self.now)
        return sorted(within, key=lambda one: one.ended_at)

    @cached_property
    def _leavings(self) -> list[datetime]:
        return [one.ended_at + self.window for one in self._inside]

    @cached_property
    def _gone(self) -> list[float]:
        """The seconds of the first n that leave."""
        gone = [0.0]
        for one in self._inside:
            gone.append(gone[-1] + one.seconds)
        return gone

    @property
    def _total(self) -> float:
        return self._gone[-1] + self.settled.seconds

    @property
    def _waits(self) -> int:
        return len(self._inside) + self.settled.waits + len(self.ages)

    def _list_pieces(self, until: datetime) -> Iterator[Piece]:
        edges = {self.now, until, *self._leavings}
        edges |= {edge for stretch in self.running or () for edge in stretch}
        inside = sorted(edge for edge in edges if self.now <= edge <= until)
        total = math.fsum(self.ages)
        for begins_at, ends_at in zip(inside, inside[1:], strict=False):
            left = bisect_right(self._leavings, begins_at)
            grows = len(self.ages) if self.count_running(begins_at, ends_at) else 0
            yield Piece(
                begins_at,
                ends_at,
                self._total - self._gone[left] + total,
                self._waits - left,
                grows,
            )
            total += grows * (ends_at - begins_at).total_seconds()


def _solve(piece: Piece, bound: Bound) -> datetime | None:
    """When the line of a piece that begins below `bound` gets over it, if it does."""
    if not piece.growing:
        return None
    seconds = (bound.value * piece.waits - piece.total) / piece.growing
    if seconds >= (piece.ends_at - piece.begins_at).total_seconds():
        return None
    return piece.begins_at + timedelta(seconds=max(0.0, seconds))


# -- rules about each reply, and about the share in time ---------------------


def list_misses(
    limits: Iterable[datetime | None], now: datetime, until: datetime
) -> list[datetime]:
    """When open waits pass their limits, if they are left till then: each wait's own."""
    return sorted(limit for limit in limits if limit is not None and now < limit <= until)


@dataclass(frozen=True)
class Promises:
    """What was judged in a window, and the limits of open waits that are not judged yet."""

    now: datetime
    window: timedelta
    judged: Sequence[Judged]
    limits: Sequence[datetime] = ()
    # What stays in the window for longer than is asked for: how many, and in time.
    settled: int = 0
    settled_in_time: int = 0

    def share_if_answered(self, moment: datetime) -> float | None:
        """The share in time, if all that waits is answered at `moment`; None of nothing."""
        in_time = sum(limit >= moment for limit in self.limits)
        return self._share(moment, in_time, len(self.limits))

    def share_if_left(self, moment: datetime) -> float | None:
        """The share in time, if nothing is answered until `moment`; None of nothing."""
        return self._share(moment, 0, sum(limit < moment for limit in self.limits))

    def find_crossings(self, bound: Bound, until: datetime) -> list[Crossing]:
        """Each time the share of what is left waiting crosses `bound`, from now until then."""
        # At its limit an answer is still in time.
        missed = (limit + timedelta.resolution for limit in self.limits)
        steps = {*missed, *(one.at + self.window for one in self.judged)}
        found, is_over = list[Crossing](), bound.is_crossed(self.share_if_left(self.now))
        for step in sorted(step for step in steps if self.now < step <= until):
            if bound.is_crossed(self.share_if_left(step)) != is_over:
                is_over = not is_over
                found.append(Crossing(step, is_over))
        return found

    def _share(self, moment: datetime, in_time: int, more: int) -> float | None:
        begins_at = moment - self.window
        within = [one.is_in_time for one in self.judged if begins_at < one.at <= self.now]
        count = self.settled + len(within) + more
        return (self.settled_in_time + sum(within) + in_time) / count if count else None
