"""The pages of reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.dates import format_recent
from inbox.forms.reports import UNSEEN, ReportForm
from inbox.kept import Shown
from inbox.models import User
from inbox.pages import report_parts
from inbox.pages.backlog import backlog_line
from inbox.pages.charts import BarChart, Heatmap, LineChart
from inbox.pages.metrics import Figure
from inbox.pages.report_filters import ReportFilters, report_filters
from inbox.pages.report_layouts import LAYOUTS, Layout
from inbox.pages.report_links import at
from inbox.pages.report_parts import PartTable
from inbox.pages.viewer import Viewer
from inbox.services.insight import replica, reports, rolled
from inbox.services.insight.about import About
from inbox.services.insight.metrics import METRICS
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import ReportFilter

# A day is late for a marketplace that was not read after it.
READ_WITHIN_SECONDS = 900
PAGES = {
    "overview": gettext_lazy("Overview"),
    "time": gettext_lazy("Reply times"),
    "volume": gettext_lazy("Volume"),
    "team": gettext_lazy("Team"),
    "marketplaces": gettext_lazy("Marketplaces"),
    "topics": gettext_lazy("Topics and tags"),
    "resolution": gettext_lazy("Resolution"),
    "canned": gettext_lazy("Canned replies"),
    "delivery": gettext_lazy("Delivery"),
}


@dataclass(frozen=True)
class Tab(Shown):
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class ReportPage:
    name: str
    title: str
    tabs: Sequence[Tab]
    filters: ReportFilters
    period: str
    compared: str
    notes: Sequence[str]
    query: str
    only: User | None
    now: Sequence[Figure]
    figures: Sequence[Figure]
    bars: Sequence[BarChart]
    backlog: LineChart | None
    heatmap: Heatmap | None
    tables: Sequence[PartTable]
    as_of: datetime | None
    later_url: str = ""

    @property
    def is_about(self) -> bool:
        """Whether some figures are not exact."""
        in_tables = (one for table in self.tables for row in table.rows for one in row.figures)
        return any(isinstance(one.value, About) for one in (*self.figures, *in_tables))


def report_page(name: str, form: ReportForm, *, is_whole: bool = True) -> ReportPage:
    """Without `is_whole`, a report that takes seconds comes without its figures: they follow."""
    chosen, layout = form.chosen, LAYOUTS[name]
    if not is_whole and _is_slow(chosen, layout):
        url = at(reverse("report", args=[name]), chosen, whole="1")
        return replace(_empty_page(name, form), later_url=url)
    compared = _compared(form, chosen)
    values = report_parts.compute(chosen, layout)
    whole = values[reports.WHOLE][None]
    charts = [report_parts.distribution(chosen, whole)] if layout.has_distribution else []
    return replace(
        _empty_page(name, form),
        # Of what still waits, nothing is anybody's own.
        now=report_parts.figures(chosen, () if chosen.only else layout.now, whole),
        figures=report_parts.figures(chosen, layout.figures, whole, compared),
        bars=[*charts, *(report_parts.by_day(chosen, one, values) for one in layout.by_day)],
        backlog=backlog_line(chosen) if layout.has_backlog else None,
        heatmap=report_parts.heatmap(chosen, values["hour"]) if layout.has_heatmap else None,
        tables=[
            report_parts.table(chosen, part, names, values) for part, names in layout.tables.items()
        ],
    )


def _empty_page(name: str, form: ReportForm) -> ReportPage:
    chosen = form.chosen
    compared = _compared(form, chosen)
    return ReportPage(
        name=name,
        title=str(PAGES[name]),
        tabs=tabs_of(form, name),
        filters=report_filters(form, chosen, reverse("report", args=[name])),
        period=_days_of(chosen.period),
        compared=_days_of(compared.period) if compared else "",
        notes=list(_notes(form, chosen)),
        query=chosen.address(),
        only=chosen.only,
        now=(),
        figures=(),
        bars=(),
        backlog=None,
        heatmap=None,
        tables=(),
        as_of=replica.as_of(),
    )


def _is_slow(chosen: ReportFilter, layout: Layout) -> bool:
    """Whether much is counted row by row: figures, parts and filters that rollups do not have."""
    if len(chosen.period.days) <= report_parts.MOST_DAYS:
        return False
    is_rolled = all(one in rolled.FIGURES or METRICS[one].rows.is_momentary for one in layout.names)
    is_rolled = is_rolled and layout.tables.keys() <= rolled.PARTS.keys() and not layout.has_backlog
    is_rolled = is_rolled and not (chosen.is_working or rolled.is_filtered(chosen))
    return not is_rolled and rolled.has_many(chosen)


def report_form(viewer: Viewer, given: QueryDict | None = None) -> ReportForm:
    """Leads see the marketplaces that they lead; others see their own replies."""
    led = [one for one in viewer.in_inbox if viewer.leads(one)]
    return ReportForm(
        given or QueryDict(),
        marketplaces=led or viewer.in_inbox,
        only=None if led else viewer.user,
        now=timezone.now(),
    )


def tabs_of(form: ReportForm, current: str) -> list[Tab]:
    """The pages with the filters of this one, and the saved reports."""
    chosen = form.chosen
    pages = {
        name: (label, at(reverse("report", args=[name]), chosen))
        for name, label in pages_of(form).items()
    }
    pages["saved"] = gettext_lazy("Saved"), reverse("saved-reports")
    return [Tab(str(label), url, name == current) for name, (label, url) in pages.items()]


def pages_of(form: ReportForm) -> dict[str, Any]:
    """Without the team's page for those who see themselves only, or where it is switched off."""
    hidden = {"team"} if form.only or not settings.REPORTS_BY_PERSON else set[str]()
    return {name: label for name, label in PAGES.items() if name not in hidden}


# -- above them ---------------------------------------------------------------


def _compared(form: ReportForm, chosen: ReportFilter) -> ReportFilter | None:
    kind = form.cleaned_data.get("compare")
    if not kind:
        return None
    period = chosen.period.before() if kind == "previous" else chosen.period.a_year_before()
    return replace(chosen, period=period)


def _days_of(period: Period) -> str:
    first, last = (format_date(day, "FULL_DAY") for day in (period.first, period.last))
    return first if first == last else f"{first} – {last}"


def _notes(form: ReportForm, chosen: ReportFilter) -> Iterable[str]:
    """What is left out, and what is not known because a marketplace was not read since."""
    if form.has_unseen:
        yield str(UNSEEN)
    for one in chosen.marketplaces:
        read = one.read_until
        if read is None:
            yield _("%(name)s has not been read yet.") % {"name": one.name}
        elif (chosen.period.until - read).total_seconds() > READ_WITHIN_SECONDS:
            words = _("%(name)s was read until %(moment)s. What came later isn't counted yet.")
            yield words % {"name": one.name, "moment": format_recent(read)}
