"""One attempt to send a reply, and the record of how it ended.

Whatever the marketplace answers, no reply is left SENDING.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError as NoBroker
from redis.exceptions import RedisError

from inbox import mirakl
from inbox.models import Event, Outgoing
from inbox.services import error_texts, files
from inbox.services.outbox import collision, completion, posting, transitions
from inbox.services.outbox.upload_progress import SendingInterrupted

log = logging.getLogger(__name__)

# Nothing has left the machine: the pauses before the next attempts, and when to give up.
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
MOST_ATTEMPTS = 6
TRIED_FOR = timedelta(minutes=15)

# How long a worker has before a display of the reply sends it instead.
LEFT_TO_WORKER = timedelta(seconds=2)

BROKER_IS_DOWN = (NoBroker, RedisError)


def is_inline(reply: Outgoing) -> bool:
    """Whether the request sends it while the agent waits: it is small and has no undo window."""
    return not reply.seconds_to_undo and _is_small(reply)


def _is_small(reply: Outgoing) -> bool:
    return bool(reply.bytes_total <= settings.UPLOAD_INLINE_BYTES)


def hand_to_worker(pk: int, **options: Any) -> None:
    """Ask a worker to deliver it. Without a broker it stays queued until a sweep finds it."""
    try:
        current_app.send_task(
            "inbox.tasks.deliver_reply",
            args=[pk],
            retry_policy={"max_retries": 1, "interval_start": 0},
            **options,
        )
    except BROKER_IS_DOWN:
        log.warning("no broker; reply %s waits for the next sweep", pk)


def deliver(pk: int) -> Outgoing:
    """Send it, unless another process does or it must wait. Returns the row as it is then."""
    return deliver_row(Outgoing.objects.complete().get(pk=pk))


def deliver_row(reply: Outgoing) -> Outgoing:
    """As `deliver`, for a row that was read or stored just now."""
    if transitions.claim(reply):
        try:
            _send(reply)
        except Exception:
            # A byte may have left before this error: the same rule applies.
            log.exception("reply %s: unexpected end of attempt %s", reply.pk, reply.attempts)
            _record_outcome(transitions.mark_unconfirmed, reply)
        if reply.state != Outgoing.State.SENDING:
            return reply
    # Another process has changed the row.
    return Outgoing.objects.complete().get(pk=reply.pk)


def deliver_if_left(reply: Outgoing) -> Outgoing:
    """Deliver a small reply that no worker has taken. Called when its bubble is displayed."""
    since = timezone.now() - LEFT_TO_WORKER
    left = transitions.due_replies(since).filter(pk=reply.pk, queued_at__lte=since)
    return deliver_row(reply) if _is_small(reply) and left.exists() else reply


def _send(reply: Outgoing) -> None:
    has_waited = bool(reply.undo_until) or not _is_small(reply)
    if has_waited and collision.somebody_wrote(reply):
        _record_outcome(transitions.fail, reply, error_texts.outrun())
        return
    try:
        result = posting.post(reply, transitions.renew)
    except files.Lost as error:
        _record_outcome(transitions.fail, reply, error_texts.lost_file(error.name))
    except files.OutOfReach as error:
        _record_outcome(_postpone, reply, error)
    except posting.DocumentRefused as error:
        text = error_texts.refused_document(error.name, error.reason, reply.marketplace)
        _record_outcome(transitions.fail, reply, text)
    except mirakl.Invalid as error:
        _record_outcome(transitions.fail, reply, error_texts.invalid(error))
    except mirakl.NotSent as error:
        _record_outcome(_postpone, reply, error)
    except mirakl.Refused as error:
        _record_outcome(transitions.fail, reply, error_texts.refusal(error, reply.marketplace))
    except mirakl.Uncertain:
        _record_outcome(transitions.mark_unconfirmed, reply)
    except SendingInterrupted:
        _record_outcome(_stop, reply)
    else:
        _record_outcome(completion.complete_reply, reply, result.message_id, result.thread_id)


def _record_outcome(record: Callable[..., object], *args: Any) -> None:
    """Retry once on a fresh connection if PostgreSQL was restarted while Mirakl answered."""
    try:
        record(*args)
    except (OperationalError, InterfaceError):
        connection.close()
        record(*args)


def _stop(reply: Outgoing) -> None:
    if not (transitions.stop_sending(reply) or transitions.mark_unconfirmed(reply)):
        # This sender was suspended, and the reply was given to another.
        transitions.record_event(reply, Event.Verb.OVERTAKEN, by=None)


def _postpone(reply: Outgoing, error: mirakl.NotSent | files.OutOfReach) -> None:
    until = timezone.now() + min(FIRST_PAUSE * 2 ** (reply.attempts - 1), LONGEST_PAUSE)
    if isinstance(error, mirakl.RateLimited):
        until = max(until, error.until)
    if isinstance(error, mirakl.TooLate):
        transitions.record_event(reply, Event.Verb.OVERTAKEN, by=None)
    if reply.attempts >= MOST_ATTEMPTS or until > reply.queued_at + TRIED_FOR:
        transitions.fail(reply, error_texts.surrender(error, reply.marketplace))
    elif transitions.postpone(
        reply, until, error_texts.postponement(error, reply.marketplace, until)
    ):
        hand_to_worker(reply.pk, eta=until)
