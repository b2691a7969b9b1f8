"""A thread's messages and outbox rows as one column, folded where it is long or heavy."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import prefetch_related_objects

from inbox.models import Message, Reply, Thread, Visit
from inbox.models.threads import LONGEST_BODY
from inbox.services import previews, recognition
from inbox.views.happenings import happenings_of, put_between

# A thread longer than this is folded: its first messages, a strip, its latest ones.
FOLD_ABOVE = 30
KEPT_FIRST = 2
KEPT_LAST = 15
# One page shows no more than this at once: bytes of bodies, and of the markup around each message
# and file. The rest is folded, read or not.
PAGE_BYTES = 500_000
AROUND_EACH = 1_000
# Of folded messages, those right before one that is shown, as it may quote them.
QUOTED_BEFORE = 2


@dataclass(frozen=True)
class Fold:
    """Messages that a page does not show, between two that it does; `after` may be empty."""

    hidden: Sequence[Message]
    after: str
    before: str
    unread: int

    @property
    def last(self) -> Message:
        return self.hidden[-1]


Part = Message | Fold


@dataclass(frozen=True)
class Wanted:
    """What an address asks to see beside the latest: a message, or the one above a note."""

    everything: bool = False
    message: str = ""
    noted_at: datetime | None = None

    def index_in(self, messages: Sequence[Message]) -> int | None:
        for index in reversed(range(len(messages))):
            one = messages[index]
            if one.mirakl_id == self.message:
                return index
            if self.noted_at and one.created_at <= self.noted_at:
                return index
        return None


@dataclass(frozen=True)
class Timeline:
    """`messages` are all of them; the folded ones come without their bodies."""

    messages: list[Message]
    parts: list[Part]
    replies: list[Reply] = field(default_factory=list)
    first_unread: Message | None = None
    last_inbound: Message | None = None


def timeline_of(
    thread: Thread, *, read_until: datetime | None, wanted: Wanted | None = None
) -> Timeline:
    """`read_until`: how far the reader had come; None for a first visit."""
    messages = messages_of(thread)
    unread_from = first_unread_index(messages, read_until)
    shown = shown_of(messages, unread_from, wanted or Wanted())
    load_bodies(messages, shown)
    return Timeline(
        messages=messages,
        parts=parts_of(messages, shown, unread_from),
        replies=replies_beside(thread, messages),
        first_unread=messages[unread_from] if unread_from < len(messages) else None,
        last_inbound=next((one for one in reversed(messages) if not one.is_ours), None),
    )


def unfolded(thread: Thread, *, before: str, after: str) -> Timeline:
    """What a page has folded between these two messages, or its end where it is too much at once.

    Empty where they are not known. How far the reader had come is not known any more: the page has
    moved their mark.
    """
    messages = messages_of(thread)
    indexes = {message.mirakl_id: index for index, message in enumerate(messages)}
    start, end = indexes.get(after, -1) + 1, indexes.get(before, 0)
    if after not in {"", *indexes} or start >= end:
        return Timeline(messages, [])
    shown = range(max(start, fitting_from(messages, end)), end)
    load_bodies(messages, shown)
    hidden = [fold_of(messages, range(start, shown.start), end)] if start < shown.start else []
    return Timeline(messages, [*hidden, *messages[shown.start : end]])


def messages_of(thread: Thread) -> list[Message]:
    messages = list(thread.messages.without_bodies())
    for message in messages:
        message.thread = thread
    put_between(messages, happenings_of(thread))
    return messages


def load_bodies(messages: Sequence[Message], shown: Collection[int]) -> None:
    """Give those that are shown what is shown of them, and what they may quote."""
    read = {index - back for index in shown for back in range(QUOTED_BEFORE + 1)}
    loaded = [messages[index] for index in sorted(read) if index >= 0]
    rows = Message.objects.filter(pk__in=[message.pk for message in loaded])
    beginnings = {row.pk: row.beginning for row in rows.with_beginnings().only("pk")}
    for message in loaded:
        message.beginning = beginnings[message.pk]
    previews.recall(loaded)
    prefetch_related_objects([messages[index] for index in sorted(shown)], "attachments")


def shown_of(messages: Sequence[Message], unread_from: int, wanted: Wanted) -> set[int]:
    """Where those stand that a page shows: the latest, the first ones, and what was asked for."""
    latest = latest_of(messages, unread_from, wanted)
    room = PAGE_BYTES - weight_of(messages[index] for index in latest)
    first = range(min(KEPT_FIRST, latest.start))
    shown = set(latest)
    if weight_of(messages[index] for index in first) <= room:
        shown.update(first)
    index = wanted.index_in(messages)
    if index is not None and index not in shown:
        shown.update(around(messages, index, latest.start))
    return shown


def latest_of(messages: Sequence[Message], unread_from: int, wanted: Wanted) -> range:
    """From the first unread message on, and in a long thread never less than the last fifteen."""
    start = 0
    if len(messages) > FOLD_ABOVE and not wanted.everything:
        start = min(len(messages) - KEPT_LAST, unread_from)
    return range(max(start, fitting_from(messages, len(messages))), len(messages))


def around(messages: Sequence[Message], index: int, end: int) -> range:
    """A message with those after it, up to half of what a page shows, and those before it."""
    stop, used = index + 1, 0
    while stop < end and used + (more := weight_of([messages[stop]])) <= PAGE_BYTES // 2:
        stop, used = stop + 1, used + more
    return range(fitting_from(messages, index + 1, PAGE_BYTES - used), stop)


def fitting_from(messages: Sequence[Message], end: int, room: int = PAGE_BYTES) -> int:
    """Where those begin that fit before `end`: one always does."""
    start = max(end - 1, 0)
    room -= weight_of(messages[start:end])
    while start > 0 and (room := room - weight_of([messages[start - 1]])) >= 0:
        start -= 1
    return start


def weight_of(messages: Iterable[Message]) -> int:
    return sum(min(one.size, LONGEST_BODY) + AROUND_EACH * (1 + one.files) for one in messages)


def parts_of(messages: Sequence[Message], shown: set[int], unread_from: int) -> list[Part]:
    parts: list[Part] = []
    for is_shown, group in groupby(range(len(messages)), key=shown.__contains__):
        indexes = list(group)
        if is_shown:
            parts += [messages[index] for index in indexes]
        else:
            hidden = range(indexes[0], indexes[-1] + 1)
            parts.append(fold_of(messages, hidden, unread_from))
    return parts


def fold_of(messages: Sequence[Message], hidden: range, unread_from: int) -> Fold:
    unread = range(max(hidden.start, unread_from), hidden.stop)
    return Fold(
        hidden=messages[hidden.start : hidden.stop],
        after=messages[hidden.start - 1].mirakl_id if hidden.start else "",
        before=messages[hidden.stop].mirakl_id,
        unread=sum(not messages[index].is_ours for index in unread),
    )


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
