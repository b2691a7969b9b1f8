"""Figures of messages and conversations: how much there was to do, and how much was done."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from inbox.models import Event, Marketplace, Message, Outgoing, Thread
from inbox.services.insight.figures import (
    COUNT,
    Metric,
    Rows,
    Source,
    count_rows,
    within,
)
from inbox.services.insight.report_filter import (
    DELETED,
    ELSEWHERE,
    ReportFilter,
    name_unknown,
)

Verb = Event.Verb
# What a person decides about a conversation.
DECISIONS = [
    *(Verb.ASSIGNED, Verb.UNASSIGNED, Verb.CLOSED, Verb.REOPENED, Verb.SNOOZED, Verb.UNSNOOZED),
    *(Verb.TAGGED, Verb.UNTAGGED),
]


def _sent_by(sides: Collection[str]) -> Q:
    """Senders are called SHOP_USER, participants SHOP."""
    return Q(sender_type__in=[name for side in sides for name in (side, f"{side}_USER")])


def _is_ours(chosen: ReportFilter) -> Q:
    """Messages of the side that the desk writes for: it differs by marketplace."""
    by_side: dict[str, list[Marketplace]] = {}
    for one in chosen.marketplaces:
        by_side.setdefault(one.our_side, []).append(one)
    ours = (Q(marketplace__in=some) & _sent_by([side]) for side, some in sorted(by_side.items()))
    return reduce(or_, ours, Q(pk__in=[]))


def _messages(chosen: ReportFilter) -> QuerySet[Any]:
    found = Message.objects.filter(marketplace__in=chosen.marketplaces, is_dated=True)
    return found.filter(*chosen.in_threads("thread")).order_by()


def _incoming(chosen: ReportFilter) -> QuerySet[Any]:
    """Messages of the others, in conversations with a wait that fits."""
    found = _messages(chosen).exclude(_is_ours(chosen))
    if chosen.askers:
        found = found.filter(_sent_by(chosen.askers))
    return found.filter(*chosen.answered_by_persons("thread"))


def _outgoing(chosen: ReportFilter) -> QuerySet[Any]:
    found = _messages(chosen).filter(_is_ours(chosen), *chosen.waited_for("thread"))
    return found.filter(_is_written_by_persons(chosen)) if chosen.names_persons else found


def _is_written_by_persons(chosen: ReportFilter) -> Q:
    deleted = {DELETED: Q(author__isnull=True)}
    written = Outgoing.objects.filter(
        *chosen.by_persons("author", deleted),
        marketplace=OuterRef("marketplace"),
        message_id=OuterRef("mirakl_id"),
    )
    found = Q(Exists(written))
    if ELSEWHERE in chosen.agents and not (chosen.teams or chosen.only):
        found |= Q(is_from_desk=False)
    return found


def _conversations(chosen: ReportFilter) -> QuerySet[Any]:
    found = Thread.objects.filter(marketplace__in=chosen.marketplaces).order_by()
    return found.filter(*chosen.in_threads("pk"))


def _begun(chosen: ReportFilter) -> QuerySet[Any]:
    found = _conversations(chosen).filter(*chosen.answered_by_persons("pk"))
    return found.filter(began_by__in=chosen.askers) if chosen.askers else found


def _worked_on(chosen: ReportFilter) -> QuerySet[Any]:
    return _conversations(chosen).filter(*chosen.waited_for("pk"))


def _handled(chosen: ReportFilter) -> Q:
    return Q(pk__in=_list_handled(chosen))


def _count_handled(chosen: ReportFilter) -> int | None:
    """Without a look at the conversations, unless a filter is about them."""
    if chosen.in_threads("pk") or chosen.waited_for("pk"):
        return None
    return _list_handled(chosen).count()


def _list_handled(chosen: ReportFilter) -> QuerySet[Any]:
    """Conversations with a message of ours, or a person's decision."""
    written = _messages(chosen).filter(_is_ours(chosen), within("created_at")(chosen))
    if chosen.names_persons:
        written = written.filter(_is_written_by_persons(chosen))
    decided = Event.objects.filter(
        *chosen.by_persons("by", {}),
        within("at")(chosen),
        marketplace__in=chosen.marketplaces,
        verb__in=DECISIONS,
        by__isnull=False,
        thread__isnull=False,
    )
    return written.values("thread").union(decided.order_by().values("thread"))


SIDE = Replace("sender_type", Value("_USER"), Value(""))
OF_THREAD = {
    "marketplace": F("marketplace__slug"),
    "topic": name_unknown("thread__topic_value"),
    "language": name_unknown("thread__language"),
    "shop": name_unknown("thread__shop_name"),
    "tag": F("thread__tags__name"),
}
INCOMING = Source("messages", _incoming, OF_THREAD | {"asker": SIDE})
OUTGOING = Source("messages", _outgoing, OF_THREAD)
BEGAN_BY = Case(
    When(began_by="", then=Value(None)), default=F("began_by"), output_field=CharField()
)
OF_ITSELF = {
    "marketplace": F("marketplace__slug"),
    "topic": name_unknown("topic_value"),
    "language": name_unknown("language"),
    "shop": name_unknown("shop_name"),
    "tag": F("tags__name"),
}
BEGUN = Source("conversations", _begun, OF_ITSELF | {"asker": BEGAN_BY})
WORKED_ON = Source("conversations", _worked_on, OF_ITSELF)


IN = Rows("messages-in", _("Messages received"), INCOMING, within("created_at"), "created_at")
OUT = Rows("messages-out", _("Messages sent"), OUTGOING, within("created_at"), "created_at")
FROM_DESK = Rows(
    "messages-out-desk",
    _("Sent from the desk"),
    OUTGOING,
    lambda _chosen: Q(is_from_desk=True),
    "created_at",
    among=OUT,
)
FROM_ELSEWHERE = Rows(
    "messages-out-elsewhere",
    _("Sent elsewhere"),
    OUTGOING,
    lambda _chosen: Q(is_from_desk=False),
    "created_at",
    among=OUT,
)
NEW = Rows("new-conversations", _("New conversations"), BEGUN, within("began_at"), "began_at")
HANDLED = Rows(
    "handled",
    _("Conversations handled"),
    WORKED_ON,
    _handled,
    "last_message_at",
    quick_count=_count_handled,
)
DEFINITIONS = {
    "messages_in_count": (IN, _("Messages of customers, shops and operators in this period.")),
    "messages_out_count": (OUT, _("Our messages in this period, wherever they were written.")),
    "messages_out_desk_count": (FROM_DESK, _("Our messages that were sent from this desk.")),
    "messages_out_elsewhere_count": (
        FROM_ELSEWHERE,
        _("Our messages that were sent in the back office or by another program."),
    ),
    "new_conversations_count": (NEW, _("Conversations whose first message was in this period.")),
    "handled_conversations_count": (
        HANDLED,
        _(
            "Conversations in which one of us wrote, or that one of us assigned, tagged, snoozed, "
            "closed or reopened in this period."
        ),
    ),
}
METRICS = [
    Metric(name, rows, COUNT, count_rows, rows.label, definition)
    for name, (rows, definition) in DEFINITIONS.items()
]
