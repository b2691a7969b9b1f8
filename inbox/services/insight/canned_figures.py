"""Figures of canned replies: how often they are used, and how much of them is sent."""

from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from inbox.models import Outgoing, Span
from inbox.services.insight.delivery_figures import ENTRIES
from inbox.services.insight.figures import (
    COUNT,
    SHARE,
    Metric,
    Rows,
    Source,
    count_rows,
    mean_of,
    share_of,
    within,
)
from inbox.services.insight.report_filter import ReportFilter
from inbox.services.insight.settling import A_WEEK

BY_CANNED = Source(
    ENTRIES.name,
    ENTRIES.select,
    {**ENTRIES.parts, "canned": Cast(F("canned"), CharField())},
)
FOLLOWED = Exists(
    Span.objects.filter(
        thread=OuterRef("thread"),
        asked_at__gt=OuterRef("settled_at"),
        asked_at__lte=OuterRef("settled_at") + A_WEEK,
    )
)


def _used(chosen: ReportFilter) -> Q:
    sent = Q(state=Outgoing.State.SENT, canned__isnull=False)
    return within("settled_at")(chosen) & sent


USED = Rows("canned-used", _("Canned replies used"), BY_CANNED, _used, "settled_at")
RIPE = Rows(
    "canned-used-a-week-ago",
    _("Canned replies used at least 7 days ago"),
    BY_CANNED,
    lambda chosen: Q(settled_at__lte=chosen.as_of - A_WEEK),
    "settled_at",
    is_momentary=True,
    among=USED,
)
METRICS = [
    Metric(
        "canned_used_count",
        USED,
        COUNT,
        count_rows,
        USED.label,
        _("Replies sent in this period that began with a canned reply."),
    ),
    Metric(
        "canned_kept_share",
        USED,
        SHARE,
        mean_of("canned_kept"),
        _("Sent as written"),
        _("The part of a canned reply's characters that was sent, without its placeholders."),
    ),
    Metric(
        "canned_followed_share",
        RIPE,
        SHARE,
        share_of(FOLLOWED),
        _("Asked again"),
        _(
            "Replies with a canned reply after which the customer wrote again within 7 days, of "
            "those that are at least 7 days old."
        ),
    ),
]
