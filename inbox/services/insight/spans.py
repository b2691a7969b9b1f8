"""Spans: the waits of a thread as rows, from the messages that are stored."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from inbox.models import Marketplace, Message, Outgoing, Span, Thread
from inbox.models.prepared import prepared
from inbox.reply_calendar import deadline, working_seconds
from inbox.services import reply_clock
from inbox.services.insight import resolutions
from inbox.services.insight.stored_messages import is_history, read_messages
from inbox.services.insight.waits import SentMessage, Wait, find_waits

KEY = ["thread", "asker", "asked_at"]
FIELDS = [
    field
    for field in Span._meta.concrete_fields
    if not field.generated and field.name not in {"id", "marketplace", *KEY}
]
WRITTEN = [field.name for field in FIELDS]
COMPARED = [field.attname for field in FIELDS]
# Threads in one statement.
STEP = 200

Key = tuple[int, str, datetime]


def store_spans(marketplace: Marketplace, threads: Collection[Thread]) -> None:
    """Make the spans of these threads what their stored messages say.

    Runs in the transaction that stores the messages, under the marketplace's lock.
    """
    if marketplace.is_storefront or not threads:
        return
    pks = [one.pk for one in threads]
    messages, now = read_messages(pks)
    known = {_key(one): one for one in _known(threads=pks)}
    spans = [
        span
        for thread in threads
        for span in _build(marketplace, thread, messages.get(thread.pk, []), known, now)
    ]
    _name_authors(marketplace, spans)
    changed = [one for one in spans if _has_changed(one, known.get(_key(one)))]
    Span.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=KEY, update_fields=WRITTEN
    )
    if gone := known.keys() - {_key(one) for one in spans}:
        Span.objects.filter(pk__in=[known[key].pk for key in gone]).delete()
    resolutions.store(marketplace, threads, messages)


def credit_author(reply: Outgoing) -> None:
    """Credit this sent reply with its message and the span that it ended, if they are stored."""
    its_message = Message.objects.filter(marketplace=reply.marketplace, mirakl_id=reply.message_id)
    if not its_message.update(is_from_desk=True):
        return
    ended = Span.objects.filter(thread=reply.thread, answer_id=reply.message_id)
    ended.update(is_from_desk=True, author=reply.author)


@transaction.atomic
def reset_deadlines(marketplace: Marketplace) -> None:
    """Apply a changed reply limit to all that waits; what has been missed stays missed."""
    reply_clock.reset_deadlines(marketplace)
    waiting = Span.objects.filter(marketplace=marketplace, ended_at=None)
    pks = list(waiting.order_by().values_list("thread", flat=True).distinct())
    for at in range(0, len(pks), STEP):
        some = Thread.objects.filter(pk__in=pks[at : at + STEP]).defer("search")
        store_spans(marketplace, list(some))


@prepared
def _known(*, threads: list[int]) -> QuerySet[Span]:
    return Span.objects.filter(thread__in=threads)


def _build(
    marketplace: Marketplace,
    thread: Thread,
    messages: list[SentMessage],
    known: dict[Key, Span],
    now: datetime,
) -> Iterable[Span]:
    declared = [
        datetime.fromisoformat(one["date"])
        for one in thread.no_store_reply_needed
        if one.get("date")
    ]
    waits = find_waits(
        messages,
        declared,
        marketplace.our_side,
        has_beginning=len(messages) >= thread.message_count,
    )
    earliest = min((one.asked_at for one in waits if not one.ended_at), default=None)
    for wait in waits:
        before = known.get((thread.pk, wait.asker, wait.asked_at))
        answered = before if before and before.answer_id == wait.answer_id else None
        start = _clock_start(marketplace, thread, wait, is_first=wait.asked_at == earliest)
        yield Span(
            pk=before.pk if before else None,
            marketplace=marketplace,
            thread=thread,
            ordinal=wait.ordinal,
            asker=wait.asker,
            asked_at=wait.asked_at,
            last_asked_at=wait.last_asked_at,
            messages_in=wait.messages_in,
            ended_at=wait.ended_at,
            ended_by=wait.ended_by,
            answer_id=wait.answer_id,
            is_from_desk=answered.is_from_desk if answered else False,
            author_id=answered.author_id if answered else None,
            is_first_reply=wait.is_first_reply,
            working_seconds=_working_seconds(marketplace, wait, before),
            limit_at=_limit_at(marketplace, wait, before, start, now),
            is_history=is_history(marketplace, wait.asked_at, wait.first_seen_at),
            topic=thread.topic_value,
            language=thread.language,
            shop=thread.shop_name,
        )


def _clock_start(
    marketplace: Marketplace, thread: Thread, wait: Wait, *, is_first: bool
) -> datetime | None:
    """When its reply clock starts; None if Mirakl expects no reply.

    Mirakl's own start counts if it is before the oldest wait that is open.
    """
    since = thread.shop_reply_needed_since
    if wait.ended_at or (since and not is_first):
        return wait.asked_at
    if since is None and marketplace.role == Marketplace.Role.SELLER:
        return None
    return min(wait.asked_at, since or wait.asked_at)


def _limit_at(
    marketplace: Marketplace,
    wait: Wait,
    before: Span | None,
    start: datetime | None,
    now: datetime,
) -> datetime | None:
    """The deadline that the conversation shows; what has been judged keeps its own."""
    if before and before.limit_at and (wait.ended_at or before.limit_at <= now):
        return before.limit_at
    is_counted = marketplace.counts_operator or wait.asker != Span.Asker.OPERATOR
    if start is None or not is_counted:
        return None
    return deadline(start, marketplace.reply_limit_for, marketplace.calendar)


def _working_seconds(marketplace: Marketplace, wait: Wait, before: Span | None) -> float | None:
    if wait.ended_at is None:
        return None
    if before and before.working_seconds is not None and before.ended_at == wait.ended_at:
        return before.working_seconds
    return working_seconds(wait.asked_at, wait.ended_at, marketplace.calendar)


def _name_authors(marketplace: Marketplace, spans: list[Span]) -> None:
    answers = [one.answer_id for one in spans if one.answer_id and not one.is_from_desk]
    if not answers:
        return
    found = Outgoing.objects.filter(marketplace=marketplace, message_id__in=answers)
    authors = dict(found.values_list("message_id", "author"))
    for span in spans:
        if span.answer_id in authors and not span.is_from_desk:
            span.is_from_desk, span.author_id = True, authors[span.answer_id]


def _has_changed(span: Span, before: Span | None) -> bool:
    if before is None:
        return True
    return any(getattr(span, name) != getattr(before, name) for name in COMPARED)


def _key(span: Span) -> Key:
    return span.thread_id, span.asker, span.asked_at
