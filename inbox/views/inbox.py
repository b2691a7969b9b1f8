"""The inbox: one list over all marketplaces the user may see."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.pages.sidebar import outside
from inbox.pages.thread_list import Asked, InboxPage, inbox_page, keep_to_channel, thread_list
from inbox.services.mirror import sync
from inbox.services.search.thread_list import InboxFilters

PAGE = "inbox/inbox.html"


@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    """`?after=` is the next page of rows. `?wait=1` gives late marketplaces more time."""
    marketplaces = request.viewer.in_inbox
    if not marketplaces and request.viewer.marketplaces:
        return redirect(outside(request.viewer.marketplaces[0]))
    if not marketplaces:
        # For users without access no page exists, not even this one.
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
    # Marketplaces that have not answered are not called again.
    silent = [one.marketplace for one in freshness if one.state != "fresh"]
    partial = keep_to_channel(filters, silent)
    asked = Asked(
        freshness=[*freshness, *partial],
        late=[] if waits else [one for one in freshness if one.state == "late"],
        loading_history=[
            one.marketplace for one in freshness if one.marketplace.mirror.history == "loading"
        ],
        may_load=[one for one in marketplaces if request.viewer.may_answer(one)],
    )
    page = inbox_page(request.viewer, request.GET, filters, silent=silent, asked=asked)
    return show(request, page)


def show(request: DeskRequest, page: InboxPage) -> HttpResponse:
    context = {"page": page, "list": page.list, "sidebar": page.sidebar}
    return render_page(request, PAGE, context, partial="inbox")


def more(request: DeskRequest, filters: InboxFilters) -> HttpResponse:
    """The next rows, as a fragment. `?compact=1`: for the list beside a conversation."""
    pages = numbered(request, "pages")
    found = thread_list(request.viewer, request.GET, filters, filters.marketplaces, pages=pages)
    is_compact = "compact" in request.GET
    may_select = not is_compact and request.viewer.writes_anywhere
    found = replace(found, is_compact=is_compact, may_select=may_select)
    return render_page(request, PAGE, {"list": found}, partial="rows")


def numbered(request: DeskRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if is_number(asked) else 1
