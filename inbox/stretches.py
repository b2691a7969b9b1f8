"""Long lists in parts: a marketplace's lists have no limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_ROWS = 100
# Texts of one part: as much as a page of a thread holds.
MOST_BYTES = 500_000


@dataclass(frozen=True)
class Stretch(Generic[T]):
    """The part of a list that a page shows. `name` is the parameter for the next part's start."""

    name: str
    shown: Sequence[T]
    start: int
    total: int

    @property
    def stop(self) -> int:
        return self.start + len(self.shown)

    @property
    def left(self) -> int:
        """Number of items after it."""
        return self.total - self.stop


def stretch_of(
    items: Sequence[T],
    name: str,
    start: str | None,
    *,
    most: int = MOST_ROWS,
    weight: Callable[[T], int] | None = None,
) -> Stretch[T]:
    """As many items from `start` on as one page holds; at least one, if there are any.

    `start` comes from the URL. With a `weight`, in bytes, no more than a page holds.
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
