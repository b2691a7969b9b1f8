"""The inbox: one list over every marketplace the user may see."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inbox.forms.inbox import ENTITY_TYPES, SORTS, InboxFilters
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Draft, Marketplace, Reply, Tag, Thread, Visit
from inbox.services import channels, connection, mirror, naps, reasons
from inbox.views import presence
from inbox.views.sidebar import outside, sidebar_for
from inbox.views.toolbar import me_first

PAGE = "inbox/inbox.html"


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
    after = request.GET.get("after", "")
    if after and wants_fragment(request):
        keep_to_channel(filters)
        more = rows(request, filters, after)
        more["may_select"] = Marketplace.objects.answerable_by(request.user).exists()
        reasons.label_topics(more["threads"])
        return render_page(request, PAGE, more, partial="rows")
    waits = "wait" in request.GET
    freshness = mirror.refresh(
        filters.marketplaces, deadline=settings.INBOX_PATIENCE_SECONDS if waits else None
    )
    # Who has not answered yet is not asked for more.
    silent = [one.marketplace for one in freshness if one.state != "fresh"]
    partial = keep_to_channel(filters, silent)
    context = rows(request, filters, after)
    reasons.label_topics(context["threads"], silent=silent)
    context |= {
        "sidebar": sidebar_for(request.user, filters),
        "freshness": [*freshness, *partial, *mirror.not_openable(filters.marketplaces)],
        "channels": channels_of(filters, silent),
        "late": [] if waits else [one for one in freshness if one.state == "late"],
        "loading_history": [
            one.marketplace for one in freshness if one.marketplace.history == "loading"
        ],
        "may_load": Marketplace.objects.answerable_by(request.user),
        "entity_types": ENTITY_TYPES,
        "sorts": SORTS,
        "here": request.get_full_path(),
        **in_bulk(request),
    }
    if not (filters.q or filters.entity_type or filters.channel):
        views = context["sidebar"].views
        context["matching"] = next((entry.count for entry in views if entry.is_current), None)
    return render_page(request, PAGE, context, partial="inbox")


def in_bulk(request: DeskRequest) -> dict[str, Any]:
    """What the bar of a selection offers, where there is anything to decide."""
    answerable = Marketplace.objects.answerable_by(request.user).in_inbox()
    leads = Exists(Marketplace.objects.led_by(request.user).filter(pk=OuterRef("pk")))
    led = list(answerable.annotate(is_led=leads).values_list("is_led", flat=True))
    if not led:
        return {}
    return {
        "may_share_views": any(led),
        "bulk_people": me_first(answerable.answerers(), request.user),
        "bulk_tags": Tag.objects.on(answerable),
        "bulk_naps": naps.offered(),
        "may_select": True,
    }


def keep_to_channel(
    filters: InboxFilters, silent: Collection[Marketplace] = ()
) -> list[mirror.Freshness]:
    """Ask which threads came over the chosen channel; what is wrong with the answer, if any."""
    if not filters.marketplace or not filters.channel:
        return []
    found = channels.threads_on(filters.marketplace, filters.channel, silent=silent)
    filters.on_channel = found.ids
    return [mirror.Freshness(filters.marketplace, "late", None, found.words)] if found.words else []


def recall_channel(filters: InboxFilters) -> None:
    """For a page beside the list: what the list last showed, as it was."""
    if filters.marketplace and filters.channel:
        filters.on_channel = channels.last_on(filters.marketplace, filters.channel).ids


def channels_of(filters: InboxFilters, silent: Collection[Marketplace]) -> list[connection.Channel]:
    """What can be chosen, the chosen one in any case; nothing where there is only one."""
    if filters.marketplace is None:
        return []
    known = connection.channels(filters.marketplace, silent=silent) or []
    if filters.channel and filters.channel not in {one.code for one in known}:
        known = [*known, connection.Channel(filters.channel, filters.channel)]
    return known if len(known) > 1 or filters.channel else []


def rows(request: DeskRequest, filters: InboxFilters, after: str) -> dict[str, Any]:
    threads, following = filters.page(after)
    mark_unread(threads, request)
    return {
        "filters": filters,
        "threads": threads,
        "next_query": filters.query(after=following) if following else "",
    }


def mark_unread(threads: list[Thread], request: DeskRequest) -> None:
    """Say of each row whether it is read, begun, in trouble, and who has it open."""
    read_until = dict(
        Visit.objects.filter(user=request.user, thread__in=threads).values_list(
            "thread", "read_until"
        )
    )
    # Where there are both, "failed" is the last to be put in.
    trouble = dict(
        Reply.objects.filter(
            thread__in=threads, state__in=[Reply.State.FAILED, Reply.State.UNCONFIRMED]
        )
        .order_by("-state")
        .values_list("thread", "state")
    )
    begun = set(
        Draft.objects.filter(user=request.user, thread__in=threads).values_list("thread", flat=True)
    )
    for thread in threads:
        read = read_until.get(thread.pk)
        thread.is_unread = not thread.last_sender_is_ours and (  # type: ignore[attr-defined]
            read is None or read < thread.last_message_at
        )
        thread.trouble = trouble.get(thread.pk, "")  # type: ignore[attr-defined]
        thread.is_begun = thread.pk in begun  # type: ignore[attr-defined]
    presence.mark(threads, request)
