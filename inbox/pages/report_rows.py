"""The page of the spans that a figure counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from inbox.forms.reports import ReportForm
from inbox.kept import Shown
from inbox.models import Span
from inbox.models.spans import SpanQuerySet
from inbox.services.insight import reports
from inbox.services.insight.metrics import COUNT, METRICS, ROW_LABELS
from inbox.services.insight.report_filter import ReportFilter

SHOWN = 100


@dataclass(frozen=True)
class SpanRow(Shown):
    """`verdict` is in-time, missed, or empty while it is open or without a limit."""

    marketplace: str
    who: str
    subject: str
    url: str
    asker: str
    asked_at: datetime
    ended_at: datetime | None
    took: timedelta | None
    working: timedelta | None
    author: str
    verdict: str


@dataclass(frozen=True)
class RowsPage:
    name: str
    title: str
    definition: str
    total: int
    more_since: int
    as_of: datetime
    rows: Sequence[SpanRow]
    report_url: str
    query: str
    next_url: str


def rows_page(name: str, form: ReportForm) -> RowsPage:
    chosen = form.chosen
    spans = select_spans(name, form, chosen)
    label, definition = described(name)
    total = spans.count()
    page = list(_after(spans, form).select_related("thread__marketplace", "author")[: SHOWN + 1])
    query = chosen.address(after=None)
    last = page[SHOWN - 1] if len(page) > SHOWN else None
    url = reverse("report-rows", args=[name])
    return RowsPage(
        name=name,
        title=label,
        definition=definition,
        total=total,
        more_since=_count_now(name, form, chosen) - total,
        as_of=chosen.as_of,
        rows=[_row(span, chosen.as_of) for span in page[:SHOWN]],
        report_url=f"{reverse('reports')}?{chosen.address(as_of=None, after=None)}",
        query=query,
        next_url=f"{url}?{chosen.address(after=str(last.pk))}" if last else "",
    )


def described(name: str) -> tuple[str, str]:
    """What the rows are, and how they are counted: as the figure says that is their number."""
    metrics = [one for one in METRICS.values() if one.rows == name]
    metric = next((one for one in metrics if one.unit == COUNT), metrics[0])
    return str(ROW_LABELS.get(name, metric.label)), str(metric.definition)


def select_spans(name: str, form: ReportForm, chosen: ReportFilter) -> SpanQuerySet:
    """The rows of a figure, within the weekday and the hour that the address may name."""
    spans, moment, zone = (
        reports.select_rows(chosen, name),
        reports.moment_of(name),
        get_default_timezone(),
    )
    if weekday := form.cleaned_data.get("weekday"):
        spans = spans.annotate(weekday=ExtractIsoWeekDay(moment, tzinfo=zone)).filter(
            weekday=weekday
        )
    if (hour := form.cleaned_data.get("hour")) is not None:
        spans = spans.annotate(hour=ExtractHour(moment, tzinfo=zone)).filter(hour=hour)
    return spans.order_by("pk")


def _after(spans: SpanQuerySet, form: ReportForm) -> SpanQuerySet:
    after = form.cleaned_data.get("after")
    return spans.filter(pk__gt=after) if after else spans


def _count_now(name: str, form: ReportForm, chosen: ReportFilter) -> int:
    now = replace(chosen, as_of=form.now)
    return select_spans(name, form, now).count()


def _row(span: Span, as_of: datetime) -> SpanRow:
    working = span.working_seconds
    ended = span.ended_at if span.ended_at and span.ended_at <= as_of else None
    return SpanRow(
        marketplace=span.thread.marketplace.name,
        who=span.thread.who,
        subject=span.thread.entity_label,
        url=span.thread.get_absolute_url(),
        asker=span.get_asker_display(),
        asked_at=span.asked_at,
        ended_at=ended,
        took=(ended or as_of) - span.asked_at,
        working=timedelta(seconds=working) if working is not None and ended else None,
        author=_author(span),
        verdict=_verdict(span, as_of),
    )


def _author(span: Span) -> str:
    if span.ended_by != Span.EndedBy.REPLY:
        return _("No reply needed") if span.ended_by else ""
    if not span.is_from_desk:
        return _("Answered elsewhere")
    if not settings.REPORTS_BY_PERSON:
        return ""
    return span.author.display_name if span.author else _("Deleted account")


def _verdict(span: Span, as_of: datetime) -> str:
    if span.limit_at is None or (span.judged_at and span.judged_at > as_of):
        return ""
    is_in_time = span.ended_at is not None and span.ended_at <= span.limit_at
    return "in-time" if is_in_time else "missed"
