"""The order panel: Mirakl's data of an order, as a fragment that fails by itself."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_safe
from django_htmx.http import reswap, retarget

from inbox.access import get_marketplace
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Marketplace
from inbox.pages.order import OrderPanelPage
from inbox.services.marketplaces import (
    customers,
    downloads,
    erasure_marks,
    order_events,
    orders,
    pictures,
)
from inbox.services.mirror import order_threads
from inbox.views.attachments import unavailable

PAGE, MISSING = "inbox/order_panel.html", "inbox/unreachable.html"


@require_safe
def order_panel(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """`?whole=1` on the order's page; also `?alone=1` if that page shows nothing else."""
    connection = get_marketplace(request, marketplace)
    panel = orders.build_panel(connection, order_id)
    if panel.is_unknown and "alone" in request.GET and wants_fragment(request):
        return replace_page(request, connection)
    timeline = None
    if panel.order and panel.bill:
        order_threads.store_facts(connection, panel.order)
        timeline = order_events.build_timeline(panel.order, panel.bill)
    page = OrderPanelPage(
        connection,
        order_id,
        panel,
        timeline,
        is_whole="whole" in request.GET,
        may_answer=request.viewer.may_answer(connection),
    )
    return render_page(request, PAGE, {"page": page}, partial="panel")


def replace_page(request: DeskRequest, connection: Marketplace) -> HttpResponse:
    """One message in place of a page that has nothing else about the order."""
    context = {"words": customers.describe_missing_order(connection).words, "is_unknown": True}
    response = render_page(request, MISSING, context, partial="why")
    return reswap(retarget(response, "#main"), "innerHTML")


@require_GET
def picture(request: DeskRequest, marketplace: str, order_id: str, number: int) -> HttpResponseBase:
    """The product picture of the order line with this number, from 0."""
    connection = get_marketplace(request, marketplace)
    try:
        streamed = pictures.stream_picture(connection, order_id, number)
    except downloads.Unavailable as error:
        return HttpResponse(status=error.status)
    return StreamingHttpResponse(streamed.chunks, headers=streamed.headers)


@require_safe
def document(
    request: DeskRequest, marketplace: str, order_id: str, document_id: int
) -> HttpResponseBase:
    """OR73, streamed. `?size=` is the size from OR72: a file of another size is refused.

    The order in the URL is for people; the id alone finds the document.
    """
    connection = get_marketplace(request, marketplace)
    if erasure_marks.is_erased_order(connection, order_id):
        raise Http404
    told = request.GET.get("size", "")
    try:
        size = int(told) if is_number(told) else 0
        streamed = orders.stream_document(connection, document_id, size=size)
    except downloads.Unavailable as error:
        return unavailable(request, error)
    return StreamingHttpResponse(streamed.chunks, headers=streamed.headers)
