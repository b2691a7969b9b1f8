"""Figures of waits: how long, answered in time, missed, and still open."""

from collections.abc import Mapping
from typing import Any

from django.db.models import (
    Avg,
    Case,
    CharField,
    DateTimeField,
    F,
    FloatField,
    Max,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Extract
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Span
from inbox.models.percentiles import Percentile
from inbox.services.insight import rolled
from inbox.services.insight.effect import find_next_morning
from inbox.services.insight.figures import (
    COUNT,
    DURATION,
    SHARE,
    Condition,
    Metric,
    Rows,
    Source,
    count_rows,
    share_of,
    within,
)
from inbox.services.insight.report_filter import (
    DELETED,
    ELSEWHERE,
    NOBODY,
    UNASSIGNED,
    ReportFilter,
    name_unknown,
)

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
AGENT = Case(
    When(~REPLIED, then=Value(NOBODY)),
    When(is_from_desk=False, then=Value(ELSEWHERE)),
    default=Coalesce(F("author__username"), Value(DELETED)),
    output_field=CharField(),
)
WAITS = Source(
    "waits",
    ReportFilter.spans,
    {
        "marketplace": F("marketplace__slug"),
        "agent": AGENT,
        "asker": F("asker"),
        "topic": name_unknown("topic"),
        "language": name_unknown("language"),
        "shop": name_unknown("shop"),
        "tag": F("thread__tags__name"),
        "assignee": Coalesce(F("thread__assignee__username"), Value(UNASSIGNED)),
    },
)
OLD_WAITS = Source("waits", ReportFilter.old_spans, WAITS.parts)


def _answered(chosen: ReportFilter) -> Q:
    return REPLIED & within("ended_at")(chosen)


def _judged(chosen: ReportFilter) -> Q:
    """Spans with a limit that were judged in the period, without declarations within the limit."""
    judged = within("judged_at")(chosen) & Q(judged_at__lte=chosen.as_of)
    in_vain = Q(ended_by=Span.EndedBy.NO_REPLY_NEEDED, ended_at__lte=F("limit_at"))
    return judged & Q(limit_at__isnull=False) & ~in_vain


def _waiting(chosen: ReportFilter) -> Q:
    at = chosen.as_of
    return Q(asked_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def _due(chosen: ReportFilter) -> Q:
    """Those whose limit passes before somebody works again."""
    at = chosen.as_of
    return Q(limit_at__gt=at, limit_at__lte=find_next_morning(at, get_default_timezone()))


def _over(chosen: ReportFilter) -> Q:
    return Q(limit_at__lte=chosen.as_of)


def _waiting_longest(chosen: ReportFilter) -> Q:
    """Those that wait longer than nine in ten of those answered in the period."""
    at_most = _nine_in_ten(chosen)
    if at_most is None:
        return Q(pk__in=[])
    return Q(asked_at__lt=chosen.before(at_most))


def _nine_in_ten(chosen: ReportFilter) -> float | None:
    if rolled.is_rolled(chosen):
        return rolled.compute(chosen, ["reply_seconds_p90"])["reply_seconds_p90"]
    answered = WAITS.select(chosen).filter(_answered(chosen), ended_at__lte=chosen.as_of)
    found: float | None = answered.aggregate(at=Percentile("seconds", 0.9))["at"]
    return found


def _took(hours: tuple[int | None, int | None]) -> Condition:
    low, high = hours

    def condition(chosen: ReportFilter) -> Q:
        found = Q() if low is None else Q(**{f"{chosen.seconds}__gt": low * HOUR})
        return found if high is None else found & Q(**{f"{chosen.seconds}__lte": high * HOUR})

    return condition


ASKED = Rows("asked", _("Waits begun"), WAITS, within("asked_at"), "asked_at")
ANSWERED = Rows("answered", _("Waits answered"), WAITS, _answered, "ended_at")
FIRST_REPLIES = Rows(
    "first-replies",
    _("First replies"),
    WAITS,
    lambda _chosen: Q(is_first_reply=True),
    "ended_at",
    among=ANSWERED,
)
JUDGED = Rows(
    "judged", _("Waits within and over the limit"), WAITS, _judged, "judged_at", is_momentary=True
)
HITS = Rows(
    "in-time",
    _("Answered in time"),
    WAITS,
    lambda _chosen: IN_TIME,
    "judged_at",
    is_momentary=True,
    among=JUDGED,
)
MISSED = Rows(
    "missed",
    _("Missed"),
    WAITS,
    lambda _chosen: ~IN_TIME,
    "judged_at",
    is_momentary=True,
    among=JUDGED,
)
WAITING = Rows("waiting", _("Waiting"), WAITS, _waiting, "asked_at", is_momentary=True)
WAITING_LONGEST = Rows(
    "waiting-longest",
    _("Waiting longest"),
    WAITS,
    _waiting_longest,
    "asked_at",
    is_momentary=True,
    among=WAITING,
)
DUE = Rows(
    "due",
    _("Due by the next morning"),
    WAITS,
    _due,
    "asked_at",
    is_momentary=True,
    among=WAITING,
)
OVER = Rows("over", _("Over the limit"), WAITS, _over, "asked_at", is_momentary=True, among=WAITING)
OLD_WAITING = Rows(
    "waiting-history", _("Old waits"), OLD_WAITS, _waiting, "asked_at", is_momentary=True
)
DECLARED = Rows(
    "declared",
    _("No reply needed"),
    WAITS,
    lambda chosen: within("ended_at")(chosen) & Q(ended_by=Span.EndedBy.NO_REPLY_NEEDED),
    "ended_at",
)
ELSEWHERE_ROWS = Rows(
    "elsewhere",
    _("Answered elsewhere"),
    WAITS,
    lambda _chosen: Q(is_from_desk=False),
    "ended_at",
    among=ANSWERED,
)
TOOK = {
    name: Rows(
        f"within-{name}", CLASS_LABELS[name], WAITS, _took(hours), "ended_at", among=ANSWERED
    )
    for name, hours in CLASSES.items()
}
ROWS = [
    *(ASKED, ANSWERED, FIRST_REPLIES, JUDGED, HITS, MISSED, WAITING, DUE, OVER),
    *(WAITING_LONGEST, OLD_WAITING, DECLARED, ELSEWHERE_ROWS, *TOOK.values()),
]


def _mean(chosen: ReportFilter, only: Q | None) -> Any:
    return Avg(chosen.seconds, filter=only)


def _median(chosen: ReportFilter, only: Q | None) -> Any:
    return Percentile(chosen.seconds, 0.5, filter=only)


def _ninetieth(chosen: ReportFilter, only: Q | None) -> Any:
    return Percentile(chosen.seconds, 0.9, filter=only)


def _oldest(chosen: ReportFilter, only: Q | None) -> Any:
    age = Value(chosen.as_of, output_field=DateTimeField()) - F("asked_at")
    return Max(Extract(age, "epoch"), output_field=FloatField(), filter=only)


FIRST = _("From the customer's first message to the first reply, of replies sent in this period.")
ALL = _("From the first unanswered message to the reply, of all replies sent in this period.")
METRICS = [
    Metric(
        "asked_count",
        ASKED,
        COUNT,
        count_rows,
        ASKED.label,
        _("Customers and operators who began to wait for a reply in this period."),
    ),
    Metric(
        "first_reply_seconds_p50",
        FIRST_REPLIES,
        DURATION,
        _median,
        _("First reply, median"),
        FIRST,
    ),
    Metric(
        "first_reply_seconds_p90",
        FIRST_REPLIES,
        DURATION,
        _ninetieth,
        _("First reply, nine in ten"),
        FIRST,
    ),
    Metric(
        "first_reply_seconds_mean", FIRST_REPLIES, DURATION, _mean, _("First reply, mean"), FIRST
    ),
    Metric("reply_seconds_p50", ANSWERED, DURATION, _median, _("Reply, median"), ALL),
    Metric("reply_seconds_p90", ANSWERED, DURATION, _ninetieth, _("Reply, nine in ten"), ALL),
    Metric(
        "reply_seconds_mean",
        ANSWERED,
        DURATION,
        _mean,
        _("Reply, mean"),
        _("The mean of all reply times: what marketplaces score."),
    ),
    Metric(
        "answered_count",
        ANSWERED,
        COUNT,
        count_rows,
        ANSWERED.label,
        _("Waits that a reply of this period ended."),
    ),
    Metric(
        "answered_in_time_share",
        JUDGED,
        SHARE,
        share_of(IN_TIME),
        HITS.label,
        _(
            "Replies within the limit, of all waits whose limit or reply was in this period. "
            "Waits over the limit without a reply count as missed."
        ),
    ),
    Metric(
        "missed_count",
        MISSED,
        COUNT,
        count_rows,
        MISSED.label,
        _("Waits whose limit passed in this period without a reply."),
    ),
    *(
        Metric(
            f"distribution_{name}_count",
            rows,
            COUNT,
            count_rows,
            rows.label,
            _("Replies by how long they took. An edge belongs to the class below it."),
        )
        for name, rows in TOOK.items()
    ),
    Metric(
        "waiting_now_count",
        WAITING,
        COUNT,
        count_rows,
        _("Waiting now"),
        _("Waits without a reply, whenever they began."),
    ),
    Metric(
        "waiting_now_oldest_seconds",
        WAITING,
        DURATION,
        _oldest,
        _("Waiting longest"),
        _("The age of the oldest wait without a reply."),
    ),
    Metric(
        "waiting_due_count",
        DUE,
        COUNT,
        count_rows,
        DUE.label,
        _("Waits whose limit passes before 9:00 of the next working day, without a reply yet."),
    ),
    Metric(
        "waiting_over_count",
        OVER,
        COUNT,
        count_rows,
        OVER.label,
        _("Waits whose limit has passed, still without a reply."),
    ),
    Metric(
        "waiting_now_history_count",
        OLD_WAITING,
        COUNT,
        count_rows,
        OLD_WAITING.label,
        _(
            "Waits without a reply from before the marketplace was connected, or that were two "
            "weeks old when they were first read. No other figure counts them."
        ),
    ),
    Metric(
        "waiting_longest_count",
        WAITING_LONGEST,
        COUNT,
        count_rows,
        _("Waiting longer than nine in ten"),
        _("Waits without a reply that are longer than nine in ten of those answered."),
    ),
    Metric(
        "backlog_count",
        WAITING,
        COUNT,
        count_rows,
        _("Backlog"),
        _("Waits that had begun and were not over at that moment."),
    ),
    Metric(
        "no_reply_needed_count",
        DECLARED,
        COUNT,
        count_rows,
        DECLARED.label,
        _("Waits that “No reply needed” ended in the back office in this period."),
    ),
    Metric(
        "answered_elsewhere_share",
        ANSWERED,
        SHARE,
        share_of(Q(is_from_desk=False)),
        ELSEWHERE_ROWS.label,
        _("Waits answered in the back office or by another program, of all answered."),
    ),
]
