"""A conversation's page: timeline, composer, and the panes beside them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from django.http import QueryDict

from inbox.forms.replies import ReplyForm
from inbox.models import Marketplace, Message, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.pages import presence
from inbox.pages.composer import Composer, composer
from inbox.pages.drafts import drafts_on
from inbox.pages.folding import MESSAGE, NOTE, REPLY, Wanted
from inbox.pages.news import Shown
from inbox.pages.note_lines import NoteBox, note_box
from inbox.pages.presence import Others
from inbox.pages.thread_list import Neighbours, neighbours_of, recall_channel
from inbox.pages.thread_rows import ThreadRow, build_rows
from inbox.pages.timeline import (
    Timeline,
    find_read_until,
    mark_read,
    messages_of,
    timeline_of,
)
from inbox.pages.toolbar import Toolbar, toolbar
from inbox.pages.viewer import Viewer
from inbox.services import audit
from inbox.services.marketplaces import reasons
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.people import colleagues, notifications
from inbox.services.search.thread_list import InboxFilters

BESIDE = 50


@dataclass(frozen=True)
class Late:
    """A marketplace that has not answered yet. Both are query strings of the page's URL: `again`
    loads the whole page with more time, `finish` only the timeline.
    """

    freshness: Freshness
    again: str
    finish: str


@dataclass(frozen=True)
class ThreadPage:
    """`filters` are those of the list that the reader came from. `read_until` is the last message
    they had read before; None on a first visit."""

    thread: Thread
    filters: InboxFilters
    may_answer: bool
    timeline: Timeline
    toolbar: Toolbar
    composer: Composer
    notes: NoteBox
    presence: Others
    neighbours: Neighbours
    read_until: datetime | None
    freshness: Sequence[Freshness] = ()
    late: Late | None = None

    @property
    def topic(self) -> str:
        return self.neighbours.topic


@dataclass(frozen=True)
class ThreadPart:
    """The parts of the page that a fragment shows."""

    thread: Thread
    filters: InboxFilters
    topic: str = ""
    may_answer: bool = True
    timeline: Timeline | None = None
    toolbar: Toolbar | None = None
    composer: Composer | None = None
    notes: NoteBox | None = None
    shown: Shown | None = None
    freshness: Sequence[Freshness] = ()


def thread_page(
    viewer: Viewer,
    query: QueryDict,
    current: Thread,
    form: ReplyForm | None = None,
    *,
    silent: Collection[Marketplace] = (),
) -> ThreadPage:
    """All that the thread's page shows, as a visit; `form` is a rejected form.

    Labels of topics of `silent` marketplaces come from the cache only.
    """
    messages = messages_of(current)
    read_until = visit(viewer, current, messages)
    beside = neighbours(viewer, filters_of(viewer, query), current, silent)
    page = _page_of(viewer, query, current, messages, read_until, form=form, neighbours=beside)
    presence.arrive(viewer, current)
    return page


def panes_of(viewer: Viewer, query: QueryDict, current: Thread) -> ThreadPage:
    """The thread's page without its list. No visit: it writes nothing and calls no marketplace."""
    messages = messages_of(current)
    topic = reasons.find_topic(current, silent=[current.marketplace])
    read_until = find_read_until(current, viewer.user.pk)
    return _page_of(viewer, query, current, messages, read_until, neighbours=Neighbours([], topic))


def visit(viewer: Viewer, current: Thread, messages: list[Message]) -> datetime | None:
    """Record that the viewer has seen all of it. Returns how far they had read before."""
    audit.record_reading(current)
    notifications.mark_seen([current], viewer.user)
    return mark_read(current, viewer.user.pk, messages)


def _page_of(
    viewer: Viewer,
    query: QueryDict,
    current: Thread,
    messages: list[Message],
    read_until: datetime | None,
    *,
    neighbours: Neighbours,
    form: ReplyForm | None = None,
) -> ThreadPage:
    filters = filters_of(viewer, query)
    timeline = timeline_of(
        current,
        read_until=read_until,
        wanted=wanted_in(query),
        messages=messages,
        words=filters.words,
    )
    drafts = drafts_on(viewer, current)
    team = colleagues.find_team(current.marketplace)
    return ThreadPage(
        thread=current,
        filters=filters,
        may_answer=viewer.may_answer(current.marketplace),
        timeline=timeline,
        read_until=read_until,
        neighbours=neighbours,
        toolbar=toolbar(viewer, current, team=team),
        notes=note_box(viewer, current, query.get("mode", ""), drafts=drafts, team=team),
        presence=presence.others(viewer, current),
        composer=composer(viewer, query, current, timeline, form, drafts=drafts),
    )


def version_of(thread: Thread, messages: list[Message]) -> str:
    """Changes with what M10 can change of a thread's page."""
    moments = [thread.updated_at, thread.shop_reply_needed_since, thread.snoozed_until]
    stamps = [moment and moment.timestamp() for moment in moments]
    newest = max((message.pk for message in messages), default=0)
    told = [*stamps, thread.status, thread.assignee_id, len(messages), newest]
    return blake2s(repr(told).encode(), digest_size=8).hexdigest()


def row_left(viewer: Viewer, filters: InboxFilters, current: Thread, pk: int) -> ThreadRow | None:
    """The row of the thread that the viewer has just left; None if it has left the list too."""
    if current.marketplace.is_storefront:
        threads = same_reader(current)
    else:
        recall_channel(filters)
        threads = filters.threads()
    found = list(threads.for_rows().filter(pk=pk))
    topics = reasons.find_topics(found, silent=[current.marketplace])
    rows = build_rows(viewer, found, topics, filters.words, filters.shown_effect)
    return next(iter(rows), None)


def filters_of(viewer: Viewer, query: QueryDict) -> InboxFilters:
    """The filters of the list that the agent came from."""
    return InboxFilters(query, marketplaces=viewer.in_inbox, user=viewer.user)


def wanted_in(query: QueryDict) -> Wanted:
    """The entry that the URL asks to see."""
    named = ((kind, query.get(kind)) for kind in (MESSAGE, NOTE, REPLY))
    key = next((f"{kind}-{name}" for kind, name in named if name), "")
    return Wanted(everything="all" in query, key=key)


def neighbours(
    viewer: Viewer,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> Neighbours:
    """The list that the agent came from, read from the mirror."""
    if current.marketplace.is_storefront:
        theirs = same_reader(current).for_rows().by_newest()[:BESIDE]
        threads = list(theirs)
        topics = reasons.find_topics([current, *threads], silent=silent)
        rows = build_rows(viewer, threads, topics, opened=[current.pk])
        return Neighbours(rows, topics[current.pk])
    recall_channel(filters)
    return neighbours_of(viewer, filters, current, silent)


def same_reader(current: Thread) -> ThreadQuerySet:
    """Threads that a reader of this one may read. A storefront reads one customer's only."""
    threads = Thread.objects.filter(marketplace=current.marketplace)
    if current.marketplace.is_storefront:
        return threads.filter(customer_id=current.customer_id)
    return threads
