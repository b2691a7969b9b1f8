"""Search over all conversations in the mirror. Mirakl is not asked."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.htmx import DeskRequest, wants_fragment
from inbox.pages.sidebar import outside
from inbox.pages.thread_list import InboxPage, inbox_page, keep_to_channel
from inbox.services.search import corrections, query_language
from inbox.services.search.list_views import SEARCH
from inbox.services.search.thread_list import InboxFilters
from inbox.views.inbox import more, show


@require_safe
@desk_page
def search(request: DeskRequest) -> HttpResponse:
    """An exact order number in `?q=` redirects to its conversation, unless `?list=1`. `?after=` is
    the next page."""
    if not (marketplaces := request.viewer.in_inbox):
        # Storefronts and legacy instances have lists of their own.
        return redirect(outside(request.viewer.marketplaces[0]))
    asked = request.GET.copy()
    asked["view"] = SEARCH
    filters = InboxFilters(asked, marketplaces=marketplaces, user=request.user)
    if filters.is_typed:
        return redirect(filters.address())
    keep_to_channel(filters)
    if request.GET.get("after") and wants_fragment(request):
        return more(request, filters)
    is_first = not {"list", "after"} & request.GET.keys()
    if is_first and (orders := query_language.find_order_threads(filters.q, marketplaces)):
        return redirect(orders[0] if len(orders) == 1 else orders[0].order_url)
    page = inbox_page(request.viewer, request.GET, filters, silent=marketplaces)
    return show(request, corrected(replace(page, marketplaces=marketplaces), request))


def corrected(page: InboxPage, request: DeskRequest) -> InboxPage:
    """The page without results, with a suggested correction."""
    filters = page.filters
    is_told = bool(filters.asked.problems or filters.misspelt)
    if page.list.rows or is_told or "after" in request.GET:
        return page
    found = corrections.find_correction(filters.marketplaces, filters.words)
    if not found:
        return page
    url = filters.address(q=query_language.join_query(found.text, filters.parts))
    return replace(page, correction=found, corrected_url=url)
