"""What others did on a thread while a user was writing a reply."""

from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from inbox.forms.numbers import clamp, is_number
from inbox.forms.replies import ReplyForm
from inbox.models import Message, Note, Outgoing, Thread, User
from inbox.models.prepared import prepared
from inbox.pages.folding import MESSAGE, NOTE, REPLY, Wanted, find_shown_places
from inbox.pages.message_rows import MessageRow
from inbox.pages.timeline import Timeline, entries_of, load
from inbox.services.mirror import previews
from inbox.services.outbox import collision

# On their way to the customer, or perhaps there. Those that arrived are messages.
UNDER_WAY = [Outgoing.State.QUEUED, Outgoing.State.SENDING, Outgoing.State.UNCONFIRMED]


@dataclass(frozen=True)
class News:
    """The newest entries, as many as fit on a page; `left_out` counts the rest."""

    messages: list[MessageRow]
    replies: list[Outgoing]
    notes: list[Note]
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.messages or self.replies or self.notes)


@dataclass(frozen=True)
class Shown:
    """What a page has shown, as its posted form says."""

    seen: int  # pk of the message stored last; 0 if unknown
    replies: list[str]  # tokens of replies on their way
    noted: int | None  # pk of the newest note; None if the form does not say

    @classmethod
    def told(cls, form: ReplyForm) -> "Shown":
        """Read from the form, even if it is invalid."""
        form.is_valid()
        told = form.cleaned_data
        seen, noted = told.get("seen", ""), told.get("noted")
        return cls(
            clamp(int(seen)) if is_number(seen) else 0,
            told.get("shown", []),
            None if noted is None else clamp(noted),
        )

    def and_then(self, news: News) -> "Shown":
        return Shown(
            max([self.seen, *(row.message.pk for row in news.messages)]),
            [*self.replies, *(str(reply.token) for reply in news.replies)],
            max([self.noted or 0, *(note.pk for note in news.notes)]),
        )


def shown_now(timeline: Timeline) -> Shown:
    return Shown(
        max((message.pk for message in timeline.messages), default=0),
        [str(reply.token) for reply in timeline.replies],
        max((note.pk for note in timeline.notes), default=0),
    )


def newer_than(shown: Shown, thread: Thread, *, user: User) -> News:
    """Entries by others. The user's own never hold a reply back."""
    under_way = _under_way(thread=thread.pk, user=user.pk)
    replies = [one for one in under_way if str(one.token) not in shown.replies]
    is_known = shown.noted is not None
    notes = _notes(thread=thread.pk, user=user.pk, noted=shown.noted) if is_known else []
    for reply in replies:
        reply.thread = thread
    column = entries_of(newer_messages(shown, thread, user), replies, notes=notes)
    places = find_shown_places(column, 0, Wanted(everything=True))
    column = load(thread, column, places, authors={})
    kept = [column[place] for place in sorted(places)]
    return News(
        messages=recalled([one.item for one in kept if one.kind == MESSAGE]),
        replies=[one.item for one in kept if one.kind == REPLY],
        notes=[one.item for one in kept if one.kind == NOTE],
        left_out=len(column) - len(kept),
    )


@prepared
def _under_way(*, thread: int, user: int) -> QuerySet[Outgoing]:
    others = Outgoing.objects.filter(thread=thread, state__in=UNDER_WAY).exclude(author=user)
    return others.select_related("author", "marketplace").prefetch_related("files")


@prepared
def _notes(*, thread: int, user: int, noted: int) -> QuerySet[Note]:
    newer = Note.objects.filter(thread=thread, pk__gt=noted)
    return newer.exclude(author=user).without_bodies()


@prepared
def _messages(*, thread: int, seen: int) -> QuerySet[Message]:
    return collision.messages_stored_since(Thread(pk=thread), seen).without_bodies()


def recalled(rows: list[MessageRow]) -> list[MessageRow]:
    """The rows with the messages before the first of them, which they may quote."""
    earlier = previews.recall_before([row.message for row in rows], [row.beginning for row in rows])
    return [replace(row, earlier=one) for row, one in zip(rows, earlier, strict=True)]


def newer_messages(shown: Shown, thread: Thread, user: User) -> list[Message]:
    newer = _messages(thread=thread.pk, seen=shown.seen)
    if not newer:
        return []
    known = thread.replies.filter(Q(author=user) | Q(token__in=shown.replies))
    known_ids = set(known.values_list("message_id", flat=True))
    found = [message for message in newer if message.mirakl_id not in known_ids]
    for message in found:
        message.thread = thread
    return found
