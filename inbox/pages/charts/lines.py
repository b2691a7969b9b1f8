"""Line charts over time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from inbox.pages.charts.axes import (
    BASELINE,
    COUNT,
    HEIGHT,
    PLOT,
    ROOM_ABOVE,
    Axis,
    axis_for,
    label_places,
    percent,
    plain,
    words,
)
from inbox.pages.charts.bars import Series
from inbox.pages.charts.paths import area_path, line_path
from inbox.pages.charts.tables import Mark, Row, Table, cell_of

# Width of the drawing's own units, and the part of it on both sides that keeps labels inside.
UNITS, MARGIN = 1_000, 0.025
# Of more points, none has a dot and a link of its own.
MOST_DOTS = 62
# Pixels that words between two levels need.
LINE_ROOM = 18


@dataclass(frozen=True)
class Point:
    """A moment of all lines. `at`, in UTC seconds, places it; without it all are equally far.

    `label` is the one below the plot, `name` the one in full: `23 November 2026, 14:00`.
    """

    label: str
    name: str = ""
    at: int | None = None


@dataclass(frozen=True)
class Line:
    """`marks` has one for each point. A forecast is dashed."""

    series: Series
    marks: tuple[Mark, ...]
    is_dashed: bool = False

    @property
    def values(self) -> list[float | None]:
        return [mark.value for mark in self.marks]


@dataclass(frozen=True)
class Band:
    """The area between two values of each point, such as p10 and p90."""

    name: str
    low: tuple[Mark, ...]
    high: tuple[Mark, ...]
    low_name: str = "p10"
    high_name: str = "p90"

    @property
    def lowest(self) -> list[float | None]:
        return [mark.value for mark in self.low]

    @property
    def highest(self) -> list[float | None]:
        return [mark.value for mark in self.high]


@dataclass(frozen=True)
class Level:
    """A horizontal line: a limit in red, or an alert in amber."""

    name: str
    value: float
    tone: str = "red"


@dataclass(frozen=True)
class DrawnLevel:
    y: str
    words_y: str
    tone: str
    value: str
    words: str


@dataclass(frozen=True)
class DrawnLine:
    path: str
    tone: str
    is_dashed: bool


@dataclass(frozen=True)
class Dot:
    y: str
    tone: str
    value: str


@dataclass(frozen=True)
class Slice:
    """All dots of a point, and where a pointer finds them: x values in per cent."""

    x: str
    left: str
    width: str
    title: str
    href: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class LineChart:
    """`now` and `ticks` are indices of points: the present, and those with a label below."""

    title: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    unit: str = COUNT
    band: Band | None = None
    levels: tuple[Level, ...] = ()
    now: int | None = None
    ticks: tuple[int, ...] = ()
    head: str = ""
    description: str = ""

    height = HEIGHT
    top = ROOM_ABOVE
    plot = PLOT
    baseline = BASELINE
    label_y = HEIGHT - 6
    units = UNITS

    def __post_init__(self) -> None:
        if any(here >= there for here, there in pairwise(self._times)):
            raise ValueError("The points of a line ascend, each moment once.")

    @cached_property
    def _times(self) -> list[int]:
        return [number if one.at is None else one.at for number, one in enumerate(self.points)]

    @cached_property
    def axis(self) -> Axis:
        values = [value for line in self.lines for value in line.values]
        values += self.band.highest if self.band else ()
        return axis_for([*values, *(level.value for level in self.levels)], self.unit)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The times at the left and the right edge."""
        first, last = (self._times[0], self._times[-1]) if self.points else (0, 0)
        margin = (last - first) * MARGIN / (1 - 2 * MARGIN) or 1
        return first - margin, last + margin

    @cached_property
    def _places(self) -> list[float]:
        """The x of each point, from 0 to 1."""
        left, right = self._ends
        return [(at - left) / (right - left) for at in self._times]

    def _drops(self, values: Sequence[float | None]) -> list[float | None]:
        """Pixels from the plot's top."""
        return [None if one is None else PLOT - self.axis.height(one) for one in values]

    @property
    def has_legend(self) -> bool:
        return len(self.lines) > 1 or self.band is not None

    @property
    def has_links(self) -> bool:
        return any(one.href for one in self.slices)

    @property
    def drawn_lines(self) -> Iterator[DrawnLine]:
        xs = [x * UNITS for x in self._places]
        for line in self.lines:
            path = line_path(xs, self._drops(line.values))
            yield DrawnLine(path, line.series.tone, line.is_dashed)

    @property
    def band_path(self) -> str:
        if self.band is None:
            return ""
        xs = [x * UNITS for x in self._places]
        return area_path(xs, self._drops(self.band.lowest), self._drops(self.band.highest))

    @property
    def drawn_levels(self) -> Iterator[DrawnLevel]:
        """Words stand above their line, or below if the next line is too close."""
        above = float(-LINE_ROOM)
        for level in sorted(self.levels, key=lambda one: -one.value):
            y = round(BASELINE - self.axis.height(level.value), 2)
            words_y = y - 5 if y - above >= LINE_ROOM else y + 14
            said = f"{level.name} {words(level.value, self.unit)}"
            yield DrawnLevel(plain(y), plain(words_y), level.tone, plain(level.value), said)
            above = y

    @property
    def now_x(self) -> str:
        return "" if self.now is None else percent(self._places[self.now])

    @property
    def labels(self) -> Iterator[tuple[str, str, str]]:
        """x, where it has room, and the words of each label below the plot."""
        ticks = self.ticks or range(len(self.points))
        for tick, place in zip(ticks, label_places(len(ticks)), strict=True):
            if place:
                yield percent(self._places[tick]), place, self.points[tick].label

    @property
    def slices(self) -> list[Slice]:
        if len(self.points) > MOST_DOTS:
            return []
        borders = [0.0, *((here + there) / 2 for here, there in pairwise(self._places)), 1.0]
        return [self._slice(number, borders) for number in range(len(self.points))]

    def _slice(self, number: int, borders: Sequence[float]) -> Slice:
        marks = [(line.series.tone, line.marks[number]) for line in self.lines]
        left, right = borders[number], borders[number + 1]
        return Slice(
            x=percent(self._places[number]),
            left=percent(left),
            width=percent(right - left),
            title=self._said(number),
            href=next((mark.href for _tone, mark in marks if mark.href), ""),
            dots=tuple(
                Dot(plain(BASELINE - self.axis.height(mark.value)), tone, plain(mark.value))
                for tone, mark in marks
                if mark.value is not None
            ),
        )

    def _said(self, number: int) -> str:
        """A point in words: `23 November · Median: 6h 12m`."""
        point = self.points[number]
        said = (
            f"{line.series.name}: {words(line.marks[number].value, self.unit)}"
            for line in self.lines
            if line.marks[number].value is not None
        )
        return " · ".join([point.name or point.label, *said])

    @property
    def as_json(self) -> str:
        """For static/js/timeline.js: the server has found all places and words."""
        return json.dumps(
            {
                "at": self._times,
                "ends": self._ends,
                "top": self.axis.top,
                "values": [line.values for line in self.lines],
                "band": [self.band.highest, self.band.lowest] if self.band else [],
                "said": [self._said(number) for number in range(len(self.points))],
            }
        )

    @property
    def table(self) -> Table:
        columns = [(line.series.name, line.marks) for line in self.lines]
        if self.band:
            columns += [
                (self.band.low_name, self.band.low),
                (self.band.high_name, self.band.high),
            ]
        rows = (
            Row(
                point.name or point.label,
                tuple(cell_of(marks[number], self.unit) for _name, marks in columns),
            )
            for number, point in enumerate(self.points)
        )
        return Table(self.title, (self.head, *(name for name, _marks in columns)), tuple(rows))
