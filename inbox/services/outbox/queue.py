"""What the desk writes to Mirakl: never lost, never sent twice, never stuck.

    QUEUED ──claimed──▶ SENDING ──201──▶ SENT
      ▲                    ├──refused──▶ FAILED ──────────┐
      └── nothing left ────┤                              ├─ a person: sent again ▶ QUEUED
                           └─ any other ▶ UNCONFIRMED ────┘            discarded ▶ DISCARDED
                                          (read again: found ▶ SENT, absent twice ▶ a person,
                                           there in other words ▶ a person compares)

Mirakl's writes have no idempotency key. So a reply goes back to QUEUED by itself only where
nothing has left this machine; after that somebody looks before it is sent again.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from kombu.exceptions import OperationalError as NoBroker
from redis.exceptions import RedisError

from inbox import mirakl
from inbox.models import About, Event, Message, Outgoing, User
from inbox.services import error_texts, files
from inbox.services.files import staging
from inbox.services.outbox import arrivals, collision, posting, transitions, undo
from inbox.services.outbox.confirmation import confirm as confirm
from inbox.services.outbox.confirmation import is_abandoned as is_abandoned
from inbox.services.outbox.new_outgoing import NewOutgoing
from inbox.services.outbox.upload_progress import Overtaken
from inbox.services.triage import actions

log = logging.getLogger(__name__)

# Nothing has left the machine: how soon, how often and how long it is tried again.
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
MOST_ATTEMPTS = 6
TRIED_FOR = timedelta(minutes=15)

# A worker that comes too early for its clock's sake leaves the reply to the sweep.
CLOCKS_DIFFER = timedelta(seconds=0.3)
# How long a worker has before a display of the reply sends it instead.
LEFT_TO_WORKER = timedelta(seconds=2)

BROKER_IS_DOWN = (NoBroker, RedisError)
# The sweep leaves alone what the request that queued it is about to send.
SWEPT_AFTER = timedelta(seconds=10)
SWEEP_SECONDS = 30
SWEPT_AT_ONCE = 500


class TokenTaken(Exception):
    """The token belongs to a reply that this form did not write."""


def written_before(token: UUID, about: About, by: User) -> Outgoing | None:
    """The reply of this very form, posted before; raises TokenTaken where it is another's."""
    known = Outgoing.objects.select_related("marketplace", "thread").filter(token=token).first()
    if known and (known.about, known.author_id) != (about, by.pk):
        raise TokenTaken
    return known


def add(
    new: NewOutgoing, *, by: User, replaces: Outgoing | None = None, undo_seconds: int = 0
) -> tuple[Outgoing, bool]:
    """The reply of this form, and whether it is new: a form that comes twice is one reply.

    One that `is_inline` is for the caller to `deliver` at once; a worker is told of any other.
    Raises TokenTaken as `written_before` does, and TooLate where the one that it `replaces` has
    been sent or discarded.
    """
    if known := written_before(new.token, new.about, by):
        return known, False
    reply = _row_of(new, by)
    reply.undo_until = timezone.now() + timedelta(seconds=undo_seconds) if undo_seconds else None
    try:
        _store(reply, new, replaces)
    except IntegrityError:
        known = written_before(new.token, new.about, by)
        if known is None:
            raise
        # The same form won the race.
        return known, False
    return reply, True


def _row_of(new: NewOutgoing, by: User) -> Outgoing:
    return Outgoing(
        token=new.token,
        marketplace=new.about.marketplace,
        kind=new.about.kind,
        thread=new.about.thread,
        subject_id=new.about.subject_id,
        body=new.body,
        recipients=list(new.recipients),
        topic_type=new.topic_type,
        topic_value=new.topic_value,
        topic_label=new.topic_label,
        email_subject=new.email_subject,
        details=new.details,
        then_closes=new.then.closes,
        then_snoozes_hours=new.then.snoozes_hours,
        seen_message_id=new.seen_message_id,
        mirrored_until=Message.objects.aggregate(pk=Max("pk"))["pk"] or 0,
        author=by,
    )


def _store(reply: Outgoing, new: NewOutgoing, replaces: Outgoing | None) -> None:
    with staging(reply) as stage, transaction.atomic():
        # The row first: of two racing forms the second waits here, before it stages anything.
        reply.save(force_insert=True)
        for file in new.files:
            stage(file)
        undo.inherit(reply, new, replaces)
        transitions.note(reply, Event.Verb.QUEUED, reply.author)
        actions.take_on_reply(reply)
        _leave_to_worker(reply)


def is_inline(reply: Outgoing) -> bool:
    """To be sent while the agent waits: small, and nobody may undo it."""
    return not reply.seconds_to_undo and _is_small(reply)


def _is_small(reply: Outgoing) -> bool:
    return bool(reply.bytes_total <= settings.UPLOAD_INLINE_BYTES)


def _leave_to_worker(reply: Outgoing) -> None:
    if is_inline(reply):
        return
    when = {"eta": reply.undo_until + CLOCKS_DIFFER} if reply.undo_until else {}
    transaction.on_commit(lambda: _hand_over(reply.pk, **when), robust=True)


def _hand_over(pk: int, **options: Any) -> None:
    """Ask a worker for it. Without a broker it stays queued, and a sweep finds it later."""
    try:
        current_app.send_task(
            "inbox.tasks.deliver_reply",
            args=[pk],
            retry_policy={"max_retries": 1, "interval_start": 0},
            **options,
        )
    except BROKER_IS_DOWN:
        log.warning("no broker; reply %s waits for the next sweep", pk)


# -- To Mirakl ------------------------------------------------------------


def deliver(pk: int) -> Outgoing:
    """Send it, unless somebody else does or it is not its time; returns where it stands then.

    Whatever the marketplace answers, the reply is not left SENDING.
    """
    if not transitions.claim(pk):
        return Outgoing.objects.complete().get(pk=pk)
    reply = Outgoing.objects.complete().get(pk=pk)
    try:
        _attempt(reply)
    except Exception:
        # A byte may have left before whatever this is: the rule is the same.
        log.exception("reply %s: unexpected end of attempt %s", pk, reply.attempts)
        _surely(transitions.doubt, reply)
    return Outgoing.objects.complete().get(pk=pk)


def _attempt(reply: Outgoing) -> None:
    has_waited = bool(reply.undo_until) or not _is_small(reply)
    if has_waited and collision.somebody_wrote(reply):
        _surely(transitions.fail, reply, error_texts.outrun())
        return
    try:
        posted = posting.post(reply, transitions.renew)
    except files.Lost as error:
        _surely(transitions.fail, reply, error_texts.lost_file(error.name))
    except files.OutOfReach as error:
        _surely(_put_off, reply, error)
    except posting.DocumentRefused as error:
        words = error_texts.refused_document(error.name, error.reason, reply.marketplace)
        _surely(transitions.fail, reply, words)
    except mirakl.Invalid as error:
        _surely(transitions.fail, reply, error_texts.invalid(error))
    except mirakl.NotSent as error:
        _surely(_put_off, reply, error)
    except mirakl.Refused as error:
        _surely(transitions.fail, reply, error_texts.refusal(error, reply.marketplace))
    except mirakl.Uncertain:
        _surely(transitions.doubt, reply)
    except Overtaken:
        _surely(_cut_short, reply)
    else:
        _surely(arrivals.arrive, reply, posted.message_id, posted.thread_id)


def _cut_short(reply: Outgoing) -> None:
    if not (transitions.cut_short(reply) or transitions.doubt(reply)):
        # The reply was given to another while this sender was away.
        transitions.note(reply, Event.Verb.OVERTAKEN, by=None)


def deliver_if_left(reply: Outgoing) -> Outgoing:
    """Called by the display of its bubble: a small one is not to hang on a worker that is gone."""
    since = timezone.now() - LEFT_TO_WORKER
    left = transitions.due(since).filter(pk=reply.pk, queued_at__lte=since)
    return deliver(reply.pk) if _is_small(reply) and left.exists() else reply


def _surely(end: Callable[..., object], *args: Any) -> None:
    """Write down how a call ended, also where PostgreSQL was restarted while Mirakl answered."""
    try:
        end(*args)
    except (OperationalError, InterfaceError):
        connection.close()
        end(*args)


def _put_off(reply: Outgoing, error: mirakl.NotSent | files.OutOfReach) -> None:
    until = timezone.now() + min(FIRST_PAUSE * 2 ** (reply.attempts - 1), LONGEST_PAUSE)
    if isinstance(error, mirakl.RateLimited):
        until = max(until, error.until)
    if isinstance(error, mirakl.TooLate):
        transitions.note(reply, Event.Verb.OVERTAKEN, by=None)
    if reply.attempts >= MOST_ATTEMPTS or until > reply.queued_at + TRIED_FOR:
        transitions.fail(reply, error_texts.surrender(error, reply.marketplace))
    elif transitions.put_off(
        reply, until, error_texts.postponement(error, reply.marketplace, until)
    ):
        _hand_over(reply.pk, eta=until)


# -- A person decides -----------------------------------------------------


def resend(reply: Outgoing, by: User) -> Outgoing:
    """Queue it anew: one that failed, or one that was looked for and is not at Mirakl.

    As with `queue`, a small one is for the caller to `deliver`.
    """
    # It may have arrived after we had looked.
    reply = confirm(reply)
    if reply.needs_person:
        with transaction.atomic():
            if transitions.requeue(reply, by):
                collision.catch_up(reply)
                _leave_to_worker(Outgoing.objects.complete().get(pk=reply.pk))
    return Outgoing.objects.complete().get(pk=reply.pk)


def discard(reply: Outgoing, by: User) -> Outgoing:
    """Give it up, unless it is on its way or has arrived."""
    if transitions.discard(reply, by):
        files.remove(reply)
    return Outgoing.objects.complete().get(pk=reply.pk)


# -- By the clock ---------------------------------------------------------


def sweep() -> None:
    """Find what a lost task or a dead worker left behind. Our rows only; Mirakl is not asked."""
    now = timezone.now()
    for reply in transitions.abandoned(now).select_related("marketplace", "author", "thread"):
        transitions.doubt(reply)
    forgotten = transitions.due(now).filter(queued_at__lt=now - SWEPT_AFTER)
    for pk in forgotten.order_by("queued_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE]:
        # What no worker had time for until the next sweep is handed over by that one again.
        _hand_over(pk, expires=SWEEP_SECONDS)
