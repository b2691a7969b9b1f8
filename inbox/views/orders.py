"""An order's page: its threads, and messages on their way."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.htmx import DeskRequest, render_page
from inbox.models import Outgoing
from inbox.pages.order import OrderPage
from inbox.pages.thread_rows import plain_rows
from inbox.pages.timeline import weight_of_reply
from inbox.services.marketplaces import customers, reasons
from inbox.services.mirror import sync
from inbox.services.outbox import started_threads
from inbox.stretches import stretch_of

# Kinds of messages about an order that have no thread.
ON_ORDERS = [Outgoing.Kind.ORDER_THREAD, Outgoing.Kind.ORDER_MESSAGE, Outgoing.Kind.DOCUMENT]


@require_safe
def order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    connection = get_marketplace(request, marketplace)
    owner = customers.find_by_order(connection, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    found, freshness = sync.fetch_order_threads(connection, order_id, customer_id=owner.customer_id)
    threads = list(found.for_rows())
    silent = [] if freshness.state == "fresh" else [connection]
    topics = reasons.find_topics(threads, silent=silent)
    written = Outgoing.objects.filter(
        marketplace=connection, thread=None, subject_id=order_id, kind__in=ON_ORDERS
    )
    started_threads.find_threads(written)
    # Also the message just written, even if it has arrived.
    named = written.filter(token__in=named_replies(request))
    pending = written.unsettled() | written.unmirrored() | named
    pending = pending.select_related("author").prefetch_related("files")
    start = request.GET.get("pending")
    page = OrderPage(
        connection,
        order_id,
        rows=plain_rows(threads, topics),
        pending=stretch_of(list(pending), "pending", start, weight=weight_of_reply),
        freshness=[freshness],
        customer=owner.customer,
        may_answer=request.viewer.may_answer(connection),
    )
    return render_page(request, "inbox/order.html", {"page": page}, partial="threads")


def named_replies(request: DeskRequest) -> list[UUID]:
    """The token in `?reply=`, which `home_of` writes."""
    try:
        return [UUID(request.GET.get("reply", ""))]
    except ValueError:
        return []


def nobodys_order(request: DeskRequest, owner: customers.OrderCustomer) -> HttpResponse:
    """The answer for an order that does not exist, or whose customer a storefront can't look up."""
    context = {
        "words": owner.words,
        "is_unknown": owner.is_unknown,
    }
    status = 404 if owner.is_unknown else 503
    return render_page(request, "inbox/unreachable.html", context, partial="why", status=status)
