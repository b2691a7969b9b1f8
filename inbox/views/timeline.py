"""A thread's messages and outbox rows as one column, its middle folded when it is long."""

from dataclasses import dataclass
from datetime import datetime

from inbox.models import Message, Reply, Thread, Visit
from inbox.views.happenings import happenings_of, put_between

# A thread longer than this is folded: its first messages, a strip, its latest ones.
FOLD_ABOVE = 30
KEPT_FIRST = 2
KEPT_LAST = 15


@dataclass(frozen=True)
class Timeline:
    first: list[Message]
    folded: list[Message]
    latest: list[Message]
    replies: list[Reply]
    first_unread: Message | None
    last_inbound: Message | None

    @property
    def messages(self) -> list[Message]:
        return [*self.first, *self.folded, *self.latest]


def timeline_of(thread: Thread, *, read_until: datetime | None) -> Timeline:
    """`read_until`: how far the reader had come; None for a first visit."""
    messages = messages_of(thread)
    unread_from = first_unread_index(messages, read_until)
    latest_from, first_until = 0, 0
    if len(messages) > FOLD_ABOVE:
        latest_from = min(len(messages) - KEPT_LAST, unread_from)
        first_until = min(KEPT_FIRST, latest_from)
    known = {message.mirakl_id for message in messages}
    outbox_rows = thread.replies.exclude(state=Reply.State.DISCARDED)
    return Timeline(
        first=messages[:first_until],
        folded=messages[first_until:latest_from],
        latest=messages[latest_from:],
        replies=[
            reply
            for reply in outbox_rows.select_related("author").prefetch_related("files")
            if reply.state != Reply.State.SENT or is_not_mirrored(reply, known)
        ],
        first_unread=messages[unread_from] if unread_from < len(messages) else None,
        last_inbound=next((one for one in reversed(messages) if not one.is_ours), None),
    )


def messages_of(thread: Thread) -> list[Message]:
    messages = list(thread.messages.prefetch_related("attachments"))
    for message in messages:
        message.thread = thread
    put_between(messages, happenings_of(thread))
    return messages


def folded_before(messages: list[Message], mirakl_id: str) -> list[Message]:
    """What a page has folded that goes on with this message; none where it is not known.

    How far its reader had come is not known any more: the page has moved their mark.
    """
    ids = [message.mirakl_id for message in messages]
    return messages[KEPT_FIRST : ids.index(mirakl_id)] if mirakl_id in ids else []


def is_not_mirrored(reply: Reply, known: set[str]) -> bool:
    """Sent, and no reading of the thread has shown it since."""
    if reply.message_id:
        return reply.message_id not in known
    read_at = reply.thread.read_at if reply.thread else None
    return read_at is None or reply.settled_at is None or read_at < reply.settled_at


def first_unread_index(messages: list[Message], read_until: datetime | None) -> int:
    """On a first visit, what came before our side's last word counts as read."""
    if read_until is None:
        ours = [index for index, message in enumerate(messages) if message.is_ours]
        return ours[-1] + 1 if ours else 0
    unread = (
        index
        for index, message in enumerate(messages)
        if message.created_at > read_until and not message.is_ours
    )
    return next(unread, len(messages))


def mark_read(thread: Thread, user_pk: int, newest: Message | None) -> datetime | None:
    """Note that the user has seen the newest message; returns how far they had come before."""
    if newest is None:
        return None
    visit, created = Visit.objects.get_or_create(
        thread=thread, user_id=user_pk, defaults={"read_until": newest.created_at}
    )
    if created:
        return None
    before = visit.read_until
    if before < newest.created_at:
        Visit.objects.filter(pk=visit.pk).update(read_until=newest.created_at)
    return before
