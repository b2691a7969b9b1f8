"""Charts as values: pages fill them with numbers, and the tags of `charts` draw them."""

from inbox.pages.charts.axes import COUNT, DURATION, SHARE
from inbox.pages.charts.bars import COLUMNS, ROWS, Bar, BarChart, Series
from inbox.pages.charts.heatmap import Heatmap
from inbox.pages.charts.tables import Mark

__all__ = [
    "COLUMNS",
    "COUNT",
    "DURATION",
    "ROWS",
    "SHARE",
    "Bar",
    "BarChart",
    "Heatmap",
    "Mark",
    "Series",
]
