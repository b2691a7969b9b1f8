"""A heatmap of the week: weekdays, Monday first, by hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from inbox.pages.charts.axes import COUNT, percent, plain, short_words, words
from inbox.pages.charts.tables import Mark, Row, Table, cell_of

DAYS, HOURS = 7, 24
LEVELS = 5
# Pixels of a row, of the labels above all rows, and between rows.
ROW, ROOM_ABOVE, SEAM = 28, 22, 2
# Between columns, in per cent of the width.
COLUMN_SEAM = 0.25
# Hours above a lying map.
LABELLED_HOURS = 3


@dataclass(frozen=True)
class HeatCell:
    """x values in per cent, y in pixels. `level` is 0 to 5, below 0 for negative numbers."""

    x: str
    y: str
    middle: str
    words_y: str
    level: int
    value: str
    words: str
    title: str
    href: str


@dataclass(frozen=True)
class Label:
    """`at` is the middle of its column, in per cent."""

    at: str
    words: str


@dataclass(frozen=True)
class Grid:
    """The map as drawn: `lying` for wide screens, `standing` for phones."""

    shape: str
    height: int
    cell_width: str
    columns: tuple[Label, ...]
    rows: tuple[str, ...]
    cells: tuple[HeatCell, ...]

    cell_height = ROW - SEAM


@dataclass(frozen=True)
class Heatmap:
    """`cells` has seven days, Monday first, of 24 hours. Negative numbers have another colour."""

    title: str
    cells: tuple[tuple[Mark, ...], ...]
    unit: str = COUNT
    head: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        if [len(day) for day in self.cells] != [HOURS] * DAYS:
            raise ValueError("A heatmap has seven days of 24 hours.")

    @property
    def has_links(self) -> bool:
        return any(mark.href for day in self.cells for mark in day)

    @property
    def grids(self) -> Iterator[Grid]:
        days = tuple(str(WEEKDAYS_ABBR[day]) for day in range(DAYS))
        hours = tuple(map(str, range(HOURS)))
        yield Grid(
            shape="lying",
            height=ROOM_ABOVE + DAYS * ROW,
            cell_width=percent(1 / HOURS - COLUMN_SEAM / 100),
            columns=_labels(hours, every=LABELLED_HOURS),
            rows=days,
            cells=tuple(
                self._cell(day, hour, column=hour / HOURS, width=1 / HOURS, row=day)
                for day in range(DAYS)
                for hour in range(HOURS)
            ),
        )
        yield Grid(
            shape="standing",
            height=ROOM_ABOVE + HOURS * ROW,
            cell_width=percent(1 / DAYS - COLUMN_SEAM / 50),
            columns=_labels(days),
            rows=hours,
            cells=tuple(
                self._cell(day, hour, column=day / DAYS, width=1 / DAYS, row=hour)
                for hour in range(HOURS)
                for day in range(DAYS)
            ),
        )

    def _cell(self, day: int, hour: int, *, column: float, width: float, row: int) -> HeatCell:
        mark = self.cells[day][hour]
        y = ROOM_ABOVE + row * ROW
        return HeatCell(
            x=percent(column),
            y=str(y),
            middle=percent(column + width / 2),
            words_y=str(y + ROW // 2 + 3),
            level=self._level(mark.value),
            value=plain(mark.value),
            words=short_words(mark.value, self.unit),
            title=f"{WEEKDAYS[day]}, {_span(hour)}: {words(mark.value, self.unit)}",
            href=mark.href,
        )

    def _level(self, value: float | None) -> int:
        if not value:
            return 0
        level = min(ceil(LEVELS * abs(value) / self._usual), LEVELS)
        return level if value > 0 else -level

    @cached_property
    def _usual(self) -> float:
        """A value that few exceed: one outlier must not make all other cells pale."""
        sizes = sorted(abs(mark.value) for day in self.cells for mark in day if mark.value)
        return sizes[int(len(sizes) * 0.97)]

    @property
    def table(self) -> Table:
        """Hours one below the other: seven columns also fit a phone."""
        rows = (
            Row(_span(hour), tuple(cell_of(day[hour], self.unit) for day in self.cells))
            for hour in range(HOURS)
        )
        days = (str(WEEKDAYS_ABBR[day]) for day in range(DAYS))
        return Table(self.title, (self.head, *days), tuple(rows))


def _labels(names: tuple[str, ...], every: int = 1) -> tuple[Label, ...]:
    places = range(0, len(names), every)
    return tuple(Label(percent((one + 0.5) / len(names)), names[one]) for one in places)


def _span(hour: int) -> str:
    return f"{hour:02}:00–{(hour + 1) % HOURS:02}:00"
