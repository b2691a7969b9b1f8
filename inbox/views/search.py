"""Search over every conversation that the desk has seen. The mirror only: Mirakl is not asked."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.forms.inbox import SEARCH, InboxFilters
from inbox.htmx import DeskRequest, wants_fragment
from inbox.pages.sidebar import outside
from inbox.pages.thread_list import InboxPage, inbox_page, keep_to_channel
from inbox.services.search import corrections, query_language
from inbox.views.inbox import more, show


@require_safe
@desk_page
def search(request: DeskRequest) -> HttpResponse:
    """`?q=`; an order's exact number leads there at once, unless `?list=1`. `?after=`: more."""
    if not (marketplaces := request.viewer.in_inbox):
        # A storefront's customers, and an old instance's messages, are found in their own places.
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
    if is_first and (orders := query_language.order_of(filters.q, marketplaces)):
        return redirect(orders[0] if len(orders) == 1 else orders[0].order_url)
    page = inbox_page(request.viewer, request.GET, filters, silent=marketplaces)
    return show(request, corrected(replace(page, marketplaces=marketplaces), request))


def corrected(page: InboxPage, request: DeskRequest) -> InboxPage:
    """Where nothing is found: with what may have been meant."""
    filters = page.filters
    is_told = bool(filters.asked.problems or filters.misspelt)
    if page.list.rows or is_told or "after" in request.GET:
        return page
    found = corrections.correct(filters.marketplaces, filters.words)
    if not found:
        return page
    url = filters.address(q=query_language.join(found.text, filters.parts))
    return replace(page, correction=found, corrected_url=url)
