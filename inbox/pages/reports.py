"""The pages of reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.dates import format_recent
from inbox.forms.reports import ReportForm
from inbox.kept import Shown
from inbox.models import User
from inbox.pages import report_parts
from inbox.pages.charts import BarChart, Heatmap
from inbox.pages.metrics import Figure
from inbox.pages.report_filters import ReportFilters, report_filters
from inbox.pages.report_parts import PartTable
from inbox.pages.viewer import Viewer
from inbox.services.insight import reports
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import ReportFilter

TIMES = (
    *("first_reply_seconds_p50", "first_reply_seconds_p90", "reply_seconds_p50"),
    *("reply_seconds_p90", "reply_seconds_mean"),
)
OVERVIEW = (
    *("answered_in_time_share", "first_reply_seconds_p50", "first_reply_seconds_p90"),
    *("reply_seconds_p50", "reply_seconds_mean", "asked_count", "answered_count"),
    *("missed_count", "no_reply_needed_count", "answered_elsewhere_share"),
)
NOW = ("waiting_now_count", "waiting_now_oldest_seconds")
PART = (
    *("asked_count", "answered_count", "answered_in_time_share", "missed_count"),
    *("first_reply_seconds_p50", "reply_seconds_p50", "reply_seconds_p90"),
)
TEAM = ("answered_count", "answered_in_time_share", "reply_seconds_p50", "reply_seconds_p90")
# A day is late for a marketplace that was not read after it.
READ_WITHIN_SECONDS = 900


@dataclass(frozen=True)
class Layout:
    """What a page shows: figures by name, bars by day, and tables by a part each."""

    figures: Sequence[str]
    now: Sequence[str] = ()
    has_distribution: bool = False
    by_day: Sequence[str] = ()
    has_heatmap: bool = False
    tables: Sequence[str] = ()
    columns: Sequence[str] = PART


LAYOUTS = {
    "overview": Layout(
        OVERVIEW, now=NOW, by_day=["asked_count", "answered_count"], tables=["marketplace"]
    ),
    "time": Layout(
        [*TIMES, "answered_in_time_share"],
        has_distribution=True,
        by_day=["reply_seconds_p50", "answered_in_time_share"],
        tables=["asker"],
    ),
    "volume": Layout(
        ["asked_count", "answered_count", "no_reply_needed_count"],
        by_day=["asked_count"],
        has_heatmap=True,
        tables=["language", "asker"],
    ),
    "team": Layout(["answered_count", "answered_elsewhere_share"], tables=["agent"], columns=TEAM),
    "marketplaces": Layout(
        ["answered_in_time_share", "missed_count"], tables=["marketplace", "shop"]
    ),
    "topics": Layout(["asked_count", "answered_count"], tables=["topic", "tag"]),
}
PAGES = {
    "overview": gettext_lazy("Overview"),
    "time": gettext_lazy("Reply times"),
    "volume": gettext_lazy("Volume"),
    "team": gettext_lazy("Team"),
    "marketplaces": gettext_lazy("Marketplaces"),
    "topics": gettext_lazy("Topics and tags"),
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
    unread: Sequence[str]
    query: str
    only: User | None
    now: Sequence[Figure]
    figures: Sequence[Figure]
    bars: Sequence[BarChart]
    heatmap: Heatmap | None
    tables: Sequence[PartTable]


def report_page(name: str, form: ReportForm) -> ReportPage:
    chosen = form.chosen
    compared, layout = _compared(form, chosen), LAYOUTS[name]
    columns = layout.columns if layout.tables else ()
    whole = reports.compute(chosen, [*layout.now, *layout.figures, *columns])
    charts = [report_parts.distribution(chosen)] if layout.has_distribution else []
    return ReportPage(
        name=name,
        title=str(PAGES[name]),
        tabs=tabs_of(form, name),
        filters=report_filters(form, chosen, reverse("report", args=[name])),
        period=_days_of(chosen.period),
        compared=_days_of(compared.period) if compared else "",
        unread=list(_unread(chosen)),
        query=chosen.address(),
        only=chosen.only,
        now=report_parts.figures(chosen, layout.now, whole),
        figures=report_parts.figures(chosen, layout.figures, whole, compared),
        bars=[*charts, *(report_parts.by_day(chosen, one) for one in layout.by_day)],
        heatmap=report_parts.heatmap(chosen) if layout.has_heatmap else None,
        tables=[report_parts.table(chosen, part, columns, whole) for part in layout.tables],
    )


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
        name: (label, report_parts.at(reverse("report", args=[name]), chosen))
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


def _unread(chosen: ReportFilter) -> Iterable[str]:
    """What is not known, because a marketplace was not read since."""
    for one in chosen.marketplaces:
        read = one.read_until
        if read is None:
            yield _("%(name)s has not been read yet.") % {"name": one.name}
        elif (chosen.period.until - read).total_seconds() > READ_WITHIN_SECONDS:
            words = _("%(name)s was read until %(moment)s. What came later isn't counted yet.")
            yield words % {"name": one.name, "moment": format_recent(read)}
