"""The page of what a figure counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.urls import reverse
from django.utils.timezone import get_default_timezone

from inbox.forms.reports import ReportForm
from inbox.pages.row_cells import TABLES, TableRow
from inbox.services.insight import reports
from inbox.services.insight.figures import COUNT
from inbox.services.insight.metrics import METRICS, ROWS
from inbox.services.insight.report_filter import ReportFilter

SHOWN = 100


@dataclass(frozen=True)
class RowsPage:
    name: str
    title: str
    definition: str
    problems: Sequence[str]
    total: int
    more_since: int
    as_of: datetime
    columns: Sequence[str]
    rows: Sequence[TableRow]
    report_url: str
    query: str
    next_url: str


def rows_page(name: str, form: ReportForm) -> RowsPage:
    chosen, table = form.chosen, TABLES[ROWS[name].source.name]
    found = select_rows(name, form, chosen)
    total = found.count()
    page = list(_after(found, form).select_related(*table.related)[: SHOWN + 1])
    last = page[SHOWN - 1] if len(page) > SHOWN else None
    url = reverse("report-rows", args=[name])
    return RowsPage(
        name=name,
        title=str(ROWS[name].label),
        definition=_definition(name),
        problems=form.problems,
        total=total,
        more_since=_count_now(name, form, chosen) - total,
        as_of=chosen.as_of,
        columns=[str(one) for one in table.columns],
        rows=[table.row(one, chosen.as_of) for one in page[:SHOWN]],
        report_url=f"{reverse('reports')}?{chosen.address(as_of=None, after=None)}",
        query=chosen.address(after=None),
        next_url=f"{url}?{chosen.address(after=str(last.pk))}" if last else "",
    )


def _definition(name: str) -> str:
    """How the rows are counted, as the figure says that is their number."""
    metrics = [one for one in METRICS.values() if one.rows.name == name]
    metric = next((one for one in metrics if one.unit == COUNT), None)
    return str(metric.definition) if metric else ""


def select_rows(name: str, form: ReportForm, chosen: ReportFilter) -> QuerySet[Any]:
    """The rows of a figure, within the weekday and the hour that the address may name."""
    found = reports.select_rows(chosen, name)
    moment, zone = ROWS[name].moment, get_default_timezone()
    if weekday := form.cleaned_data.get("weekday"):
        its_weekday = ExtractIsoWeekDay(moment, tzinfo=zone)
        found = found.annotate(weekday=its_weekday).filter(weekday=weekday)
    if (hour := form.cleaned_data.get("hour")) is not None:
        found = found.annotate(hour=ExtractHour(moment, tzinfo=zone)).filter(hour=hour)
    return found.order_by("pk")


def _after(found: QuerySet[Any], form: ReportForm) -> QuerySet[Any]:
    after = form.cleaned_data.get("after")
    return found.filter(pk__gt=after) if after else found


def _count_now(name: str, form: ReportForm, chosen: ReportFilter) -> int:
    now = replace(chosen, as_of=form.now)
    return select_rows(name, form, now).count()
