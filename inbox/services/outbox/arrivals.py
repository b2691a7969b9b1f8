"""What follows once Mirakl has a reply, however the desk has learned of it."""

from django.db import IntegrityError

from inbox.models import Outgoing, Thread
from inbox.services import files, reply_clock
from inbox.services.mirakl_ids import is_askable_id
from inbox.services.outbox import collision, transitions
from inbox.services.triage import actions


def arrive(reply: Outgoing, message_id: str | None, thread_id: str | None) -> bool:
    """-> SENT, with all that follows from it; False where its attempt is over, or the message is
    another reply's."""
    try:
        sent = transitions.send(reply, message_id=_id(message_id), thread_id=_id(thread_id))
    except IntegrityError:
        # An unconfirmed twin of the same words has taken this message for its own. One of the
        # two is there, and one is shown as sent; the other is looked for.
        transitions.doubt(reply)
        return False
    if sent:
        files.remove(reply)
        if reply.kind == Outgoing.Kind.REPLY:
            reply_clock.stop_by(reply)
            _retopic(reply)
            if not collision.others_wrote(reply):
                actions.finish_with(reply)
    return sent


def _retopic(reply: Outgoing) -> None:
    """What an accepted reply makes of its thread's topic, until the next reading shows it."""
    if reply.thread and reply.topic_type:
        Thread.objects.filter(pk=reply.thread.pk).update(
            topic_type=reply.topic_type, topic_value=reply.topic_value
        )


def _id(told: str | None) -> str:
    """An id of Mirakl's that can be stored and stand in an address; empty for any other."""
    return told if told and is_askable_id(told) else ""
