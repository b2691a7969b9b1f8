"""What others write between the click on Send and the moment it leaves.

What goes at once has been held against M10 by the request itself. What waits, for the undo window
or for a worker, is held against it again: nobody answers a question that they have not read.
"""

from django.db.models import Max, Min

from inbox.models import Outgoing, Thread
from inbox.models.threads import MessageQuerySet
from inbox.services.mirror import sync


def newest_message_id(thread: Thread) -> int | None:
    """For `Outgoing.seen_message_id`; the thread has just been read."""
    newest: int | None = thread.messages.aggregate(pk=Max("pk"))["pk"]
    return newest


def learned_since(thread: Thread, newest: int) -> MessageQuerySet:
    """Messages stored after the one with this key, whatever the date that Mirakl gives them.

    What is older than all that was there has not been written since: it was not read before.
    """
    oldest = thread.messages.filter(pk__lte=newest).aggregate(at=Min("created_at"))["at"]
    if oldest is None:
        return thread.messages.none()
    return thread.messages.filter(pk__gt=newest, created_at__gt=oldest)


def somebody_wrote(reply: Outgoing) -> bool:
    """Reads M10. Where that fails the reply goes: it was held against what was known."""
    thread, newest = reply.thread, reply.seen_message_id
    if thread is None or newest is None:
        return False
    sync.open_thread(reply.marketplace, thread.mirakl_id, force=True)
    ours = thread.replies.exclude(message_id="").values("message_id")
    later = learned_since(thread, newest).exclude(mirakl_id__in=ours)
    open_ended = thread.replies.filter(
        state__in=[Outgoing.State.SENDING, Outgoing.State.UNCONFIRMED]
    )
    if open_ended.exclude(pk=reply.pk).exists():
        # One of our own side may be that one, which is not recognised yet.
        later = later.exclude(sender_type__startswith=reply.marketplace.our_side)
    return later.exists()


def others_wrote(reply: Outgoing) -> bool:
    """Whether the mirror has a word from another side that its author had not seen."""
    if reply.thread is None:
        return False
    later = learned_since(reply.thread, reply.seen_message_id or 0)
    return later.exclude(sender_type__startswith=reply.marketplace.our_side).exists()


def catch_up(reply: Outgoing) -> None:
    """Its author has been told, and sends it all the same."""
    if reply.thread and reply.seen_message_id is not None:
        reply.seen_message_id = newest_message_id(reply.thread)
        reply.save(update_fields=["seen_message_id"])
