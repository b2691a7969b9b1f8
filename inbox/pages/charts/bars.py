"""Bar charts: columns for days and weeks, rows for names. Series stand side by side or stacked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from inbox.pages.charts.axes import (
    BASELINE,
    COUNT,
    HEIGHT,
    SHARE,
    Axis,
    axis_for,
    label_places,
    percent,
    plain,
    words,
    words_place,
)
from inbox.pages.charts.tables import Mark, Row, Table, cell_of

COLUMNS, ROWS = "columns", "rows"
# Parts of a slot that bars take: one alone, or the one before another, which is wider.
ALONE, IN_FRONT, BEHIND = 0.64, 0.5, 0.82
# So that zero is not a gap.
LEAST_PIXELS = 1.5
# Fewer bars are not stretched over the whole width.
FEW_BARS = 5
# A segment of a row with its words in it, per cent.
ROOMY = 9


@dataclass(frozen=True)
class Series:
    """`tone` names its colour: main, before, step-1 to step-5, amber or red."""

    name: str
    tone: str = "main"


@dataclass(frozen=True)
class Bar:
    """`marks` has one for each series. `name` is the label in full: `Monday, 23 November`."""

    label: str
    marks: tuple[Mark, ...]
    name: str = ""
    is_unfinished: bool = False

    @property
    def total(self) -> float | None:
        known = [mark.value for mark in self.marks if mark.value is not None]
        return sum(known) if known else None


class Box(NamedTuple):
    """Where the bar of a series is: x and width in per cent, y and height in pixels."""

    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Shape:
    """One bar as attributes and texts."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    tone: str
    value: str
    words: str
    title: str
    href: str
    is_unfinished: bool
    is_roomy: bool = False


@dataclass(frozen=True)
class Slot:
    """The place of a bar: its shapes from back to front, and its label. x values in per cent."""

    name: str
    label: str
    label_at: str
    middle: str
    words: str
    words_y: str
    href: str
    is_gap: bool
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class BarChart:
    """`series` has this period and, if compared, the one before; or the parts of a stack.

    `head` names what the bars are: `Day`, `Marketplace`.
    """

    title: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    unit: str = COUNT
    layout: str = COLUMNS
    is_stacked: bool = False
    head: str = ""
    description: str = ""

    height = HEIGHT
    label_y = HEIGHT - 6
    track_height = 10

    @cached_property
    def axis(self) -> Axis:
        return axis_for(self._lengths, self.unit)

    @property
    def _lengths(self) -> list[float | None]:
        if self.is_stacked:
            return [bar.total for bar in self.bars]
        return [mark.value for bar in self.bars for mark in bar.marks]

    @property
    def is_few(self) -> bool:
        return len(self.bars) <= FEW_BARS

    @property
    def has_links(self) -> bool:
        return any(mark.href for bar in self.bars for mark in bar.marks)

    @property
    def has_unfinished(self) -> bool:
        return any(bar.is_unfinished for bar in self.bars)

    @property
    def has_totals(self) -> bool:
        """The parts of a whole need no 100% beside them."""
        return not (self.is_stacked and self.unit == SHARE)

    @property
    def words_at(self) -> str:
        """Where each column has room for its number."""
        return words_place(len(self.bars), self.unit) if self.has_totals else ""

    @property
    def slots(self) -> Iterator[Slot]:
        places = label_places(len(self.bars))
        for place, bar in enumerate(self.bars):
            shown = self._shown(bar)
            yield Slot(
                name=bar.name or bar.label,
                label=bar.label,
                label_at=places[place],
                middle=percent((place + 0.5) / len(self.bars)),
                words=words(shown, self.unit),
                words_y=plain(round(BASELINE - self.axis.height(shown) - 6, 2)),
                href=bar.marks[0].href,
                is_gap=shown is None,
                shapes=tuple(self._shapes(place, bar)),
            )

    def _shown(self, bar: Bar) -> float | None:
        return bar.total if self.is_stacked else bar.marks[0].value

    def _shapes(self, place: int, bar: Bar) -> Iterator[Shape]:
        if self.layout == ROWS:
            boxes = self._row_stack(bar) if self.is_stacked else self._row(bar)
        else:
            boxes = self._stack(place, bar) if self.is_stacked else self._side_by_side(place, bar)
        return (self._shape(bar, box) for box in boxes)

    def _side_by_side(self, place: int, bar: Bar) -> Iterator[Box]:
        """The last series first: it is behind."""
        slot = 100 / len(self.bars)
        for number, mark in reversed(list(enumerate(bar.marks))):
            if mark.value is not None:
                part = BEHIND if number else IN_FRONT if len(self.series) > 1 else ALONE
                height = max(self.axis.height(mark.value), LEAST_PIXELS)
                x = slot * (place + (1 - part) / 2)
                yield Box(number, x, BASELINE - height, slot * part, height)

    def _stack(self, place: int, bar: Bar) -> Iterator[Box]:
        slot, base = 100 / len(self.bars), float(BASELINE)
        for number, mark in enumerate(bar.marks):
            if mark.value:
                height = self.axis.height(mark.value)
                base -= height
                yield Box(number, slot * (place + (1 - ALONE) / 2), base, slot * ALONE, height)

    def _row(self, bar: Bar) -> Iterator[Box]:
        y = 0.0
        for number, mark in enumerate(bar.marks):
            height = 4 if number else 10
            if mark.value is not None:
                yield Box(number, 0, y, max(self._part(mark.value), 0.3), height)
            y += height + 3

    def _row_stack(self, bar: Bar) -> Iterator[Box]:
        x = 0.0
        for number, mark in enumerate(bar.marks):
            if mark.value:
                width = self._part(mark.value)
                yield Box(number, x, 0, width, 28)
                x += width

    def _part(self, value: float) -> float:
        """Rows have no axis: the longest takes the whole width, of shares 100%."""
        largest = max(filter(None, self._lengths), default=0)
        return 100 * max(value, 0) / (1 if self.unit == SHARE else max(largest, 1))

    def _shape(self, bar: Bar, box: Box) -> Shape:
        mark, series = bar.marks[box.number], self.series[box.number]
        named = [bar.name or bar.label, *([series.name] if len(self.series) > 1 else [])]
        said = words(mark.value, self.unit)
        return Shape(
            x=percent(box.x / 100),
            y=plain(box.y),
            width=percent(box.width / 100),
            height=plain(box.height),
            middle=percent((box.x + box.width / 2) / 100),
            tone=series.tone,
            value=plain(mark.value),
            words=said,
            title=f"{' · '.join(named)}: {said}",
            href=mark.href,
            is_unfinished=bar.is_unfinished and not box.number,
            is_roomy=box.width >= ROOMY,
        )

    @property
    def row_height(self) -> int:
        """Pixels of one row's drawing."""
        return 28 if self.is_stacked else 10 if len(self.series) == 1 else 17

    @property
    def table(self) -> Table:
        rows = (
            Row(
                bar.name or bar.label,
                tuple(cell_of(mark, self.unit) for mark in bar.marks),
                bar.is_unfinished,
            )
            for bar in self.bars
        )
        return Table(self.title, (self.head, *(one.name for one in self.series)), tuple(rows))
