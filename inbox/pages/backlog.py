"""The course of the backlog."""

from dataclasses import replace
from datetime import UTC, datetime

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _

from inbox.dates import format_moment
from inbox.pages.charts import Line, LineChart, Mark, Point, Series
from inbox.pages.report_links import rows_url
from inbox.services.insight.backlog import count_open, list_moments
from inbox.services.insight.metrics import METRICS
from inbox.services.insight.report_filter import ReportFilter

BACKLOG = METRICS["backlog_count"]


def backlog_line(chosen: ReportFilter) -> LineChart:
    """What came after the last reading is not known."""
    moments, zone = list_moments(chosen), get_default_timezone()
    read = max((one.read_until for one in chosen.marketplaces if one.read_until), default=None)
    known = [at for at in moments if read and at <= read]
    counts: list[int | None] = [*count_open(chosen, known)]
    counts += [None] * (len(moments) - len(known))
    return LineChart(
        title=_("Backlog"),
        points=tuple(_point(at) for at in moments),
        lines=(
            Line(
                Series(str(BACKLOG.label)),
                tuple(_mark(chosen, *one) for one in zip(moments, counts, strict=True)),
            ),
        ),
        ticks=tuple(number for number, at in enumerate(moments) if localtime(at, zone).hour == 0),
        head=_("Hour"),
        description=str(BACKLOG.definition),
    )


def _point(at: datetime) -> Point:
    return Point(format_moment(at, "DAY"), format_moment(at), int(at.timestamp()))


def _mark(chosen: ReportFilter, at: datetime, count: int | None) -> Mark:
    url = "" if count is None else rows_url(replace(chosen, as_of=at), BACKLOG.rows)
    return Mark(count, url, BACKLOG.name, "hour", f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
