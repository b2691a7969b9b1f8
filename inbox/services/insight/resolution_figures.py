"""Figures of resolutions: how long until all was said, in how many messages, and for how long."""

from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inbox.models import Resolution
from inbox.services.insight.figures import (
    COUNT,
    DURATION,
    NUMBER,
    SHARE,
    Metric,
    Rows,
    Source,
    count_rows,
    mean_of,
    percentile_of,
    share_of,
    within,
)
from inbox.services.insight.message_figures import OF_THREAD
from inbox.services.insight.report_filter import DELETED, ReportFilter
from inbox.services.insight.settling import A_WEEK, SILENCE


def _closings(chosen: ReportFilter) -> QuerySet[Any]:
    persons = chosen.by_persons("by", {DELETED: Q(by__isnull=True)})
    return _resolutions(chosen).filter(*persons, kind=Resolution.Kind.CLOSED)


def _quiet_answers(chosen: ReportFilter) -> QuerySet[Any]:
    found = _resolutions(chosen).filter(*chosen.answered_by_persons("thread"))
    return found.filter(kind=Resolution.Kind.QUIET)


def _resolutions(chosen: ReportFilter) -> QuerySet[Any]:
    found = Resolution.objects.filter(marketplace__in=chosen.marketplaces).order_by()
    return found.filter(*chosen.in_threads("thread"), *chosen.waited_for("thread"))


AGENT = Coalesce(F("by__username"), Value(DELETED), output_field=CharField())
CLOSINGS = Source("resolutions", _closings, OF_THREAD | {"agent": AGENT})
QUIET_ANSWERS = Source("resolutions", _quiet_answers, OF_THREAD)
CLOSED_IN = within("resolved_at")
REOPENED = Q(followed_at__isnull=False)


def _resolved(chosen: ReportFilter) -> Q:
    """Closings that no message of theirs has taken back until now."""
    back = Q(followed_at__isnull=False, followed_at__lte=chosen.as_of)
    return Q(resolved_at__lte=chosen.as_of) & ~back


def _ripe_for(chosen: ReportFilter, length: timedelta) -> Q:
    return Q(resolved_at__lte=chosen.as_of - length)


CLOSED = Rows("closed", _("Closed"), CLOSINGS, CLOSED_IN, "resolved_at")
RESOLVED = Rows(
    "resolved",
    _("Resolved"),
    CLOSINGS,
    _resolved,
    "resolved_at",
    is_momentary=True,
    among=CLOSED,
    ripen=A_WEEK,
)
RIPE = Rows(
    "closed-a-week-ago",
    _("Closed at least 7 days ago"),
    CLOSINGS,
    lambda chosen: _ripe_for(chosen, A_WEEK),
    "resolved_at",
    is_momentary=True,
    among=CLOSED,
)
UNRIPE = Rows(
    "closed-lately",
    _("Closed less than 7 days ago"),
    CLOSINGS,
    lambda chosen: _resolved(chosen) & ~_ripe_for(chosen, A_WEEK),
    "resolved_at",
    is_momentary=True,
    among=CLOSED,
)
THANKED = Rows(
    "closed-and-thanked",
    _("Thanks left out"),
    CLOSINGS,
    lambda chosen: _ripe_for(chosen, A_WEEK) & Q(was_thanked=True),
    "resolved_at",
    is_momentary=True,
    among=CLOSED,
)
QUIET = Rows(
    "quiet",
    _("Answered and silent"),
    QUIET_ANSWERS,
    lambda chosen: CLOSED_IN(chosen) & _ripe_for(chosen, SILENCE),
    "resolved_at",
    is_momentary=True,
)
TIME = _(
    "From the first message of the customer since the conversation was last resolved to its "
    "closing in this period, unless the customer wrote again within 7 days. Thanks don't count."
)
QUIET_TIME = _(
    "From the first message of the customer to the answer after which nobody wrote for 72 hours, "
    "of such answers in this period."
)
METRICS = [
    Metric(
        "resolved_count",
        RESOLVED,
        COUNT,
        count_rows,
        RESOLVED.label,
        _(
            "Closings in this period after which the customer didn't write again within 7 days. "
            "Thanks don't count. Those of the last 7 days can still change."
        ),
    ),
    Metric(
        "resolution_seconds_p50",
        RESOLVED,
        DURATION,
        percentile_of("seconds", 0.5),
        _("Resolution, median"),
        TIME,
    ),
    Metric(
        "resolution_seconds_p90",
        RESOLVED,
        DURATION,
        percentile_of("seconds", 0.9),
        _("Resolution, nine in ten"),
        TIME,
    ),
    Metric(
        "quiet_resolution_seconds_p50",
        QUIET,
        DURATION,
        percentile_of("seconds", 0.5),
        _("Until the last answer, median"),
        QUIET_TIME,
    ),
    Metric(
        "quiet_resolution_seconds_p90",
        QUIET,
        DURATION,
        percentile_of("seconds", 0.9),
        _("Until the last answer, nine in ten"),
        QUIET_TIME,
    ),
    Metric(
        "replies_per_resolution_mean",
        RESOLVED,
        NUMBER,
        mean_of("replies"),
        _("Replies per resolution"),
        _("Our messages in the conversations resolved in this period, on average."),
    ),
    Metric(
        "one_touch_share",
        RESOLVED,
        SHARE,
        share_of(Q(replies=1)),
        _("Resolved with one reply"),
        _("Conversations resolved in this period with exactly one message of ours."),
    ),
    Metric(
        "reopened_share",
        RIPE,
        SHARE,
        share_of(REOPENED),
        _("Reopened"),
        _(
            "Closings after which the customer wrote again within 7 days, of all in this period "
            "that are at least 7 days old. Thanks don't count."
        ),
    ),
    Metric(
        "effort_messages_mean",
        RESOLVED,
        NUMBER,
        mean_of("messages"),
        _("Messages per resolution"),
        _("Messages of both sides in the conversations resolved in this period, on average."),
    ),
    Metric(
        "closings_not_ripe_count",
        UNRIPE,
        COUNT,
        count_rows,
        UNRIPE.label,
        _("They count as resolved for now, and not yet in the share of those reopened."),
    ),
    Metric(
        "closings_thanked_count",
        THANKED,
        COUNT,
        count_rows,
        THANKED.label,
        _("Closings at least 7 days old that were followed by thanks: they count as resolved."),
    ),
]
