"""What follows once Mirakl has a reply, by its answer or by a check."""

from django.db import IntegrityError, transaction

from inbox.models import ActionsWhenSent, Outgoing, Thread
from inbox.services import files, reply_clock
from inbox.services.insight import spans
from inbox.services.locks import lock_marketplace
from inbox.services.mirakl_ids import is_askable_id
from inbox.services.outbox import collision, transitions
from inbox.services.triage.status import close_or_snooze_after


def complete_reply(reply: Outgoing, message_id: str | None, thread_id: str | None) -> bool:
    """-> SENT, with all that follows. False if the attempt is over, or the message is another
    reply's."""
    try:
        sent = _mark_sent(reply, _usable_id(message_id), _usable_id(thread_id))
    except IntegrityError:
        # An unconfirmed reply with the same text was matched with this message. One of the two
        # arrived and one is shown as sent; a check searches for the other.
        transitions.mark_unconfirmed(reply)
        return False
    if sent:
        files.remove(reply.unsent_files)
        if reply.kind == Outgoing.Kind.REPLY:
            reply_clock.stop_clock(reply)
            _update_topic(reply)
            if reply.actions != ActionsWhenSent() and not collision.others_wrote(reply):
                close_or_snooze_after(reply)
    return sent


@transaction.atomic
def _mark_sent(reply: Outgoing, message_id: str, thread_id: str) -> bool:
    if not (message_id and reply.kind == Outgoing.Kind.REPLY):
        return transitions.mark_sent(reply, message_id=message_id, thread_id=thread_id)
    # Whoever stores the message meanwhile either finds this reply, or has stored its span.
    lock_marketplace(reply.marketplace)
    sent = transitions.mark_sent(reply, message_id=message_id, thread_id=thread_id)
    if sent:
        spans.credit_author(reply)
    return sent


def _update_topic(reply: Outgoing) -> None:
    """Give the thread its new topic now; the next read of the thread shows the same."""
    if reply.thread and reply.topic_type:
        thread = reply.thread
        thread.topic_type, thread.topic_value = reply.topic_type, reply.topic_value
        Thread.objects.filter(pk=thread.pk).update(
            topic_type=reply.topic_type, topic_value=reply.topic_value, answer_digest=b""
        )


def _usable_id(mirakl_id: str | None) -> str:
    """An id that can be stored and put in a URL; empty for any other."""
    return mirakl_id if mirakl_id and is_askable_id(mirakl_id) else ""
