"""Rows of a list of conversations, with the viewer's own marks."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db.models import BigIntegerField, CharField, DateTimeField, QuerySet, Value
from django.utils import timezone

from inbox.dates import format_brief, format_exact, format_moment
from inbox.kept import Rows, Shown
from inbox.models import Draft, Marketplace, Outgoing, Tag, Thread, Visit
from inbox.models.light_rows import LightThread, Listed, make_threads
from inbox.models.prepared import prepared
from inbox.models.queues import columns_of
from inbox.pages.badges import Badge
from inbox.pages.clock import A_MINUTE, Clock, clock_of
from inbox.pages.effect import explain
from inbox.pages.viewer import Viewer
from inbox.services.insight.effect import Effect
from inbox.services.mirror import previews
from inbox.services.people import presence
from inbox.services.people.presence import PersonPresent
from inbox.services.search import snippets
from inbox.services.search.snippets import Snippet

# The worse first: a row with both shows only this one.
TROUBLE = [Outgoing.State.FAILED, Outgoing.State.UNCONFIRMED]
NEVER = Value(None, output_field=DateTimeField())
NO_TAG = [Value(0, output_field=BigIntegerField()), *[Value("", output_field=CharField())] * 2]


@dataclass(frozen=True)
class TagShown(Shown):
    pk: int
    name: str
    colour: str

    @classmethod
    def from_tag(cls, tag: Tag) -> Self:
        return cls(tag.pk, tag.name, tag.colour)


@dataclass(frozen=True)
class Snooze(Shown):
    until: str
    exactly: str


@dataclass(frozen=True)
class Preview(Shown):
    """The last message: its text, or words about one without text.

    `side` wrote it, unless that is ours or the one that the row names.
    """

    text: str
    is_ours: bool
    side: str


@dataclass(frozen=True)
class Present(Shown):
    """Who else has the conversation open; the state of the first."""

    state: str
    words: str


@dataclass(frozen=True)
class ThreadRow(Shown):
    """`trouble` is the state of a reply; `url` leads to the match of a search; a current one is
    opened beside the list."""

    pk: int
    url: str
    is_closed: bool
    marketplace: Badge
    who: str
    second_name: str
    entity: str
    topic: str
    preview: Preview
    clock: Clock
    snoozed: Snooze | None
    assignee: Badge | None
    has_attachments: bool
    last_message_at: datetime
    moment: str
    exactly: str
    tags: tuple[TagShown, ...]
    is_unread: bool = False
    has_draft: bool = False
    trouble: str = ""
    present: Present | None = None
    is_current: bool = False
    snippet: Snippet | None = None
    # Why it stands here, in a list by effect.
    why: str = ""


def read_rows(
    viewer: Viewer,
    threads: Sequence[Listed],
    topics: Mapping[int, str],
    words: str = "",
    effect: Effect | None = None,
    opened: Collection[int] = (),
) -> Sequence[ThreadRow]:
    """As `build_rows`. Without words, rows of a queue know what they show before they are built."""
    if words:
        return build_rows(viewer, make_threads(threads), topics, words, effect, opened)
    beside = _read_beside(viewer, threads, topics, effect, opened)
    return Rows(
        threads,
        lambda some: _rows_beside(make_threads(some), beside),
        lambda: _all_shown(threads, beside),
    )


def build_rows(
    viewer: Viewer,
    threads: Sequence[Thread],
    topics: Mapping[int, str],
    words: str = "",
    effect: Effect | None = None,
    opened: Collection[int] = (),
) -> list[ThreadRow]:
    """`topics` by the pk of the thread; `words` are what the list was searched for, `effect` is
    what it is sorted by, and the threads in `opened` are opened beside it."""
    if not threads:
        return []
    found = snippets.find_snippets(threads, words, topics) if words else {}
    rows = _rows_beside(threads, _read_beside(viewer, threads, topics, effect, opened))
    return [_with_snippet(row, found[row.pk]) for row in rows] if found else rows


class _Beside(NamedTuple):
    """What a row shows beside its thread."""

    topic: str
    tags: tuple[TagShown, ...]
    is_unread: bool
    has_draft: bool
    trouble: str
    present: Present | None
    is_current: bool
    why: str


def _read_beside(
    viewer: Viewer,
    threads: Sequence[Listed],
    topics: Mapping[int, str],
    effect: Effect | None,
    opened: Collection[int],
) -> dict[int, _Beside]:
    """By the pk of the thread."""
    marks = _marks_of(viewer, threads)
    people = presence.people_present(threads, but=viewer.user)
    return {
        one.pk: _Beside(
            topics[one.pk],
            marks.tags.get(one.pk, ()),
            marks.is_unread(one),
            one.pk in marks.drafted,
            marks.trouble_of(one),
            _present(people.get(one.pk, ())),
            one.pk in opened,
            explain(one, effect) if effect else "",
        )
        for one in threads
    }


def _rows_beside(threads: Sequence[Thread], beside: Mapping[int, _Beside]) -> list[ThreadRow]:
    wordless = previews.wordless(threads)
    return [_row(one, wordless.get(one.pk, ""), **beside[one.pk]._asdict()) for one in threads]


def _all_shown(threads: Sequence[Listed], beside: Mapping[int, _Beside]) -> list[Hashable]:
    """All that each of these rows shows: it looks the same as long as it is equal."""
    now, marketplaces = timezone.now(), {one.marketplace_id: one.marketplace for one in threads}
    today, columns = (
        timezone.localdate(now),
        {pk: repr(columns_of(one)) for pk, one in marketplaces.items()},
    )
    return [
        (one.values, columns[one.marketplace_id], today, _spans(one, now), beside[one.pk])
        if isinstance(one, LightThread) and _has_words(one)
        else None
        for one in threads
    ]


def _has_words(thread: LightThread) -> bool:
    """Without a text, a row tells what the last message holds, by a query."""
    return bool(thread.preview) or not thread.message_count


def _spans(thread: Listed, now: datetime) -> Hashable:
    """What the clock changes on a row, in minutes: spans of time, and whether it is snoozed."""
    due, since, snoozed = thread.due_at, thread.shop_reply_needed_since, thread.snoozed_until
    return (
        (due - now) // A_MINUTE if due else (now - thread.last_message_at) // A_MINUTE,
        since and (now - since) // A_MINUTE,
        snoozed and snoozed > now,
    )


def plain_rows(threads: Sequence[Thread], topics: Mapping[int, str]) -> list[ThreadRow]:
    """Rows without the viewer's marks."""
    wordless = previews.wordless(threads)
    tags = _by_thread(_tags_of([thread.pk for thread in threads]))
    return [
        _row(one, wordless.get(one.pk, ""), topic=topics[one.pk], tags=tags.get(one.pk, ()))
        for one in threads
    ]


def _row(thread: Thread, wordless: str, **beside: Any) -> ThreadRow:
    return ThreadRow(
        pk=thread.pk,
        url=thread.get_absolute_url(),
        is_closed=thread.status == Thread.Status.CLOSED,
        marketplace=Badge.of_marketplace(thread.marketplace),
        who=thread.who,
        second_name=thread.second_name,
        entity=thread.entity_label,
        preview=_preview(thread, wordless),
        clock=clock_of(thread),
        snoozed=_snooze(thread),
        assignee=Badge.from_user(thread.assignee) if thread.assignee else None,
        has_attachments=thread.has_attachments,
        last_message_at=thread.last_message_at,
        moment=format_brief(thread.last_message_at),
        exactly=format_exact(thread.last_message_at),
        **beside,
    )


def _preview(thread: Thread, wordless: str) -> Preview:
    named = "CUSTOMER" if thread.marketplace.role == Marketplace.Role.SELLER else "SHOP"
    wrote = thread.last_sender_side
    is_named = thread.last_sender_is_ours or wrote == named
    return Preview(
        thread.preview or wordless, thread.last_sender_is_ours, "" if is_named else wrote
    )


def _snooze(thread: Thread) -> Snooze | None:
    until = thread.snoozed_until if thread.is_snoozed else None
    return Snooze(format_moment(until), format_exact(until)) if until else None


def _present(people: Sequence[PersonPresent]) -> Present | None:
    if not people:
        return None
    return Present(people[0].state, ", ".join(one.words for one in people))


def _with_snippet(row: ThreadRow, snippet: Snippet) -> ThreadRow:
    return replace(row, snippet=snippet, url=snippet.url or row.url)


@dataclass(frozen=True)
class _Marks:
    tags: dict[int, tuple[TagShown, ...]]
    read: dict[int, datetime]
    drafted: set[int]
    trouble: set[tuple[str, int]]

    def is_unread(self, thread: Listed) -> bool:
        read = self.read.get(thread.pk)
        return not thread.last_sender_is_ours and (read is None or read < thread.last_message_at)

    def trouble_of(self, thread: Listed) -> str:
        return next((state for state in TROUBLE if (state, thread.pk) in self.trouble), "")


def _marks_of(viewer: Viewer, threads: Sequence[Listed]) -> _Marks:
    """Tags and marks of all threads, in one query."""
    rows = _read_marks(user=viewer.user.pk, threads=[thread.pk for thread in threads])
    return _Marks(
        tags=_by_thread([row for row in rows if row[0] == "tag"]),
        read={pk: moment for kind, pk, moment, *_tag in rows if kind == "visit"},
        drafted={pk for kind, pk, *_rest in rows if kind == "draft"},
        trouble={(kind, pk) for kind, pk, *_rest in rows if kind in TROUBLE},
    )


@prepared
def _read_marks(*, user: int, threads: list[int]) -> QuerySet[Any, Any]:
    visits = Visit.objects.filter(user=user, thread__in_array=threads)
    trouble = Outgoing.objects.filter(thread__in_array=threads, state__in=TROUBLE)
    drafts = Draft.objects.filter(user=user, thread__in_array=threads)
    found = _tags_of(threads).union(
        visits.values_list(Value("visit"), "thread", "read_until", *NO_TAG),
        trouble.order_by().values_list("state", "thread", NEVER, *NO_TAG),
        drafts.order_by().values_list(Value("draft"), "thread", NEVER, *NO_TAG),
        all=True,
    )
    return found.order_by("tag__name")


def _tags_of(threads: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Thread.tags.through.objects.filter(thread__in_array=threads)
    columns = rows.values_list(Value("tag"), "thread", NEVER, "tag", "tag__name", "tag__colour")
    ordered: QuerySet[Any, Any] = columns.order_by("tag__name")
    return ordered


def _by_thread(rows: Iterable[Any]) -> dict[int, tuple[TagShown, ...]]:
    tags: defaultdict[int, tuple[TagShown, ...]] = defaultdict(tuple)
    for _kind, thread, _moment, pk, name, colour in rows:
        tags[thread] += (TagShown(pk, name, colour),)
    return dict(tags)
