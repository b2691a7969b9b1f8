"""The figures of reports: which spans each counts, and what it says of them.

Whatever shows a figure, lists its rows or exports them uses the same condition: `ROWS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DateTimeField,
    F,
    FloatField,
    Max,
    Q,
    Value,
    When,
)
from django.db.models.functions import Extract
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.models import Span
from inbox.models.percentiles import Percentile
from inbox.services.insight.report_filter import ReportFilter

HOUR = 3600
REPLIED = Q(ended_by=Span.EndedBy.REPLY)
IN_TIME = REPLIED & Q(ended_at__lte=F("limit_at"))
# The upper edges of the classes, in hours; an edge belongs to the class below it.
CLASSES: Mapping[str, tuple[int | None, int | None]] = {
    "0_1": (None, 1),
    "1_4": (1, 4),
    "4_8": (4, 8),
    "8_24": (8, 24),
    "24_48": (24, 48),
    "over_48": (48, None),
}

CLASS_LABELS = {
    "0_1": _("Up to 1 h"),
    "1_4": _("1 to 4 h"),
    "4_8": _("4 to 8 h"),
    "8_24": _("8 to 24 h"),
    "24_48": _("24 to 48 h"),
    "over_48": _("Over 48 h"),
}
StrOrPromise = str | Promise


def _ended(chosen: ReportFilter) -> Q:
    return Q(ended_at__gte=chosen.period.begin, ended_at__lt=chosen.period.end)


def _answered(chosen: ReportFilter) -> Q:
    return REPLIED & _ended(chosen)


def _judged(chosen: ReportFilter) -> Q:
    """Spans with a limit that were judged in the period, without declarations within the limit."""
    period = chosen.period
    judged = Q(judged_at__gte=period.begin, judged_at__lt=period.end, judged_at__lte=chosen.as_of)
    in_vain = Q(ended_by=Span.EndedBy.NO_REPLY_NEEDED, ended_at__lte=F("limit_at"))
    return judged & Q(limit_at__isnull=False) & ~in_vain


def _waiting(chosen: ReportFilter) -> Q:
    at = chosen.as_of
    return Q(asked_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def _within(hours: tuple[int | None, int | None]) -> "Rows":
    low, high = hours

    def rows(chosen: ReportFilter) -> Q:
        found = _answered(chosen)
        if low is not None:
            found &= Q(**{f"{chosen.seconds}__gt": low * HOUR})
        return found if high is None else found & Q(**{f"{chosen.seconds}__lte": high * HOUR})

    return rows


Rows = Callable[[ReportFilter], Q]
# The spans that a figure counts, by the name that its link has.
ROWS: Mapping[str, Rows] = {
    "asked": lambda chosen: Q(asked_at__gte=chosen.period.begin, asked_at__lt=chosen.period.end),
    "answered": _answered,
    "first-replies": lambda chosen: _answered(chosen) & Q(is_first_reply=True),
    "judged": _judged,
    "in-time": lambda chosen: _judged(chosen) & IN_TIME,
    "missed": lambda chosen: _judged(chosen) & ~IN_TIME,
    "waiting": _waiting,
    "declared": lambda chosen: _ended(chosen) & Q(ended_by=Span.EndedBy.NO_REPLY_NEEDED),
    "elsewhere": lambda chosen: _answered(chosen) & Q(is_from_desk=False),
    **{f"within-{name}": _within(hours) for name, hours in CLASSES.items()},
}
# What rows are called that no count is called after.
ROW_LABELS = {
    "first-replies": _("First replies"),
    "judged": _("Waits within and over the limit"),
    "in-time": _("Answered in time"),
    "elsewhere": _("Answered elsewhere"),
}
# The moment that puts a span into a day, an hour or a weekday.
MOMENTS = {"asked": "asked_at", "waiting": "asked_at"}
JUDGED = {"judged", "in-time", "missed"}

COUNT, DURATION, SHARE = "count", "duration", "share"


@dataclass(frozen=True)
class Metric:
    """A figure: its `value` over the spans of `rows`. Shares are of these spans."""

    name: str
    rows: str
    unit: str
    value: Callable[[ReportFilter], Any]
    label: StrOrPromise
    definition: StrOrPromise


def _share(condition: Q) -> Callable[[ReportFilter], Any]:
    return lambda _chosen: Avg(Case(When(condition, then=1.0), default=0.0))


def _percentile(fraction: float) -> Callable[[ReportFilter], Any]:
    return lambda chosen: Percentile(chosen.seconds, fraction)


def _mean(chosen: ReportFilter) -> Any:
    return Avg(chosen.seconds)


def _count(_chosen: ReportFilter) -> Any:
    return Count("pk")


def _oldest(chosen: ReportFilter) -> Any:
    age = Value(chosen.as_of, output_field=DateTimeField()) - F("asked_at")
    return Max(Extract(age, "epoch"), output_field=FloatField())


MEDIAN, NINETIETH = _percentile(0.5), _percentile(0.9)
FIRST = _("From the customer's first message to the first reply, of replies sent in this period.")
ALL = _("From the first unanswered message to the reply, of all replies sent in this period.")
METRICS = {
    one.name: one
    for one in [
        Metric(
            "asked_count",
            "asked",
            COUNT,
            _count,
            _("Waits begun"),
            _("Customers and operators who began to wait for a reply in this period."),
        ),
        Metric(
            "first_reply_seconds_p50",
            "first-replies",
            DURATION,
            MEDIAN,
            _("First reply, median"),
            FIRST,
        ),
        Metric(
            "first_reply_seconds_p90",
            "first-replies",
            DURATION,
            NINETIETH,
            _("First reply, nine in ten"),
            FIRST,
        ),
        Metric(
            "first_reply_seconds_mean",
            "first-replies",
            DURATION,
            _mean,
            _("First reply, mean"),
            FIRST,
        ),
        Metric("reply_seconds_p50", "answered", DURATION, MEDIAN, _("Reply, median"), ALL),
        Metric(
            "reply_seconds_p90",
            "answered",
            DURATION,
            NINETIETH,
            _("Reply, nine in ten"),
            ALL,
        ),
        Metric(
            "reply_seconds_mean",
            "answered",
            DURATION,
            _mean,
            _("Reply, mean"),
            _("The mean of all reply times: what marketplaces score."),
        ),
        Metric(
            "answered_count",
            "answered",
            COUNT,
            _count,
            _("Waits answered"),
            _("Waits that a reply of this period ended."),
        ),
        Metric(
            "answered_in_time_share",
            "judged",
            SHARE,
            _share(IN_TIME),
            _("Answered in time"),
            _(
                "Replies within the limit, of all waits whose limit or reply was in this period. "
                "Waits over the limit without a reply count as missed."
            ),
        ),
        Metric(
            "missed_count",
            "missed",
            COUNT,
            _count,
            _("Missed"),
            _("Waits whose limit passed in this period without a reply."),
        ),
        *(
            Metric(
                f"distribution_{name}_count",
                f"within-{name}",
                COUNT,
                _count,
                label,
                _("Replies by how long they took. An edge belongs to the class below it."),
            )
            for name, label in CLASS_LABELS.items()
        ),
        Metric(
            "waiting_now_count",
            "waiting",
            COUNT,
            _count,
            _("Waiting now"),
            _("Waits without a reply, whenever they began."),
        ),
        Metric(
            "waiting_now_oldest_seconds",
            "waiting",
            DURATION,
            _oldest,
            _("Waiting longest"),
            _("The age of the oldest wait without a reply."),
        ),
        Metric(
            "no_reply_needed_count",
            "declared",
            COUNT,
            _count,
            _("No reply needed"),
            _("Waits that “No reply needed” ended in the back office in this period."),
        ),
        Metric(
            "answered_elsewhere_share",
            "answered",
            SHARE,
            _share(Q(is_from_desk=False)),
            _("Answered elsewhere"),
            _("Waits answered in the back office or by another program, of all answered."),
        ),
    ]
}
