"""A thread's messages and outbox rows as one column, its middle folded when it is long."""

from dataclasses import dataclass
from datetime import datetime

from inbox.models import Message, Reply, Thread, Visit
from inbox.services import recognition
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
    return Timeline(
        first=messages[:first_until],
        folded=messages[first_until:latest_from],
        latest=messages[latest_from:],
        replies=replies_beside(thread, messages),
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


def replies_beside(thread: Thread, messages: list[Message]) -> list[Reply]:
    """Those that do not stand among its messages, yet or ever."""
    written = thread.replies.exclude(state=Reply.State.DISCARDED)
    replies = list(written.select_related("author").prefetch_related("files"))
    named = {reply.message_id for reply in replies}
    shown = {message.mirakl_id for message in messages}
    # Each may be one that was accepted by an answer without its id.
    nameless = [message for message in messages if message.mirakl_id not in named]
    return [one for one in replies if not is_among(one, shown, nameless)]


def is_among(reply: Reply, shown: set[str], nameless: list[Message]) -> bool:
    """A message stands for one reply only: the one that it is found for is taken off `nameless`."""
    if reply.state != Reply.State.SENT:
        return False
    if reply.message_id:
        return reply.message_id in shown
    found = next((one for one in nameless if recognition.is_mirrored_as(reply, one)), None)
    if found:
        nameless.remove(found)
    return found is not None


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
