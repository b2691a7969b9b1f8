"""Charts as values: pages fill them with numbers, and the tags of `charts` draw them."""

from inbox.pages.charts.axes import COUNT, DURATION, SHARE
from inbox.pages.charts.bars import COLUMNS, ROWS, Bar, BarChart, Series
from inbox.pages.charts.heatmap import Heatmap
from inbox.pages.charts.lines import Band, Level, Line, LineChart, Point
from inbox.pages.charts.sparkline import Sparkline
from inbox.pages.charts.tables import Mark

__all__ = [
    "COLUMNS",
    "COUNT",
    "DURATION",
    "ROWS",
    "SHARE",
    "Band",
    "Bar",
    "BarChart",
    "Heatmap",
    "Level",
    "Line",
    "LineChart",
    "Mark",
    "Point",
    "Series",
    "Sparkline",
]
