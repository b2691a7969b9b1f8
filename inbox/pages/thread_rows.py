"""Rows of a list of conversations, with the viewer's own marks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, QuerySet, Value

from inbox.models import Draft, Outgoing, Tag, Thread, Visit
from inbox.pages.viewer import Viewer
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
class ThreadRow:
    """`wordless` describes a last message without text; `trouble` is the state of a reply."""

    thread: Thread
    topic: str
    tags: Sequence[Tag] = ()
    wordless: str = ""
    is_unread: bool = False
    has_draft: bool = False
    trouble: str = ""
    present: Sequence[PersonPresent] = ()
    snippet: Snippet | None = None


def rows_of(
    viewer: Viewer, threads: Sequence[Thread], topics: Mapping[int, str], words: str = ""
) -> list[ThreadRow]:
    """`topics` by the pk of the thread; `words` are what the list was searched for."""
    if not threads:
        return []
    marks = _marks_of(viewer, threads)
    wordless = previews.wordless(threads)
    present = presence.people_present(threads, but=viewer.user)
    found = snippets.find_snippets(threads, words, topics) if words else {}
    return [
        ThreadRow(
            thread,
            topics[thread.pk],
            tags=marks.tags.get(thread.pk, ()),
            wordless=wordless.get(thread.pk, ""),
            is_unread=marks.is_unread(thread),
            has_draft=thread.pk in marks.drafted,
            trouble=marks.trouble_of(thread),
            present=present.get(thread.pk, []),
            snippet=found.get(thread.pk),
        )
        for thread in threads
    ]


def plain_rows(threads: Sequence[Thread], topics: Mapping[int, str]) -> list[ThreadRow]:
    """Rows without the viewer's marks."""
    wordless = previews.wordless(threads)
    tags = _by_thread(_tags_of(threads))
    return [
        ThreadRow(
            thread,
            topics[thread.pk],
            tags=tags.get(thread.pk, ()),
            wordless=wordless.get(thread.pk, ""),
        )
        for thread in threads
    ]


@dataclass(frozen=True)
class _Marks:
    tags: dict[int, list[Tag]]
    read: dict[int, datetime]
    drafted: set[int]
    trouble: set[tuple[str, int]]

    def is_unread(self, thread: Thread) -> bool:
        read = self.read.get(thread.pk)
        return not thread.last_sender_is_ours and (read is None or read < thread.last_message_at)

    def trouble_of(self, thread: Thread) -> str:
        return next((state for state in TROUBLE if (state, thread.pk) in self.trouble), "")


def _marks_of(viewer: Viewer, threads: Sequence[Thread]) -> _Marks:
    """Tags and marks of all threads, in one query."""
    visits = Visit.objects.filter(user=viewer.user, thread__in=threads)
    trouble = Outgoing.objects.filter(thread__in=threads, state__in=TROUBLE)
    drafts = Draft.objects.filter(user=viewer.user, thread__in=threads)
    found = _tags_of(threads).union(
        visits.values_list(Value("visit"), "thread", "read_until", *NO_TAG),
        trouble.order_by().values_list("state", "thread", NEVER, *NO_TAG),
        drafts.order_by().values_list(Value("draft"), "thread", NEVER, *NO_TAG),
        all=True,
    )
    rows = list(found.order_by("tag__name"))
    return _Marks(
        tags=_by_thread([row for row in rows if row[0] == "tag"]),
        read={pk: moment for kind, pk, moment, *_tag in rows if kind == "visit"},
        drafted={pk for kind, pk, *_rest in rows if kind == "draft"},
        trouble={(kind, pk) for kind, pk, *_rest in rows if kind in TROUBLE},
    )


def _tags_of(threads: Sequence[Thread]) -> QuerySet[Any, Any]:
    rows = Thread.tags.through.objects.filter(thread__in=threads)
    columns = rows.values_list(Value("tag"), "thread", NEVER, "tag", "tag__name", "tag__colour")
    ordered: QuerySet[Any, Any] = columns.order_by("tag__name")
    return ordered


def _by_thread(rows: Iterable[Any]) -> dict[int, list[Tag]]:
    tags: defaultdict[int, list[Tag]] = defaultdict(list)
    for _kind, thread, _moment, pk, name, colour in rows:
        tags[thread].append(Tag(pk=pk, name=name, colour=colour))
    return dict(tags)
