"""Parts of an order with calls of their own: fragments that fail by themselves."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages.order import OrderPartPage
from inbox.services.marketplaces import order_events, order_parts
from inbox.services.mirror import order_threads

PAGE = "inbox/order_part.html"


@require_safe
def parcels(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_parcels(where, order_id)
    numbers = [one.tracking.tracking_number for one in part.found]
    order_threads.store_numbers(where, order_id, numbers)
    return show_part(request, OrderPartPage("parcels", where, order_id, part=part))


@require_safe
def events(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """The order's timeline, with its returns."""
    where = get_asked(request, marketplace)
    timeline = order_events.fetch_timeline(where, order_id)
    return show_part(request, OrderPartPage("events", where, order_id, timeline=timeline))


@require_safe
def returns(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_returns(where, order_id)
    return show_part(request, OrderPartPage("returns", where, order_id, part=part))


@require_safe
def evaluation(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_evaluation(where, order_id)
    return show_part(request, OrderPartPage("evaluation", where, order_id, part=part))


@require_safe
def service_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """For sellers: only their credentials may call this."""
    where = get_asked(request, marketplace)
    if where.role != "seller":
        raise Http404
    part = order_parts.fetch_service_order(where, order_id)
    return show_part(request, OrderPartPage("service_order", where, order_id, part=part))


def get_asked(request: DeskRequest, slug: str) -> Marketplace:
    """404 for storefronts, which may not call any of these."""
    marketplace = get_marketplace(request, slug)
    if marketplace.is_storefront:
        raise Http404
    return marketplace


def show_part(request: DeskRequest, page: OrderPartPage) -> HttpResponse:
    return render_page(request, PAGE, {"page": page}, partial="part")
