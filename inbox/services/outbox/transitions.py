"""A reply's changes of state. Each is a conditional update that says whether it was the one.

Those of an attempt hold for that attempt only: who wakes up after its reply was given to another
(a frozen machine, a lapsed lease) changes nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from inbox.models import Event, Marketplace, Outgoing, User
from inbox.models.outgoing import LOOKS_APART, OutgoingQuerySet
from inbox.models.told import Told
from inbox.services import error_texts
from inbox.services.people import notifications
from inbox.services.triage import actions

State = Outgoing.State

# Longer than Mirakl may take to answer once all bytes have left; uploads renew it as they go.
LEASE_FOR = timedelta(minutes=2)
# After a lost answer Mirakl may still be storing what it has received.
SETTLES_IN = timedelta(seconds=5)

# Nobody need look at it any more.
SEEN_TO = {State.SENT, State.DISCARDED, State.QUEUED}
# What is unconfirmed may be at Mirakl until two looks have found nothing like it.
NOT_THERE = ~Q(state=State.UNCONFIRMED) | Q(absent_at__isnull=False)


def due(now: datetime) -> OutgoingQuerySet:
    timely = Q(deliver_after=None) | Q(deliver_after__lte=now)
    decided = Q(undo_until=None) | Q(undo_until__lte=now)
    # No join: Django would make of it an update of what a query has found before, and PostgreSQL
    # would not look again at the state of a row that somebody else was changing.
    held = Marketplace.objects.filter(held_since__isnull=False)
    return Outgoing.objects.filter(timely, decided, state=State.QUEUED).exclude(
        marketplace__in=held
    )


def abandoned(now: datetime) -> OutgoingQuerySet:
    """Whoever was sending these is gone."""
    return Outgoing.objects.filter(state=State.SENDING, lease_until__lt=now)


def claim(pk: int) -> bool:
    """QUEUED -> SENDING, for one caller only."""
    now = timezone.now()
    # Durable: a claim that others cannot see yet claims nothing.
    with transaction.atomic(durable=True):
        claimed = due(now).filter(pk=pk)
        return bool(
            claimed.update(
                state=State.SENDING,
                sending_at=now,
                lease_until=now + LEASE_FOR,
                stop_asked_by=None,
                attempts=F("attempts") + 1,
            )
        )


def renew(reply: Outgoing) -> bool:
    """Keep the lease of the attempt that is under way; False where it should not go on."""
    lease_until = timezone.now() + LEASE_FOR
    under_way = _attempt(reply, {State.SENDING}).filter(stop_asked_by=None)
    if not under_way.update(lease_until=lease_until):
        return False
    reply.lease_until = lease_until
    return True


def ask_to_stop(reply: Outgoing, by: User) -> bool:
    """Whoever is sending it hears of it between two pieces of a file."""
    under_way = _attempt(reply, {State.SENDING}).filter(stop_asked_by=None)
    return bool(under_way.update(stop_asked_by=by))


def cut_short(reply: Outgoing) -> bool:
    """SENDING -> FAILED: stopped as somebody asked, before all of it had left."""
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


def send(reply: Outgoing, *, message_id: str, thread_id: str) -> bool:
    """-> SENT. Late news are welcome: a slow answer may have been taken for a lost one.

    Raises IntegrityError where the message is another reply's.
    """
    return _move(
        reply,
        {State.SENDING, State.UNCONFIRMED},
        State.SENT,
        Event.Verb.SENT,
        message_id=message_id,
        created_thread_id=thread_id if reply.starts_thread else "",
        settled_at=timezone.now(),
        error="",
    )


def fail(reply: Outgoing, words: Told) -> bool:
    """-> FAILED: Mirakl does not have it, and why."""
    is_mine = _move(
        reply,
        {State.SENDING, State.UNCONFIRMED},
        State.FAILED,
        Event.Verb.FAILED,
        settled_at=timezone.now(),
        **words.columns,
    )
    if is_mine:
        _call_for_person(reply)
    return is_mine


def put_off(reply: Outgoing, until: datetime, words: Told) -> bool:
    """SENDING -> QUEUED: nothing has left this machine."""
    return _move(reply, {State.SENDING}, State.QUEUED, deliver_after=until, **words.columns)


def doubt(reply: Outgoing) -> bool:
    """SENDING -> UNCONFIRMED: a byte may have left, and no clear answer came."""
    return _move(
        reply,
        {State.SENDING},
        State.UNCONFIRMED,
        Event.Verb.UNCONFIRMED,
        lease_until=timezone.now() + SETTLES_IN,
        **error_texts.doubt(reply.marketplace).columns,
    )


def miss(reply: Outgoing, looked_at: datetime) -> None:
    """It was not there at `looked_at`; a person decides once that was so twice."""
    if reply.lease_until is None or looked_at < reply.lease_until:
        return
    unconfirmed = _attempt(reply, {State.UNCONFIRMED})
    if reply.missing_since is None:
        unconfirmed.filter(missing_since=None).update(missing_since=looked_at)
    elif looked_at - reply.missing_since >= LOOKS_APART:
        words = error_texts.absence(reply.marketplace)
        missed = unconfirmed.filter(absent_at=None, asked_at=None)
        if missed.update(absent_at=looked_at, **words.columns):
            _call_for_person(reply)


def ask(reply: Outgoing) -> None:
    """Something of ours stands there in other words: a person is asked whether it is this."""
    asked = _attempt(reply, {State.UNCONFIRMED}).filter(asked_at=None)
    words = error_texts.likeness(reply.marketplace)
    if asked.update(asked_at=timezone.now(), absent_at=None, **words.columns):
        _call_for_person(reply)


def _call_for_person(reply: Outgoing) -> None:
    """Tell its author, who may have closed its thread in the belief that it had gone."""
    notifications.failed(reply)
    actions.reopen_after(reply, by=None)


def stop_asking(reply: Outgoing) -> None:
    """None of it was this reply: it is looked for again."""
    asked = _attempt(reply, {State.UNCONFIRMED}).exclude(asked_at=None)
    asked.update(asked_at=None, **error_texts.doubt(reply.marketplace).columns)


def requeue(reply: Outgoing, by: User) -> bool:
    """-> QUEUED, because a person says so."""
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
        settled_at=None,
        error="",
    )


def discard(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED, unless it is on its way or has arrived."""
    given_up = {State.FAILED, State.UNCONFIRMED, State.QUEUED}
    verb, now = Event.Verb.DISCARDED, timezone.now()
    return _move(reply, given_up, State.DISCARDED, verb, by=by, settled_at=now)


def give_way(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED, because what was made of it is sent instead."""
    verb, now = Event.Verb.DISCARDED, timezone.now()
    to = State.DISCARDED
    return _move(reply, _editable(reply), to, verb, by=by, only=NOT_THERE, settled_at=now)


def take_back(reply: Outgoing, by: User) -> bool:
    """-> DISCARDED, because its text and files go back to the person who edits them."""
    verb, now = Event.Verb.UNDONE, timezone.now()
    to = State.DISCARDED
    return _move(reply, _editable(reply), to, verb, by=by, only=NOT_THERE, settled_at=now)


def stop(reply: Outgoing, by: User) -> bool:
    """QUEUED -> FAILED: its author has taken it back, and it is kept until it is sent or not."""
    verb, now = Event.Verb.UNDONE, timezone.now()
    words = error_texts.taken_back()
    return _move(reply, {State.QUEUED}, State.FAILED, verb, by=by, settled_at=now, **words.columns)


def _editable(reply: Outgoing) -> set[str]:
    """Where it stands, if it may be changed there: one that somebody claims meanwhile is not."""
    return {reply.state} if reply.can_be_edited else set()


def note(reply: Outgoing, verb: str, by: User | None) -> None:
    Event.record(
        verb, marketplace=reply.marketplace, thread=reply.thread, by=by, reply=str(reply.token)
    )


def _attempt(reply: Outgoing, states: Collection[str]) -> OutgoingQuerySet:
    """This reply, in one of these states, and still in the attempt that we know of."""
    return Outgoing.objects.filter(
        pk=reply.pk, state__in=states, attempts=reply.attempts, sending_at=reply.sending_at
    )


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
        if not _attempt(reply, sources).filter(only or Q()).update(state=target, **changes):
            return False
        if verb:
            note(reply, verb, by or reply.author)
        if target in SEEN_TO:
            notifications.settled(reply)
    return True
