"""Messages that others write between the click on Send and the moment the reply leaves.

The request checks M10 before it queues a reply. A reply that waits, for the undo window or for a
worker, is checked again before it leaves: no agent answers a question without having read it.
"""

from django.db.models import Max, Subquery

from inbox.models import Outgoing, Thread
from inbox.models.threads import MessageQuerySet
from inbox.services.mirror import sync


def newest_message_id(thread: Thread) -> int | None:
    """The value for `Outgoing.seen_message_id`, when the thread has just been read."""
    newest: int | None = thread.messages.aggregate(pk=Max("pk"))["pk"]
    return newest


def messages_stored_since(thread: Thread, newest: int) -> MessageQuerySet:
    """Messages stored after the one with this pk, with any date of Mirakl's.

    Messages older than all that were stored are left out: they are history read late.
    """
    stored = thread.messages.filter(pk__lte=newest).order_by("created_at").values("created_at")
    return thread.messages.filter(pk__gt=newest, created_at__gt=Subquery(stored[:1]))


def somebody_wrote(reply: Outgoing) -> bool:
    """Whether a message has come that its author has not seen. Reads M10; if that fails, compares
    with the stored messages."""
    thread, newest = reply.thread, reply.seen_message_id
    if thread is None or newest is None:
        return False
    sync.open_thread(reply.marketplace, thread.mirakl_id, force=True)
    ours = thread.replies.exclude(message_id="").values("message_id")
    later = messages_stored_since(thread, newest).exclude(mirakl_id__in=ours)
    open_ended = thread.replies.filter(
        state__in=[Outgoing.State.SENDING, Outgoing.State.UNCONFIRMED]
    )
    if open_ended.exclude(pk=reply.pk).exists():
        # A message of our side may be that reply, not matched yet.
        later = later.exclude(sender_type__startswith=reply.marketplace.our_side)
    return later.exists()


def others_wrote(reply: Outgoing) -> bool:
    """Whether the mirror has a message of another side that its author had not seen."""
    if reply.thread is None:
        return False
    later = messages_stored_since(reply.thread, reply.seen_message_id or 0)
    return later.exclude(sender_type__startswith=reply.marketplace.our_side).exists()


def mark_seen(reply: Outgoing) -> None:
    """Its author knows of the new messages, and sends it anyway."""
    if reply.thread and reply.seen_message_id is not None:
        reply.seen_message_id = newest_message_id(reply.thread)
        reply.save(update_fields=["seen_message_id"])
