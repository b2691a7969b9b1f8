"""A reply's changes of state: conditional updates, each returning whether it changed the row.

They are fenced by attempt: a sender whose lease expired and whose reply was reclaimed cannot change
it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox.models import Event, Marketplace, Outgoing, User
from inbox.models.columns import Columns
from inbox.models.error_text import ErrorText
from inbox.models.outgoing import LOOKS_APART, OutgoingQuerySet
from inbox.services import error_texts
from inbox.services.people import notifications
from inbox.services.triage.status import reopen_after_unsent

State = Outgoing.State

# Longer than Mirakl may take to answer once all bytes have left; uploads renew it.
LEASE_FOR = timedelta(minutes=2)
# After a lost answer, Mirakl may still be storing the message.
SETTLES_IN = timedelta(seconds=5)

# No person needs to look at it any more.
NEEDS_NOBODY = {State.SENT, State.DISCARDED, State.QUEUED}
# An unconfirmed reply may be at Mirakl until two checks have found no message like it.
NOT_THERE = ~Q(state=State.UNCONFIRMED) | Q(absent_at__isnull=False)


def due_replies(now: datetime) -> OutgoingQuerySet:
    """Queued replies that may be sent now."""
    timely = Q(deliver_after=None) | Q(deliver_after__lte=now)
    decided = Q(undo_until=None) | Q(undo_until__lte=now)
    # No join: Django would turn the update into one on a subquery's rows, and PostgreSQL would not
    # read the state again of a row that another process was changing.
    held = Marketplace.objects.filter(held_since__isnull=False)
    return Outgoing.objects.filter(timely, decided, state=State.QUEUED).exclude(
        marketplace__in=held
    )


def abandoned_replies(now: datetime) -> OutgoingQuerySet:
    """Replies whose sender stopped without recording a result."""
    return Outgoing.objects.filter(state=State.SENDING, lease_until__lt=now)


def claim(reply: Outgoing) -> bool:
    """QUEUED -> SENDING, for one caller only."""
    now = timezone.now()
    # Durable: an uncommitted claim would not keep others from sending it.
    with transaction.atomic(durable=True):
        return _update(
            reply,
            due_replies(now).filter(pk=reply.pk, attempts=reply.attempts),
            state=State.SENDING,
            sending_at=now,
            lease_until=now + LEASE_FOR,
            stop_asked_by=None,
            attempts=reply.attempts + 1,
        )


def renew(reply: Outgoing) -> bool:
    """Extend the lease of the current attempt; False if the attempt must stop."""
    under_way = _attempt(reply, {State.SENDING}).filter(stop_asked_by=None)
    return _update(reply, under_way, lease_until=timezone.now() + LEASE_FOR)


def request_stop(reply: Outgoing, by: User) -> bool:
    """Ask the sender to stop; it checks between two chunks of a file."""
    under_way = _attempt(reply, {State.SENDING}).filter(stop_asked_by=None)
    return bool(under_way.update(stop_asked_by=by))


def stop_sending(reply: Outgoing) -> bool:
    """SENDING -> FAILED: stopped on request, before all of it had left."""
    reply.refresh_from_db(fields=["stop_asked_by"])
    return reply.stop_asked_by is not None and _move(
        reply,
        {State.SENDING},
        State.FAILED,
        Event.Verb.UNDONE,
        by=reply.stop_asked_by,
        settled_at=timezone.now(),
        **error_texts.stopped(reply).columns,
    )


def mark_sent(reply: Outgoing, *, message_id: str, thread_id: str) -> bool:
    """-> SENT. Also from UNCONFIRMED: a slow answer may have looked lost.

    Raises IntegrityError if the message is another reply's.
    """
    changes: Columns = {
        "message_id": message_id,
        "created_thread_id": thread_id if reply.starts_thread else "",
        "settled_at": timezone.now(),
        "error": "",
    }
    to, verb = State.SENT, Event.Verb.SENT
    return _move(reply, {State.SENDING}, to, verb, **changes) or _move(
        reply, {State.UNCONFIRMED}, to, verb, **changes
    )


def fail(reply: Outgoing, reason: ErrorText) -> bool:
    """-> FAILED: Mirakl does not have it, for this reason."""
    has_failed = _move(
        reply,
        {State.SENDING, State.UNCONFIRMED},
        State.FAILED,
        Event.Verb.FAILED,
        settled_at=timezone.now(),
        **reason.columns,
    )
    if has_failed:
        _notify_author(reply)
    return has_failed


def postpone(reply: Outgoing, until: datetime, reason: ErrorText) -> bool:
    """SENDING -> QUEUED: nothing has left this machine."""
    return _move(reply, {State.SENDING}, State.QUEUED, deliver_after=until, **reason.columns)


def mark_unconfirmed(reply: Outgoing) -> bool:
    """SENDING -> UNCONFIRMED: a byte may have left, and no clear answer came."""
    return _move(
        reply,
        {State.SENDING},
        State.UNCONFIRMED,
        Event.Verb.UNCONFIRMED,
        lease_until=timezone.now() + SETTLES_IN,
        **error_texts.unconfirmed(reply.marketplace).columns,
    )


def record_absence(reply: Outgoing, looked_at: datetime) -> None:
    """It was not at Mirakl at `looked_at`. After two checks a person decides."""
    if reply.lease_until is None or looked_at < reply.lease_until:
        return
    unconfirmed = _attempt(reply, {State.UNCONFIRMED})
    if reply.missing_since is None:
        unconfirmed.filter(missing_since=None).update(missing_since=looked_at)
    elif looked_at - reply.missing_since >= LOOKS_APART:
        reason = error_texts.absence(reply.marketplace)
        missed = unconfirmed.filter(absent_at=None, asked_at=None)
        if missed.update(absent_at=looked_at, **reason.columns):
            _notify_author(reply)


def ask_person(reply: Outgoing) -> None:
    """Mirakl has a similar message of our side: a person compares the two."""
    asked = _attempt(reply, {State.UNCONFIRMED}).filter(asked_at=None)
    reason = error_texts.likeness(reply.marketplace)
    if asked.update(asked_at=timezone.now(), absent_at=None, **reason.columns):
        _notify_author(reply)


def _notify_author(reply: Outgoing) -> None:
    """Also reopens the thread: its author may have closed it after sending."""
    notifications.notify_failed(reply)
    reopen_after_unsent(reply, by=None)


def stop_asking_person(reply: Outgoing) -> None:
    """No message was this reply: the checks go on."""
    asked = _attempt(reply, {State.UNCONFIRMED}).exclude(asked_at=None)
    asked.update(asked_at=None, **error_texts.unconfirmed(reply.marketplace).columns)


def requeue(reply: Outgoing, by: User) -> bool:
    """-> QUEUED, by a person's decision."""
    return _move(
        reply,
        {reply.state},
        State.QUEUED,
        Event.Verb.RESENT,
        by=by,
        only=NOT_THERE,
        queued_at=timezone.now(),
        attempts=0,
        deliver_after=None,
        lease_until=None,
        looked_at=None,
        missing_since=None,
        absent_at=None,
        asked_at=None,
        settled_at=None,
        error="",
    )


def discard(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED, unless it is being sent or has arrived."""
    given_up = {State.FAILED, State.UNCONFIRMED, State.QUEUED}
    verb, now = Event.Verb.DISCARDED, timezone.now()
    return _move(reply, given_up, State.DISCARDED, verb, by=by, settled_at=now)


def discard_replaced(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED: it was edited, and the edited version is sent."""
    verb, now = Event.Verb.DISCARDED, timezone.now()
    to = State.DISCARDED
    return _move(reply, _editable(reply), to, verb, by=by, only=NOT_THERE, settled_at=now)


def take_back(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED: its text and files return to the draft."""
    verb, now = Event.Verb.UNDONE, timezone.now()
    to = State.DISCARDED
    return _move(reply, _editable(reply), to, verb, by=by, only=NOT_THERE, settled_at=now)


def stop_queued(reply: Outgoing, by: User) -> bool:
    """QUEUED -> FAILED: taken back by its author, who edits, sends or discards it."""
    verb, now = Event.Verb.UNDONE, timezone.now()
    reason = error_texts.taken_back()
    return _move(reply, {State.QUEUED}, State.FAILED, verb, by=by, settled_at=now, **reason.columns)


def _editable(reply: Outgoing) -> set[str]:
    """Its state as a source of a move; none if it can't be edited in that state."""
    return {reply.state} if reply.can_be_edited else set()


def record_event(reply: Outgoing, verb: str, by: User | None) -> None:
    Event.record(
        verb, marketplace=reply.marketplace, thread=reply.thread, by=by, reply=str(reply.token)
    )


def _attempt(reply: Outgoing, states: Collection[str]) -> OutgoingQuerySet:
    """This reply, if it is in one of these states and still in the attempt read here."""
    return Outgoing.objects.filter(
        pk=reply.pk, state__in=states, attempts=reply.attempts, sending_at=reply.sending_at
    )


def _update(reply: Outgoing, rows: OutgoingQuerySet, **changes: Any) -> bool:
    """Update the row, and the instance with it, if the row is among `rows`."""
    if not rows.update(**changes):
        return False
    for name, value in changes.items():
        setattr(reply, name, value)
    return True


def _move(
    reply: Outgoing,
    sources: Collection[str],
    target: str,
    verb: str = "",
    *,
    by: User | None = None,
    only: Q | None = None,
    **changes: Any,
) -> bool:
    with transaction.atomic():
        rows = _attempt(reply, sources).filter(only or Q())
        if not _update(reply, rows, state=target, **changes):
            return False
        if verb:
            record_event(reply, verb, by or reply.author)
        # A reply that is being sent has no open notification: queueing it has ended them.
        if target in NEEDS_NOBODY and State.SENDING not in sources:
            notifications.mark_failure_read(reply)
    return True
