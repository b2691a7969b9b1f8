"""A thread's messages, notes and outbox rows as one column, folded where it is long or heavy."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.html import escape

from inbox.models import Attachment, Message, Note, Outgoing, Thread, Visit
from inbox.models.threads import LONGEST_BODY
from inbox.pages import note_lines
from inbox.pages.activity import Happening, happenings_between, happenings_of
from inbox.pages.folding import (
    CHANGES,
    MESSAGE,
    NOTE,
    REPLY,
    Column,
    Entry,
    Part,
    Wanted,
    fitting_from,
    fold_of,
    parts_of,
    places_of_messages,
    shown_of,
)
from inbox.services.mirror import previews
from inbox.services.outbox import matching

# The markup around a message, a note and each file; that of a bubble; that of a line of activity.
AROUND_EACH = 1_000
AROUND_REPLY = 3_000
AROUND_CHANGE = 300
# Of one message; the rest is where it is shown whole.
MOST_FILES = 100
# Of folded messages, those right before one that is shown, as it may quote them.
QUOTED_BEFORE = 2
# Replies that may be any message which no other has become.
MAY_BE_THERE = {Outgoing.State.SENDING, Outgoing.State.UNCONFIRMED}
# What compares a reply with others shows its text again beside each.
TEXTS_COMPARED = 4


@dataclass(frozen=True)
class Timeline:
    """`messages` are all of them; the folded ones come without their bodies."""

    messages: list[Message]
    parts: list[Part]
    replies: list[Outgoing] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    first_unread: Message | None = None
    last_inbound: Message | None = None


def timeline_of(
    thread: Thread,
    *,
    read_until: datetime | None = None,
    wanted: Wanted | None = None,
    messages: list[Message] | None = None,
) -> Timeline:
    """`read_until`: how far the reader had come; None for a first visit.

    `messages` are those of `messages_of`, where they have been read.
    """
    messages = messages_of(thread) if messages is None else messages
    replies = replies_beside(thread, messages)
    column = column_of(thread, messages, replies)
    first_unread = first_unread_index(messages, read_until)
    places = [*places_of_messages(column), len(column)]
    unread_from = places[first_unread]
    shown = shown_of(column, unread_from, wanted or Wanted())
    load(thread, column, shown)
    return Timeline(
        messages=messages,
        parts=parts_of(column, shown, unread_from),
        replies=replies,
        notes=[entry.item for entry in column if entry.kind == NOTE],
        first_unread=messages[first_unread] if first_unread < len(messages) else None,
        last_inbound=last_inbound_of(messages),
    )


def outline_of(thread: Thread) -> Timeline:
    """What a composer needs of a thread's timeline: no bodies, no files, nothing shown."""
    messages = messages_of(thread)
    return Timeline(
        messages=messages,
        parts=[],
        replies=replies_beside(thread, messages),
        notes=list(thread.notes.without_bodies()),
        last_inbound=last_inbound_of(messages),
    )


def last_inbound_of(messages: list[Message]) -> Message | None:
    return next((one for one in reversed(messages) if not one.is_ours), None)


def unfolded(thread: Thread, *, before: str, after: str) -> list[Part]:
    """What a page has folded between these two entries, or its end where it is too much at once.

    Empty where they are not known. How far the reader had come is not known any more: the page has
    moved their mark.
    """
    messages = messages_of(thread)
    column = column_of(thread, messages, replies_beside(thread, messages))
    places = {entry.key: place for place, entry in enumerate(column)}
    start, end = places.get(after, -1) + 1, places.get(before, 0)
    if after not in {"", *places} or start >= end:
        return []
    weights = [entry.weight for entry in column]
    shown = range(max(start, fitting_from(weights, end)), end)
    load(thread, column, shown)
    hidden = [fold_of(column, range(start, shown.start), end)] if start < shown.start else []
    return [*hidden, *column[shown.start : end]]


# -- the column -----------------------------------------------------------


def messages_of(thread: Thread) -> list[Message]:
    messages = list(thread.messages.without_bodies())
    for message in messages:
        message.thread = thread
    return messages


def column_of(thread: Thread, messages: list[Message], replies: list[Outgoing]) -> Column:
    prefetch_related_objects(replies, "files")
    return entries_of(
        messages,
        replies,
        notes=list(thread.notes.without_bodies()),
        changes=happenings_between(messages, happenings_of(thread)),
    )


def entries_of(
    messages: list[Message],
    replies: list[Outgoing],
    *,
    notes: list[Note],
    changes: list[list[Happening]] | None = None,
) -> Column:
    """By time: each message with the notes and changes that followed it, and replies at the end."""
    return list(_entries(messages, replies, notes, changes or [[]] * len(messages)))


def _entries(
    messages: list[Message],
    replies: list[Outgoing],
    notes: list[Note],
    changes: list[list[Happening]],
) -> Iterator[Entry]:
    following = 0
    for place, message in enumerate(messages):
        yield Entry(MESSAGE, message, f"message-{message.mirakl_id}", weight_of(message))
        if place + 1 < len(messages):
            until = messages[place + 1].created_at
            while following < len(notes) and notes[following].created_at < until:
                yield _note_entry(notes[following])
                following += 1
        if changes[place]:
            weight = AROUND_CHANGE * len(changes[place])
            yield Entry(CHANGES, changes[place], f"changes-{message.mirakl_id}", weight)
    late = [*map(_note_entry, notes[following:]), *map(_reply_entry, replies)]
    yield from sorted(late, key=lambda one: one.item.created_at)


def _note_entry(note: Note) -> Entry:
    return Entry(NOTE, note, f"note-{note.pk}", note.size + AROUND_EACH)


def _reply_entry(reply: Outgoing) -> Entry:
    return Entry(REPLY, reply, f"reply-{reply.token}", weight_of_reply(reply))


def weight_of_reply(reply: Outgoing) -> int:
    texts = TEXTS_COMPARED if reply.needs_comparison else 1
    return len(escape(reply.body).encode()) * texts + AROUND_REPLY


def weight_of(message: Message) -> int:
    files = min(message.files, MOST_FILES)
    return min(message.size, LONGEST_BODY) + AROUND_EACH * (1 + files)


def load(thread: Thread, column: Column, shown: Collection[int]) -> None:
    """Give the entries at these places what is shown of them."""
    places = places_of_messages(column)
    messages = [column[place].item for place in places]
    load_bodies(messages, [index for index, place in enumerate(places) if place in shown])
    notes = [column[place].item for place in sorted(shown) if column[place].kind == NOTE]
    note_lines.load(thread, notes)


def load_bodies(messages: Sequence[Message], shown: Collection[int]) -> None:
    """Give those that are shown what is shown of them, and what they may quote."""
    read = {index - back for index in shown for back in range(QUOTED_BEFORE + 1)}
    loaded = [messages[index] for index in sorted(read) if index >= 0]
    rows = Message.objects.filter(pk__in=[message.pk for message in loaded])
    beginnings = {row.pk: row.beginning for row in rows.with_beginnings().only("pk")}
    for message in loaded:
        message.beginning = beginnings[message.pk]
    previews.recall(loaded)
    prefetch_files([messages[index] for index in sorted(shown)])


def prefetch_files(messages: Sequence[Message]) -> None:
    """Asks only where there are any."""
    has_files = any(message.files for message in messages)
    rows = Attachment.objects.all() if has_files else Attachment.objects.none()
    prefetch_related_objects(messages, Prefetch("attachments", rows))


def replies_beside(thread: Thread, messages: list[Message]) -> list[Outgoing]:
    """Those that do not stand among its messages, yet or ever.

    Says of the messages of our side which colleague has written them here, too.
    """
    replies = replies_written(thread, messages)
    named = {reply.message_id for reply in replies}
    shown = {message.mirakl_id for message in messages}
    # Each may be one that was accepted by an answer without its id.
    nameless = [message for message in messages if message.mirakl_id not in named]
    beside = [one for one in replies if not is_among(one, shown, nameless)]
    altered = altered_among(thread, beside, nameless)
    return [one for one in beside if one not in altered]


def replies_written(thread: Thread, messages: list[Message]) -> list[Outgoing]:
    """Its replies, without discarded ones; each names the author of the message it became."""
    is_its = Q(thread=thread)
    if messages:
        # A conversation that was started here began with a row that has no thread.
        is_its |= Q(marketplace=thread.marketplace, message_id=messages[0].mirakl_id)
    written = Outgoing.objects.filter(is_its).select_related("author")
    ours = {one.mirakl_id: one for one in messages if one.is_ours}
    rows = list(written)
    for reply in rows:
        if reply.message_id in ours:
            ours[reply.message_id].author = reply.author
        reply.thread = thread if reply.thread_id == thread.pk else None
    return [one for one in rows if one.thread and one.state != Outgoing.State.DISCARDED]


def is_among(reply: Outgoing, shown: set[str], nameless: list[Message]) -> bool:
    """A message stands for one reply only: the one that it is found for is taken off `nameless`."""
    if reply.state != Outgoing.State.SENT:
        return False
    if reply.message_id:
        return reply.message_id in shown
    found = next((one for one in nameless if matching.is_mirrored_as(reply, one)), None)
    if found:
        nameless.remove(found)
        found.author = reply.author
    return found is not None


def altered_among(
    thread: Thread, replies: list[Outgoing], nameless: list[Message]
) -> list[Outgoing]:
    """Those accepted without an id that stand there in other words: the marketplace changed them.

    Only where all of it has been read since, and what could be them is just as many messages.
    """
    sent = [one for one in replies if one.state == Outgoing.State.SENT and not one.message_id]
    settled = [one.settled_at for one in sent if one.settled_at]
    if not settled or thread.read_at is None or thread.read_at < max(settled):
        return []
    if any(one.state in MAY_BE_THERE for one in replies):
        return []
    there = [one for one in nameless if any(matching.may_be_message(reply, one) for reply in sent)]
    pairs = list(zip(sent, there, strict=False))
    if len(sent) != len(there) or not all(matching.may_be_message(*pair) for pair in pairs):
        return []
    for reply, message in pairs:
        message.author = reply.author
    return sent


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


def mark_read(thread: Thread, user_pk: int, messages: list[Message]) -> datetime | None:
    """Note that the user has seen all of these; returns how far they had come before."""
    if not messages:
        return None
    newest = messages[-1]
    visit, created = Visit.objects.get_or_create(
        thread=thread, user_id=user_pk, defaults={"read_until": newest.created_at}
    )
    if created:
        return None
    before = visit.read_until
    if before < newest.created_at:
        Visit.objects.filter(pk=visit.pk).update(read_until=newest.created_at)
    return before
