"""Figures of the outbox: replies that failed, were unconfirmed, sent again or taken back."""

from typing import Any

from django.db.models import CharField, F, Q, QuerySet, UUIDField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from inbox.models import Event, Outgoing
from inbox.services.insight.figures import (
    COUNT,
    Condition,
    Metric,
    Rows,
    Source,
    count_rows,
    within,
)
from inbox.services.insight.message_figures import OF_THREAD
from inbox.services.insight.report_filter import DELETED, ReportFilter

Verb = Event.Verb


def _entries(chosen: ReportFilter) -> QuerySet[Any]:
    found = Outgoing.objects.filter(marketplace__in=chosen.marketplaces).order_by()
    if chosen.canned:
        found = found.filter(canned__in=chosen.canned)
    return found.filter(
        *chosen.in_threads("thread"),
        *chosen.waited_for("thread"),
        *chosen.by_persons("author", {DELETED: Q(author__isnull=True)}),
    )


AGENT = Coalesce(F("author__username"), Value(DELETED), output_field=CharField())
ENTRIES = Source("outbox", _entries, OF_THREAD | {"agent": AGENT})


def _to_which(verb: str) -> Condition:
    """Each reply once, however often it happened to it in the period."""

    def condition(chosen: ReportFilter) -> Q:
        events = Event.objects.filter(
            within("at")(chosen), marketplace__in=chosen.marketplaces, verb=verb
        )
        token = Cast(KeyTextTransform("reply", "about"), UUIDField())
        return Q(token__in=events.order_by().annotate(reply=token).values("reply"))

    return condition


FAILED = Rows("replies-failed", _("Not sent"), ENTRIES, _to_which(Verb.FAILED), "queued_at")
UNCONFIRMED = Rows(
    "replies-unconfirmed", _("Unconfirmed"), ENTRIES, _to_which(Verb.UNCONFIRMED), "queued_at"
)
SENT_AGAIN = Rows(
    "replies-sent-again", _("Sent again"), ENTRIES, _to_which(Verb.RESENT), "queued_at"
)
UNDONE = Rows("replies-undone", _("Taken back"), ENTRIES, _to_which(Verb.UNDONE), "queued_at")
DEFINITIONS = {
    "replies_failed_count": (
        FAILED,
        _("Messages that the marketplace refused or that could not be sent in this period."),
    ),
    "replies_unconfirmed_count": (
        UNCONFIRMED,
        _("Messages that may have arrived, but for which the marketplace gave no answer."),
    ),
    "replies_sent_again_count": (SENT_AGAIN, _("Messages that a person sent again.")),
    "replies_undone_count": (UNDONE, _("Messages that their author took back before they left.")),
}
METRICS = [
    Metric(name, rows, COUNT, count_rows, rows.label, definition)
    for name, (rows, definition) in DEFINITIONS.items()
]
