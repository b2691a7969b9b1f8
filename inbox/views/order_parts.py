"""Parts of an order that Mirakl tells by themselves: each is a fragment that fails by itself."""

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.services.marketplaces import order_events, order_parts
from inbox.services.mirror import order_threads

PAGE = "inbox/order_part.html"


@require_safe
def parcels(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_parcels(where, order_id)
    numbers = [one.tracking.tracking_number for one in part.found]
    order_threads.keep_numbers(where, order_id, numbers)
    return shown(request, where, order_id, {"name": "parcels", "part": part})


@require_safe
def events(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """All that happened to the order, its returns among it."""
    where = get_asked(request, marketplace)
    timeline = order_events.fetch_timeline(where, order_id)
    return shown(request, where, order_id, {"name": "events", "timeline": timeline})


@require_safe
def returns(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_returns(where, order_id)
    return shown(request, where, order_id, {"name": "returns", "part": part})


@require_safe
def evaluation(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = get_asked(request, marketplace)
    part = order_parts.fetch_evaluation(where, order_id)
    return shown(request, where, order_id, {"name": "evaluation", "part": part})


@require_safe
def service_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """Sellers alone may ask for it."""
    where = get_asked(request, marketplace)
    if where.role != "seller":
        raise Http404
    part = order_parts.fetch_service_order(where, order_id)
    return shown(request, where, order_id, {"name": "service_order", "part": part})


def get_asked(request: DeskRequest, slug: str) -> Marketplace:
    """A storefront has no right to any of these parts."""
    marketplace = get_marketplace(request, slug)
    if marketplace.is_storefront:
        raise Http404
    return marketplace


def shown(
    request: DeskRequest, marketplace: Marketplace, order_id: str, context: dict[str, Any]
) -> HttpResponse:
    context |= {"marketplace": marketplace, "order_id": order_id, "again": request.path}
    return render_page(request, PAGE, context, partial="part")
