"""The numbers of a chart as a table: what a screen reader and a sceptic read."""

from dataclasses import dataclass

from inbox.pages.charts.axes import plain, words


@dataclass(frozen=True)
class Mark:
    """A number of a chart, and the list it counts. None is a gap: not known, not zero.

    `metric` names the figure, `by` and `key` the part that it is of: a day, an hour.
    """

    value: float | None
    href: str = ""
    metric: str = ""
    by: str = ""
    key: str = ""


@dataclass(frozen=True)
class Cell:
    value: str
    words: str
    mark: Mark


@dataclass(frozen=True)
class Row:
    name: str
    cells: tuple[Cell, ...]
    is_unfinished: bool = False


@dataclass(frozen=True)
class Table:
    """`head` names all columns, that of the rows' names first."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]


def cell_of(mark: Mark, unit: str) -> Cell:
    return Cell(plain(mark.value), words(mark.value, unit), mark)
