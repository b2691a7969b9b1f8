"""A page with a list of conversations: rows, filters, and the bulk actions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from inbox.kept import Shown
from inbox.models import Marketplace, Tag, Thread, User
from inbox.models.prepared import prepared
from inbox.pages.badges import PersonShown
from inbox.pages.filter_bar import FilterBar, Known, filter_bar
from inbox.pages.sidebar import Sidebar, sidebar_for
from inbox.pages.thread_rows import TagShown, ThreadRow, read_rows
from inbox.pages.toolbar import me_first
from inbox.pages.viewer import Viewer
from inbox.services.marketplaces import accounts, reasons
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.marketplaces.reasons import Reasons
from inbox.services.mirror import channels, customer_languages, sync
from inbox.services.people.colleagues import find_answerers
from inbox.services.search.corrections import Correction
from inbox.services.search.thread_list import MOST_COUNTED, Count, InboxFilters
from inbox.services.triage import snooze_choices
from inbox.services.triage.snooze_choices import SnoozeChoice


@dataclass(frozen=True)
class ThreadList:
    """Rows of a list, and the query string of the following ones; empty at the end."""

    filters: InboxFilters
    rows: Sequence[ThreadRow]
    next_query: str = ""
    may_select: bool = False
    is_compact: bool = False
    # Of the list's marketplaces, as far as known.
    reasons: Reasons = field(default_factory=dict)


@dataclass(frozen=True)
class Neighbours:
    """The part of a list beside an open conversation, whose topic is `topic`."""

    rows: Sequence[ThreadRow]
    topic: str
    next_url: str = ""


@dataclass(frozen=True)
class BulkMenus(Shown):
    """People and tags that can be given to selected rows."""

    me: int
    people: tuple[PersonShown, ...]
    tags: tuple[TagShown, ...]
    snooze_choices: tuple[SnoozeChoice, ...]


@dataclass(frozen=True)
class Selection:
    """People and tags to filter by, and what can be done with selected rows."""

    people: list[User]
    tags: list[Tag]
    may_share: bool = False
    bulk: BulkMenus | None = None

    @property
    def may_select(self) -> bool:
        return self.bulk is not None


@dataclass(frozen=True)
class Asked:
    """The answers of a list's marketplaces; the page asks `late` ones again."""

    freshness: Sequence[Freshness] = ()
    late: Sequence[Freshness] = ()
    loading_history: Sequence[Marketplace] = ()
    may_load: Sequence[Marketplace] = ()


@dataclass(frozen=True)
class InboxPage:
    """A list and all around it: a queue, a saved view, or a search."""

    list: ThreadList
    sidebar: Sidebar
    bar: FilterBar
    selection: Selection
    title: Any
    count: Count
    asked: Asked = field(default_factory=Asked)
    # For a search without results: a correction, and marketplaces to look up an order on.
    correction: Correction | None = None
    corrected_url: str = ""
    marketplaces: Sequence[Marketplace] = ()

    @property
    def filters(self) -> InboxFilters:
        return self.list.filters


def inbox_page(
    viewer: Viewer,
    query: QueryDict,
    filters: InboxFilters,
    *,
    silent: Collection[Marketplace],
    asked: Asked | None = None,
) -> InboxPage:
    """Labels of topics of `silent` marketplaces come from the cache only."""
    selection = in_bulk(viewer)
    listed = replace(thread_list(viewer, query, filters, silent), may_select=selection.may_select)
    sidebar = sidebar_for(viewer, filters)
    written = customer_languages.list_languages(filters.marketplaces)
    known = Known(
        selection.people,
        selection.tags,
        channels_of(filters, silent),
        written,
        reasons.choose_for_messages(listed.reasons),
    )
    return InboxPage(
        list=listed,
        sidebar=sidebar,
        bar=filter_bar(filters, known),
        selection=selection,
        title=next((one.label for one in sidebar.saved if one.is_current), filters.view_label),
        count=count_of(listed, sidebar, is_first=not query.get("after")),
        asked=replace(
            asked,
            freshness=[
                *asked.freshness,
                *sync.report_not_openable(filters.marketplaces, sidebar.unopenable),
            ],
        )
        if asked
        else Asked(),
    )


def count_of(listed: ThreadList, sidebar: Sidebar, *, is_first: bool) -> Count:
    """The number of matching threads, with a query only where it is not known yet."""
    filters, shown = listed.filters, len(listed.rows)
    if is_first and not listed.next_query:
        return Count(shown)
    if not (filters.q or filters.is_search or filters.unknown_marketplace):
        found = [entry.count for entry in sidebar.views if entry.is_current]
        if found and found[0]:
            return Count(min(found[0], MOST_COUNTED), found[0] > MOST_COUNTED)
    count = filters.count()
    return replace(count, number=max(count.number, shown))


def in_bulk(viewer: Viewer) -> Selection:
    visible = viewer.in_inbox
    people, tags = people_on(viewer, visible), tags_on(visible)
    answerable = [one for one in visible if viewer.may_answer(one)]
    if not answerable:
        return Selection(people, tags)
    is_everywhere = len(answerable) == len(visible)
    return Selection(
        people,
        tags,
        may_share=any(map(viewer.leads, answerable)),
        bulk=_bulk_menus(
            viewer,
            people if is_everywhere else people_on(viewer, answerable),
            tags if is_everywhere else tags_on(answerable),
        ),
    )


def _bulk_menus(viewer: Viewer, people: list[User], tags: list[Tag]) -> BulkMenus:
    return BulkMenus(
        viewer.user.pk,
        tuple(PersonShown.from_user(one, viewer.user) for one in people),
        tuple(TagShown.from_tag(one) for one in tags),
        tuple(snooze_choices.list_snooze_choices()),
    )


def people_on(viewer: Viewer, marketplaces: list[Marketplace]) -> list[User]:
    """Users who may answer on one of them, the viewer first."""
    return me_first(find_answerers(marketplaces=[one.pk for one in marketplaces]), viewer.user)


def tags_on(marketplaces: list[Marketplace]) -> list[Tag]:
    return _tags(marketplaces=[one.pk for one in marketplaces])


@prepared
def _tags(*, marketplaces: list[int]) -> QuerySet[Tag]:
    return Tag.objects.on(marketplaces)


def keep_to_channel(filters: InboxFilters, silent: Collection[Marketplace] = ()) -> list[Freshness]:
    """Ask for the threads of the chosen channel. Returns the problem, if there is one."""
    if not filters.marketplace or not filters.channel:
        return []
    found = channels.fetch_channel_threads(filters.marketplace, filters.channel, silent=silent)
    filters.on_channel = found.ids
    return [Freshness(filters.marketplace, "late", None, found.words)] if found.words else []


def recall_channel(filters: InboxFilters) -> None:
    """Use the channel's threads as the list last showed them, for a page beside it."""
    if filters.marketplace and filters.channel:
        filters.on_channel = channels.get_last_channel_threads(
            filters.marketplace, filters.channel
        ).ids


def channels_of(filters: InboxFilters, silent: Collection[Marketplace]) -> list[accounts.Channel]:
    """Channels to choose from, with the chosen one; none where there is only one."""
    if filters.marketplace is None:
        return []
    known = accounts.list_channels(filters.marketplace, silent=silent) or []
    if filters.channel and filters.channel not in {one.code for one in known}:
        known = [*known, accounts.Channel(filters.channel, filters.channel)]
    return known if len(known) > 1 or filters.channel else []


def thread_list(
    viewer: Viewer,
    query: QueryDict,
    filters: InboxFilters,
    silent: Collection[Marketplace],
    pages: int = 1,
) -> ThreadList:
    """Labels of topics of `silent` marketplaces come from the cache only."""
    threads, following = filters.light_page(query.get("after", ""), pages)
    known = reasons.read_reasons(threads, silent=silent, beside=filters.marketplaces)
    topics = reasons.name_topics(threads, known)
    rows = read_rows(viewer, threads, topics, filters.words, filters.shown_effect)
    next_query = filters.query(after=following) if following else ""
    return ThreadList(filters, rows, next_query, reasons=known)


def neighbours_of(
    viewer: Viewer,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> Neighbours:
    """The part of the list around the current thread."""
    threads, following = filters.around(current)
    topics = reasons.find_topics([current, *threads], silent=silent)
    # The URL of the list itself, for rows without checkboxes.
    next_url = filters.address(after=following, compact="1") if following else ""
    words, effect = filters.words, filters.shown_effect
    rows = read_rows(viewer, threads, topics, words, effect, opened=[current.pk])
    return Neighbours(rows, topics[current.pk], next_url)
