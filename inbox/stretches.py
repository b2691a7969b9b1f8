"""Long lists, a stretch at a time: what a marketplace lists has no end that it must keep to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_ROWS = 100
# Of the texts of a stretch, as a page of a conversation holds.
MOST_BYTES = 500_000


@dataclass(frozen=True)
class Stretch(Generic[T]):
    """What a page shows of a list. `name` is the parameter that says where the next one begins."""

    name: str
    shown: Sequence[T]
    start: int
    total: int

    @property
    def stop(self) -> int:
        return self.start + len(self.shown)

    @property
    def left(self) -> int:
        """How many come after it."""
        return self.total - self.stop


def stretch_of(
    items: Sequence[T],
    name: str,
    start: str | None,
    *,
    most: int = MOST_ROWS,
    weight: Callable[[T], int] | None = None,
) -> Stretch[T]:
    """From `start` on, as many as one page takes: one at least, if there are any.

    `start` is as an address says it. With a `weight`, in bytes, no more than a page holds.
    """
    begin = min(int(start), len(items)) if start and start.isdecimal() and len(start) < 10 else 0
    shown = items[begin : begin + most]
    return Stretch(name, shown[: _fitting(shown, weight)], begin, len(items))


def _fitting(items: Sequence[T], weight: Callable[[T], int] | None) -> int:
    used = 0
    for place, item in enumerate(items):
        used += weight(item) if weight else 0
        if place and used > MOST_BYTES:
            return place
    return len(items)
