"""A row of a list of conversations: the thread, and what only its reader sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, Value

from inbox.models import Draft, Outgoing, Thread, Visit
from inbox.pages.viewer import Viewer
from inbox.services.mirror import previews
from inbox.services.people import presence
from inbox.services.people.presence import Present
from inbox.services.search import snippets
from inbox.services.search.snippets import Snippet

# The worse first: of a row that has both, only this one is said.
TROUBLE = [Outgoing.State.FAILED, Outgoing.State.UNCONFIRMED]


@dataclass(frozen=True)
class ThreadRow:
    """`wordless` is what the last message has instead of words; `trouble` a reply's state."""

    thread: Thread
    wordless: str = ""
    is_unread: bool = False
    has_draft: bool = False
    trouble: str = ""
    present: Sequence[Present] = ()
    snippet: Snippet | None = None


def rows_of(viewer: Viewer, threads: Sequence[Thread], words: str = "") -> list[ThreadRow]:
    """`words` are what the list was searched for."""
    if not threads:
        return []
    marks = _marks_of(viewer, threads)
    wordless = previews.wordless(threads)
    present = presence.on(threads, but=viewer.user)
    found = snippets.of(threads, words) if words else {}
    return [
        ThreadRow(
            thread,
            wordless=wordless.get(thread.pk, ""),
            is_unread=marks.is_unread(thread),
            has_draft=thread.pk in marks.drafted,
            trouble=marks.trouble_of(thread),
            present=present.get(thread.pk, []),
            snippet=found.get(thread.pk),
        )
        for thread in threads
    ]


def plain_rows(threads: Sequence[Thread]) -> list[ThreadRow]:
    """Without marks: the same for everybody."""
    wordless = previews.wordless(threads)
    return [ThreadRow(thread, wordless=wordless.get(thread.pk, "")) for thread in threads]


@dataclass(frozen=True)
class _Marks:
    read: dict[int, datetime]
    drafted: set[int]
    trouble: set[tuple[str, int]]

    def is_unread(self, thread: Thread) -> bool:
        read = self.read.get(thread.pk)
        return not thread.last_sender_is_ours and (read is None or read < thread.last_message_at)

    def trouble_of(self, thread: Thread) -> str:
        return next((state for state in TROUBLE if (state, thread.pk) in self.trouble), "")


def _marks_of(viewer: Viewer, threads: Sequence[Thread]) -> _Marks:
    """One query for what the desk has noted of all of them."""
    never = Value(None, output_field=DateTimeField())
    visits = Visit.objects.filter(user=viewer.user, thread__in=threads)
    trouble = Outgoing.objects.filter(thread__in=threads, state__in=TROUBLE)
    drafts = Draft.objects.filter(user=viewer.user, thread__in=threads)
    found = visits.values_list(Value("visit"), "thread", "read_until").union(
        trouble.order_by().values_list("state", "thread", never),
        drafts.order_by().values_list(Value("draft"), "thread", never),
    )
    rows = list(found)
    return _Marks(
        read={pk: moment for kind, pk, moment in rows if kind == "visit"},
        drafted={pk for kind, pk, _moment in rows if kind == "draft"},
        trouble={(kind, pk) for kind, pk, _moment in rows if kind in TROUBLE},
    )
