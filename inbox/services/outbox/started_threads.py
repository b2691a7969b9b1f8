"""Matches threads in the mirror with the replies that started them."""

from inbox.models import Message, Outgoing, Thread
from inbox.models.outgoing import OutgoingQuerySet
from inbox.models.threads import ThreadQuerySet
from inbox.services.outbox import matching

# How many new threads about one thing are compared, newest first.
MOST_THREADS = 50


def find_threads(replies: OutgoingQuerySet) -> None:
    """Store the thread of each reply that Mirakl accepted without an id, once it is mirrored."""
    for reply in replies.unmirrored().filter(created_thread_id="").select_related("marketplace"):
        if thread := _thread_of(reply):
            nameless = Outgoing.objects.filter(pk=reply.pk, created_thread_id="")
            nameless.update(created_thread_id=thread.mirakl_id)


def _thread_of(reply: Outgoing) -> Thread | None:
    about = Thread.objects.filter(
        marketplace=reply.marketplace, entity_type=Outgoing.Kind(reply.kind).entity_type
    )
    if reply.subject_id:
        about = about.filter(entity_id=reply.subject_id)
    if reply.message_id:
        return about.filter(messages__mirakl_id=reply.message_id).first()
    return next((one for one in _new(about, reply) if _begins(reply, one)), None)


def _new(about: ThreadQuerySet, reply: Outgoing) -> ThreadQuerySet:
    """Threads mirrored after the reply was written that no other reply started."""
    others = Outgoing.objects.filter(marketplace=reply.marketplace).exclude(created_thread_id="")
    earlier = Message.objects.filter(pk__lte=reply.mirrored_until).values("thread")
    new = about.exclude(pk__in=earlier).exclude(mirakl_id__in=others.values("created_thread_id"))
    return new.order_by("-pk")[:MOST_THREADS]


def _begins(reply: Outgoing, thread: Thread) -> bool:
    thread.marketplace = reply.marketplace
    first = thread.messages.prefetch_related("attachments").first()
    if first is None:
        return False
    first.thread = thread
    return matching.is_started_as(reply, first)
