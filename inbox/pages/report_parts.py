"""The parts of a report: figures, charts and tables, each with links to the rows behind."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.forms.reports import UNNAMED
from inbox.kept import Shown
from inbox.models import CannedReply, User
from inbox.models.codes import side
from inbox.pages.charts import ROWS, Bar, BarChart, Heatmap, Mark, Series
from inbox.pages.metrics import Figure
from inbox.pages.report_layouts import Layout
from inbox.pages.report_links import at, rows_url
from inbox.services import languages
from inbox.services.insight import reports
from inbox.services.insight.figures import COUNT
from inbox.services.insight.metrics import METRICS
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import UNASSIGNED, UNKNOWN, ReportFilter
from inbox.services.insight.reports import Values
from inbox.services.insight.wait_figures import ASKED, CLASSES
from inbox.services.marketplaces import reasons

ASKED_COUNT = "asked_count"
DISTRIBUTION = [f"distribution_{name}_count" for name in CLASSES]
# Bars of one chart.
MOST_DAYS = 92
# Figures by part and key.
Parts = Mapping[str, Mapping[Any, Values]]


@dataclass(frozen=True)
class PartRow(Shown):
    label: str
    url: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class PartTable(Shown):
    """A table of figures by marketplace, agent and so on, with the whole as its last row."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[PartRow, ...]


def figures(
    chosen: ReportFilter,
    names: Collection[str],
    values: Values,
    compared: ReportFilter | None = None,
) -> list[Figure]:
    before = reports.compute(compared, names) if compared else {}
    return [
        _figure(chosen, name, values, before=_figure(compared, name, before) if compared else None)
        for name in names
    ]


def _figure(
    chosen: ReportFilter,
    name: str,
    values: Values,
    *,
    before: Figure | None = None,
    by: str = "",
    key: str = "",
) -> Figure:
    """`by` and `key` name the part that it is of; of the whole, `key` is empty."""
    metric, number = METRICS[name], values.get(name)
    narrowed = {by: key} if by and key else {}
    if number is None and metric.unit == COUNT:
        number = 0
    return Figure(
        name,
        number,
        by,
        key,
        label=str(metric.label),
        definition=str(metric.definition),
        unit=metric.unit,
        url=rows_url(chosen, metric.rows, **narrowed),
        before=before,
    )


def compute(chosen: ReportFilter, layout: Layout) -> Parts:
    """All that the layout shows, by part and key."""
    whole = layout.names | set(DISTRIBUTION if layout.has_distribution else ())
    hours = {"hour": [ASKED_COUNT]} if layout.has_heatmap else {}
    days = {_day_or_month(chosen): layout.by_day} if layout.by_day else {}
    return reports.compute_parts(chosen, {reports.WHOLE: whole, **hours, **days, **layout.tables})


def _day_or_month(chosen: ReportFilter) -> str:
    """Bars by month if the days are too many."""
    return "day" if len(chosen.period.days) <= MOST_DAYS else "month"


def by_day(chosen: ReportFilter, name: str, values: Parts) -> BarChart:
    metric, part = METRICS[name], _day_or_month(chosen)
    found = values[part]
    stretches = chosen.period.by_day() if part == "day" else chosen.period.by_month()
    return BarChart(
        title=str(metric.label),
        series=(Series(str(metric.label)),),
        bars=tuple(_bar(chosen, name, part, one, found) for one in stretches),
        unit=metric.unit,
        head=_("Day") if part == "day" else _("Month"),
        description=str(metric.definition),
    )


def _bar(
    chosen: ReportFilter, name: str, part: str, stretch: Period, found: Mapping[Any, Values]
) -> Bar:
    """A day that no marketplace was read after is a gap.

    A day read in part is unfinished, as one whose rows may still change.
    """
    metric, first = METRICS[name], stretch.first
    read = [one.read_until for one in chosen.marketplaces]
    is_known = any(moment and moment > stretch.begin for moment in read)
    number = found.get(first if part == "day" else first.replace(day=1), {}).get(name)
    if number is None and metric.unit == COUNT and is_known:
        number = 0
    url = rows_url(replace(chosen, period=stretch), metric.rows) if number is not None else ""
    key = f"{first}" if part == "day" else f"{first:%Y-%m}"
    return Bar(
        label=date_format(first, "DAY" if part == "day" else "M"),
        marks=(Mark(number, url, name, part, key),),
        name=date_format(first, "l, j F" if part == "day" else "YEAR_MONTH_FORMAT"),
        is_unfinished=chosen.as_of - metric.rows.ripen < stretch.end
        or not all(moment and moment >= stretch.end for moment in read),
    )


def distribution(chosen: ReportFilter, values: Values) -> BarChart:
    return BarChart(
        title=_("Replies by how long they took"),
        series=(Series(_("Replies")),),
        bars=tuple(
            Bar(
                str(METRICS[name].label),
                (Mark(values[name], rows_url(chosen, METRICS[name].rows), name),),
            )
            for name in DISTRIBUTION
        ),
        layout=ROWS,
        head=_("Reply time"),
    )


def heatmap(chosen: ReportFilter, found: Mapping[Any, Values]) -> Heatmap:
    return Heatmap(
        title=_("When customers and operators write"),
        cells=tuple(
            tuple(
                Mark(
                    found.get((day, hour), {}).get(ASKED_COUNT, 0),
                    rows_url(chosen, ASKED, weekday=str(day), hour=str(hour)),
                    ASKED_COUNT,
                    "hour",
                    f"{day}-{hour}",
                )
                for hour in range(24)
            )
            for day in range(1, 8)
        ),
        head=_("Hour"),
    )


TITLES = {
    "marketplace": gettext_lazy("By marketplace"),
    "agent": gettext_lazy("By agent"),
    "assignee": gettext_lazy("Waiting now, by assignee"),
    "asker": gettext_lazy("By who waited"),
    "topic": gettext_lazy("By topic"),
    "tag": gettext_lazy("By tag"),
    "language": gettext_lazy("By language"),
    "shop": gettext_lazy("By shop"),
    "canned": gettext_lazy("By canned reply"),
}


def table(chosen: ReportFilter, part: str, names: Sequence[str], values: Parts) -> PartTable:
    found, whole = values[part], values[reports.WHOLE][None]
    labels = _labels(chosen, part, found)
    largest = sorted(found, key=lambda key: (-(found[key].get(names[0]) or 0), str(key)))
    rows = [
        _row(chosen, part, names, key, labels.get(key, key), found[key])
        for key in largest
        if key is not None  # without any tag
    ]
    total = tuple(_figure(chosen, name, whole, by=part) for name in names)
    note = _("A conversation with several tags is in several rows.") if part == "tag" else ""
    return PartTable(
        title=str(TITLES[part]),
        note=note,
        columns=tuple(str(METRICS[name].label) for name in names),
        rows=(*rows, PartRow(_("All"), "", total)),
    )


def _row(
    chosen: ReportFilter, part: str, names: Sequence[str], key: str, label: str, values: Values
) -> PartRow:
    figures = tuple(_figure(chosen, name, values, by=part, key=key) for name in names)
    return PartRow(label, at("", chosen, **{part: key}), figures)


def _labels(chosen: ReportFilter, part: str, keys: Iterable[Any]) -> dict[Any, str]:
    if part == "marketplace":
        return {one.slug: one.name for one in chosen.marketplaces}
    if part in {"agent", "assignee"}:
        people = User.objects.filter(username__in=[key for key in keys if key])
        names = {one.username: one.display_name for one in people}
        if part == "assignee":
            return names | {UNASSIGNED: _("Unassigned")}
        return names | {key: str(label) for key, label in UNNAMED.items()}
    if part == "canned":
        canned = CannedReply.objects.filter(pk__in=list(keys)).values_list("pk", "name")
        return {str(pk): name for pk, name in canned}
    if part == "asker":
        return {key: side(key) for key in keys}
    if part == "topic":
        return reasons.name_codes(chosen.marketplaces) | {UNKNOWN: _("Not known")}
    named = {key: languages.name_of(key) for key in keys} if part == "language" else {}
    return named | {UNKNOWN: _("Not known")}
