"""A list of conversations: its rows, its filters, and what can be selected in it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Value
from django.http import QueryDict

from inbox.forms.inbox import MOST_COUNTED, InboxFilters
from inbox.models import Draft, Marketplace, Reply, Tag, Thread, User, Visit
from inbox.pages import presence
from inbox.pages.filter_bar import Known, filter_bar
from inbox.pages.sidebar import Sidebar, sidebar_for
from inbox.pages.toolbar import me_first
from inbox.pages.viewer import Viewer
from inbox.services.marketplaces import accounts, reasons
from inbox.services.mirror import channels, customer_languages, previews, sync
from inbox.services.search import snippets
from inbox.services.triage import snooze_choices
from inbox.services.triage.snooze_choices import Nap

# The worse first: of a row that has both, only this one is said.
TROUBLE = [Reply.State.FAILED, Reply.State.UNCONFIRMED]


def listing(
    viewer: Viewer, query: QueryDict, filters: InboxFilters, *, silent: Collection[Marketplace]
) -> dict[str, Any]:
    """All that a list shows, whatever it is a list of: a queue, a view, what was searched for."""
    context = rows(viewer, query, filters, silent)
    sidebar = sidebar_for(viewer, filters)
    selection = in_bulk(viewer, filters)
    written = customer_languages.written_on(filters.marketplaces)
    known = Known(selection.people, selection.tags, channels_of(filters, silent), written)
    return context | {
        "sidebar": sidebar,
        "bar": filter_bar(filters, known),
        "count": count_of(filters, context, sidebar, is_first=not query.get("after")),
        "most": MOST_COUNTED,
        "title": next((one.label for one in sidebar.saved if one.is_current), filters.view_label),
        "may_select": selection.may_select,
        "may_share_views": selection.may_share,
        "selection": selection,
    }


def count_of(
    filters: InboxFilters, context: dict[str, Any], sidebar: Sidebar, *, is_first: bool
) -> int:
    """How many match, counted only where nothing has told it yet."""
    if is_first and not context["next_query"]:
        return len(context["threads"])
    if not (filters.q or filters.is_search or filters.unknown_marketplace):
        found = [entry.count for entry in sidebar.views if entry.is_current]
        return (found[0] if found else None) or filters.count()
    return filters.count()


@dataclass(frozen=True)
class Selection:
    """Who and what is there, for filters; and of that, what a selection may be given."""

    people: list[User]
    tags: list[Tag]
    may_select: bool = False
    may_share: bool = False
    bulk_people: list[User] = field(default_factory=list)
    bulk_tags: list[Tag] = field(default_factory=list)
    naps: list[Nap] = field(default_factory=list)


def in_bulk(viewer: Viewer, filters: InboxFilters) -> Selection:
    visible = Marketplace.objects.visible_to(viewer.user).in_inbox()
    people, tags = me_first(visible.answerers(), viewer.user), list(Tag.objects.on(visible))
    answerable = Marketplace.objects.answerable_by(viewer.user).in_inbox()
    leads = Exists(Marketplace.objects.led_by(viewer.user).filter(pk=OuterRef("pk")))
    led = list(answerable.annotate(is_led=leads).values_list("is_led", flat=True))
    if not led:
        return Selection(people, tags)
    is_everywhere = len(led) == len(filters.all_marketplaces)
    return Selection(
        people,
        tags,
        may_select=True,
        may_share=any(led),
        bulk_people=people if is_everywhere else me_first(answerable.answerers(), viewer.user),
        bulk_tags=tags if is_everywhere else list(Tag.objects.on(answerable)),
        naps=list(snooze_choices.offered()),
    )


def keep_to_channel(
    filters: InboxFilters, silent: Collection[Marketplace] = ()
) -> list[sync.Freshness]:
    """Ask which threads came over the chosen channel; what is wrong with the answer, if any."""
    if not filters.marketplace or not filters.channel:
        return []
    found = channels.threads_on(filters.marketplace, filters.channel, silent=silent)
    filters.on_channel = found.ids
    return [sync.Freshness(filters.marketplace, "late", None, found.words)] if found.words else []


def recall_channel(filters: InboxFilters) -> None:
    """For a page beside the list: what the list last showed, as it was."""
    if filters.marketplace and filters.channel:
        filters.on_channel = channels.last_on(filters.marketplace, filters.channel).ids


def channels_of(filters: InboxFilters, silent: Collection[Marketplace]) -> list[accounts.Channel]:
    """What can be chosen, the chosen one in any case; nothing where there is only one."""
    if filters.marketplace is None:
        return []
    known = accounts.channels(filters.marketplace, silent=silent) or []
    if filters.channel and filters.channel not in {one.code for one in known}:
        known = [*known, accounts.Channel(filters.channel, filters.channel)]
    return known if len(known) > 1 or filters.channel else []


def rows(
    viewer: Viewer,
    query: QueryDict,
    filters: InboxFilters,
    silent: Collection[Marketplace],
    pages: int = 1,
) -> dict[str, Any]:
    """Of marketplaces that are `silent` nobody asks what topics are called."""
    threads, following = filters.page(query.get("after", ""), pages)
    reasons.label_topics(threads, silent=silent)
    mark(viewer, filters, threads)
    next_query = filters.query(after=following) if following else ""
    return {"filters": filters, "threads": threads, "next_query": next_query}


def beside(
    viewer: Viewer,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> dict[str, Any]:
    """The part of a list that the current thread stands in; its topic is labelled, too."""
    threads, following = filters.around(current)
    reasons.label_topics([current, *threads], silent=silent)
    mark(viewer, filters, threads)
    # Its address is another page's, and its rows have no boxes.
    next_url = filters.address(after=following, beside="1") if following else ""
    return {"threads": threads, "next_url": next_url}


def mark(viewer: Viewer, filters: InboxFilters, threads: list[Thread]) -> None:
    """Say of rows what they do not hold themselves, and what was found in them."""
    mark_unread(threads, viewer)
    shown = snippets.of(threads, filters.words) if filters.words else {}
    for thread in threads:
        thread.snippet = shown.get(thread.pk)  # type: ignore[attr-defined]


def mark_unread(threads: list[Thread], viewer: Viewer) -> None:
    """Say of each row whether it is read, begun, in trouble, and who has it open."""
    never = Value(None, output_field=DateTimeField())
    visits = Visit.objects.filter(user=viewer.user, thread__in=threads)
    trouble = Reply.objects.filter(thread__in=threads, state__in=TROUBLE)
    begun = Draft.objects.filter(user=viewer.user, thread__in=threads)
    found = visits.values_list(Value("visit"), "thread", "read_until").union(
        trouble.order_by().values_list("state", "thread", never),
        begun.order_by().values_list(Value("begun"), "thread", never),
    )
    told = {(kind, pk): moment for kind, pk, moment in found} if threads else {}
    for thread in threads:
        read = told.get(("visit", thread.pk))
        thread.is_unread = not thread.last_sender_is_ours and (  # type: ignore[attr-defined]
            read is None or read < thread.last_message_at
        )
        thread.trouble = next(  # type: ignore[attr-defined]
            (state for state in TROUBLE if (state, thread.pk) in told), ""
        )
        thread.is_begun = ("begun", thread.pk) in told  # type: ignore[attr-defined]
    presence.mark(threads, viewer)
    previews.name_wordless(threads)
