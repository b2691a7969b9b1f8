"""A thread's timeline: messages, changes, notes and replies as one column, folded if it is long."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.html import escape

from inbox.models import Message, Note, Outgoing, Thread, User, Visit
from inbox.models.prepared import prepared, prepared_insert
from inbox.models.threads import LONGEST_BODY
from inbox.pages import note_lines
from inbox.pages.activity import ActivityLine, group_by_message, list_changes
from inbox.pages.folding import (
    CHANGES,
    MESSAGE,
    NOTE,
    REPLY,
    Column,
    Entry,
    Part,
    Wanted,
    find_shown_places,
    fitting_from,
    fold_of,
    parts_of,
    places_of_messages,
)
from inbox.pages.message_rows import Sought, load_rows
from inbox.services.outbox import matching

# Bytes of markup: around a message, note or file; of a reply; of a line of activity.
AROUND_EACH = 1_000
AROUND_REPLY = 3_000
AROUND_CHANGE = 300
# Files of one message; its own page shows the rest.
MOST_FILES = 100
# Replies in these states may be any message that is no other reply.
MAY_BE_THERE = {Outgoing.State.SENDING, Outgoing.State.UNCONFIRMED}
# A comparison repeats the reply's text beside each candidate.
TEXTS_COMPARED = 4


@dataclass(frozen=True)
class Timeline:
    """`messages` are all of the thread's, without bodies."""

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
    words: str = "",
) -> Timeline:
    """`read_until` is the last message the reader had read; None for a first visit.

    `messages` come from `messages_of`, if read before. `words` are those of a search.
    """
    wanted = wanted or Wanted()
    messages = messages_of(thread) if messages is None else messages
    written = find_written(thread, messages)
    column = column_of(thread, messages, written.replies)
    first_unread = first_unread_index(messages, read_until)
    places = [*places_of_messages(column), len(column)]
    unread_from = places[first_unread]
    shown = find_shown_places(column, unread_from, wanted)
    sought = Sought.from_query(words, wanted.name_of(MESSAGE))
    column = load(thread, column, shown, authors=written.authors, sought=sought)
    return Timeline(
        messages=messages,
        parts=parts_of(column, shown, unread_from),
        replies=written.replies,
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
        replies=find_written(thread, messages).replies,
        notes=_notes(thread=thread.pk),
        last_inbound=last_inbound_of(messages),
    )


def last_inbound_of(messages: list[Message]) -> Message | None:
    return next((one for one in reversed(messages) if not one.is_ours), None)


def unfolded(thread: Thread, *, before: str, after: str) -> list[Part]:
    """The folded entries between these two; only the last ones if all are too many.

    Empty if the entries are unknown. Nothing counts as unread here: the page has moved the mark.
    """
    messages = messages_of(thread)
    written = find_written(thread, messages)
    column = column_of(thread, messages, written.replies)
    places = {entry.key: place for place, entry in enumerate(column)}
    start, end = places.get(after, -1) + 1, places.get(before, 0)
    if after not in {"", *places} or start >= end:
        return []
    weights = [entry.weight for entry in column]
    shown = range(max(start, fitting_from(weights, end)), end)
    column = load(thread, column, shown, authors=written.authors)
    hidden = [fold_of(column, range(start, shown.start), end)] if start < shown.start else []
    return [*hidden, *column[shown.start : end]]


# -- the column -----------------------------------------------------------


def messages_of(thread: Thread) -> list[Message]:
    messages = _messages(thread=thread.pk)
    for message in messages:
        message.thread = thread
    return messages


@prepared
def _messages(*, thread: int) -> QuerySet[Message]:
    return Message.objects.filter(thread=thread).without_bodies()


@prepared
def _notes(*, thread: int) -> QuerySet[Note]:
    return Note.objects.filter(thread=thread).without_bodies()


def column_of(thread: Thread, messages: list[Message], replies: list[Outgoing]) -> Column:
    prefetch_related_objects(replies, "files")
    return entries_of(
        messages,
        replies,
        notes=_notes(thread=thread.pk),
        changes=group_by_message(messages, list_changes(thread)),
    )


def entries_of(
    messages: list[Message],
    replies: list[Outgoing],
    *,
    notes: list[Note],
    changes: list[list[ActivityLine]] | None = None,
) -> Column:
    """Entries by time: each message with its following notes and changes; replies at the end."""
    return list(_entries(messages, replies, notes, changes or [[]] * len(messages)))


def _entries(
    messages: list[Message],
    replies: list[Outgoing],
    notes: list[Note],
    changes: list[list[ActivityLine]],
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


def load(
    thread: Thread,
    column: Column,
    shown: Collection[int],
    *,
    authors: Mapping[int, User],
    sought: Sought | None = None,
) -> Column:
    """The column, with the entries at these places loaded."""
    places = places_of_messages(column)
    messages = [column[place].item for place in places]
    indexes = [index for index, place in enumerate(places) if place in shown]
    rows = load_rows(messages, indexes, authors=authors, sought=sought)
    notes = [column[place].item for place in sorted(shown) if column[place].kind == NOTE]
    note_lines.load(thread, notes)
    loaded = list(column)
    for index, row in rows.items():
        loaded[places[index]] = replace(column[places[index]], item=row)
    return loaded


@dataclass(frozen=True)
class Written:
    """`replies` are not among the messages, or not yet. `authors` are the users who wrote our
    messages here, by the pk of the message."""

    replies: list[Outgoing]
    authors: dict[int, User]


def find_written(thread: Thread, messages: list[Message]) -> Written:
    rows = outgoing_on(thread, messages)
    ours = {one.mirakl_id: one for one in messages if one.is_ours}
    became = {reply: ours[reply.message_id] for reply in rows if reply.message_id in ours}
    replies = [one for one in rows if one.thread and one.state != Outgoing.State.DISCARDED]
    named = {reply.message_id for reply in replies}
    shown = {message.mirakl_id for message in messages}
    # Each may be one that was accepted by an answer without its id.
    nameless = [message for message in messages if message.mirakl_id not in named]
    beside = []
    for reply in replies:
        if reply.state == Outgoing.State.SENT and not reply.message_id:
            if found := next((m for m in nameless if matching.is_mirrored_as(reply, m)), None):
                # A message stands for one reply only.
                nameless.remove(found)
                became[reply] = found
                continue
        elif reply.state == Outgoing.State.SENT and reply.message_id in shown:
            continue
        beside.append(reply)
    altered = find_altered(thread, beside, nameless)
    became |= altered
    beside = [one for one in beside if one not in altered]
    authors = {message.pk: reply.author for reply, message in became.items() if reply.author}
    return Written(beside, authors)


def outgoing_on(thread: Thread, messages: list[Message]) -> list[Outgoing]:
    """The thread's replies, and the row that started it here, which has no thread."""
    first = messages[0].mirakl_id if messages else None
    rows = _outgoing(thread=thread.pk, marketplace=thread.marketplace_id, first=first)
    for reply in rows:
        reply.thread = thread if reply.thread_id == thread.pk else None
    return rows


@prepared
def _outgoing(*, thread: int, marketplace: int, first: str | None) -> QuerySet[Outgoing]:
    on_it = Q(thread=thread)
    if first is not None:
        on_it |= Q(marketplace=marketplace, message_id=first)
    return Outgoing.objects.filter(on_it).select_related("author")


def find_altered(
    thread: Thread, replies: list[Outgoing], nameless: list[Message]
) -> dict[Outgoing, Message]:
    """Replies accepted without an id whose text the marketplace changed, each with its message.

    Only if the whole thread was read since, and as many messages could be these replies.
    """
    sent = [one for one in replies if one.state == Outgoing.State.SENT and not one.message_id]
    settled = [one.settled_at for one in sent if one.settled_at]
    if not settled or thread.read_at is None or thread.read_at < max(settled):
        return {}
    if any(one.state in MAY_BE_THERE for one in replies):
        return {}
    there = [one for one in nameless if any(matching.may_be_message(reply, one) for reply in sent)]
    pairs = list(zip(sent, there, strict=False))
    if len(sent) != len(there) or not all(matching.may_be_message(*pair) for pair in pairs):
        return {}
    return dict(pairs)


def first_unread_index(messages: list[Message], read_until: datetime | None) -> int:
    """On a first visit, messages before our last one count as read."""
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
    """Record that the user has read these messages. Returns how far they had read before."""
    if not messages:
        return None
    newest = messages[-1]
    before = find_read_until(thread, user_pk)
    if before is None:
        _first_visit(thread=thread.pk, user=user_pk, read_until=newest.created_at)
    elif before < newest.created_at:
        mine = Visit.objects.filter(thread=thread, user=user_pk)
        mine.filter(read_until__lt=newest.created_at).update(read_until=newest.created_at)
    return before


@prepared_insert
def _first_visit(*, thread: int, user: int, read_until: datetime) -> Visit:
    return Visit(thread_id=thread, user_id=user, read_until=read_until)


def find_read_until(thread: Thread, user_pk: int) -> datetime | None:
    """How far the user has read; None before a first visit."""
    return next(iter(_visits(thread=thread.pk, user=user_pk)), None)


@prepared
def _visits(*, thread: int, user: int) -> QuerySet[Visit, datetime]:
    visits = Visit.objects.filter(thread=thread, user=user)
    return visits.values_list("read_until", flat=True)
