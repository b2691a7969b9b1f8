"""The inbox: one list over every marketplace the user may see."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import DateTimeField, Exists, OuterRef, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inbox.forms.inbox import MOST_COUNTED, InboxFilters
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Draft, Marketplace, Reply, Tag, Thread, Visit
from inbox.services.marketplaces import accounts, reasons
from inbox.services.mirror import channels, previews, sync
from inbox.services.search import snippets
from inbox.services.triage import snooze_choices
from inbox.services.triage.snooze_choices import Nap
from inbox.views import presence
from inbox.views.filter_bar import Known, filter_bar
from inbox.views.sidebar import Sidebar, outside, sidebar_for
from inbox.views.toolbar import me_first

PAGE = "inbox/inbox.html"
# The worse first: of a row that has both, only this one is said.
TROUBLE = [Reply.State.FAILED, Reply.State.UNCONFIRMED]


@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """`?after=` is the next page of rows; `?wait=1` gives late marketplaces more time."""
    visible = Marketplace.objects.visible_to(request.user)
    marketplaces = list(visible.in_inbox())
    if not marketplaces and (other := visible.first()):
        return redirect(outside(other))
    if not marketplaces:
        # Nothing of the desk exists for somebody without access, this page included.
        is_admin = request.user.is_superuser
        return render(request, "inbox/no_access.html", status=200 if is_admin else 404)
    filters = InboxFilters(request.GET, marketplaces=marketplaces, user=request.user)
    if filters.is_typed:
        return redirect(filters.address())
    if request.GET.get("after") and wants_fragment(request):
        keep_to_channel(filters)
        return more(request, filters)
    waits = "wait" in request.GET
    freshness = sync.refresh(
        filters.marketplaces, deadline=settings.INBOX_PATIENCE_SECONDS if waits else None
    )
    # Who has not answered yet is not asked for more.
    silent = [one.marketplace for one in freshness if one.state != "fresh"]
    partial = keep_to_channel(filters, silent)
    context = listing(request, filters, silent=silent) | {
        "freshness": [*freshness, *partial, *sync.not_openable(filters.marketplaces)],
        "late": [] if waits else [one for one in freshness if one.state == "late"],
        "loading_history": [
            one.marketplace for one in freshness if one.marketplace.history == "loading"
        ],
        "may_load": Marketplace.objects.answerable_by(request.user),
    }
    return render_page(request, PAGE, context, partial="inbox")


def more(request: DeskRequest, filters: InboxFilters) -> HttpResponse:
    """The rows that follow, as a fragment; `?beside=1` are those beside a conversation."""
    pages = numbered(request, "pages")
    context = rows(request, filters, filters.marketplaces, pages=pages)
    context["is_beside"] = "beside" in request.GET
    if not context["is_beside"]:
        context["may_select"] = Marketplace.objects.answerable_by(request.user).exists()
    return render_page(request, PAGE, context, partial="rows")


def numbered(request: DeskRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if is_number(asked) else 1


def listing(
    request: DeskRequest, filters: InboxFilters, *, silent: Collection[Marketplace]
) -> dict[str, Any]:
    """All that a list shows, whatever it is a list of: a queue, a view, what was searched for."""
    context = rows(request, filters, silent)
    sidebar = sidebar_for(request.user, filters)
    selection = in_bulk(request, filters)
    known = Known(selection.people, selection.tags, channels_of(filters, silent))
    return context | {
        "sidebar": sidebar,
        "bar": filter_bar(filters, known),
        "count": count_of(filters, context, sidebar, is_first=not request.GET.get("after")),
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


def in_bulk(request: DeskRequest, filters: InboxFilters) -> Selection:
    visible = Marketplace.objects.visible_to(request.user).in_inbox()
    people, tags = me_first(visible.answerers(), request.user), list(Tag.objects.on(visible))
    answerable = Marketplace.objects.answerable_by(request.user).in_inbox()
    leads = Exists(Marketplace.objects.led_by(request.user).filter(pk=OuterRef("pk")))
    led = list(answerable.annotate(is_led=leads).values_list("is_led", flat=True))
    if not led:
        return Selection(people, tags)
    is_everywhere = len(led) == len(filters.all_marketplaces)
    return Selection(
        people,
        tags,
        may_select=True,
        may_share=any(led),
        bulk_people=people if is_everywhere else me_first(answerable.answerers(), request.user),
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
    request: DeskRequest, filters: InboxFilters, silent: Collection[Marketplace], pages: int = 1
) -> dict[str, Any]:
    """Of marketplaces that are `silent` nobody asks what topics are called."""
    threads, following = filters.page(request.GET.get("after", ""), pages)
    reasons.label_topics(threads, silent=silent)
    mark(request, filters, threads)
    next_query = filters.query(after=following) if following else ""
    return {"filters": filters, "threads": threads, "next_query": next_query}


def beside(
    request: DeskRequest,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> dict[str, Any]:
    """The part of a list that the current thread stands in; its topic is labelled, too."""
    threads, following = filters.around(current)
    reasons.label_topics([current, *threads], silent=silent)
    mark(request, filters, threads)
    # Its address is another page's, and its rows have no boxes.
    next_url = filters.address(after=following, beside="1") if following else ""
    return {"threads": threads, "next_url": next_url}


def mark(request: DeskRequest, filters: InboxFilters, threads: list[Thread]) -> None:
    """Say of rows what they do not hold themselves, and what was found in them."""
    mark_unread(threads, request)
    shown = snippets.of(threads, filters.words) if filters.words else {}
    for thread in threads:
        thread.snippet = shown.get(thread.pk)  # type: ignore[attr-defined]


def mark_unread(threads: list[Thread], request: DeskRequest) -> None:
    """Say of each row whether it is read, begun, in trouble, and who has it open."""
    never = Value(None, output_field=DateTimeField())
    visits = Visit.objects.filter(user=request.user, thread__in=threads)
    trouble = Reply.objects.filter(thread__in=threads, state__in=TROUBLE)
    begun = Draft.objects.filter(user=request.user, thread__in=threads)
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
    presence.mark(threads, request)
    previews.name_wordless(threads)
