"""URLs of replies: the page that shows one, and the form that edits it."""

from urllib.parse import urlencode

from django.urls import reverse

from inbox.models import Outgoing

Kind = Outgoing.Kind


def home_of(current: Outgoing) -> str:
    """The URL of its thread; until Mirakl has created one, of its order or form."""
    slug = current.marketplace.slug
    if current.created_thread_id:
        return reverse("thread", args=[slug, current.created_thread_id])
    if current.thread:
        return anchored(current.thread.get_absolute_url(), current)
    if current.kind in {Kind.OPERATOR_THREAD, Kind.SERVICE_ORDER_THREAD, Kind.SERVICE_THREAD}:
        # These are about nothing with a page of its own.
        return with_query(page_for(current), customer_of(current))
    return anchored(reverse("order", args=[slug, current.subject_id]), current)


def anchored(page: str, current: Outgoing) -> str:
    """The URL of its place in a page. The parameter unfolds it."""
    return f"{with_query(page, {'reply': str(current.token)})}#reply-{current.token}"


def form_of(current: Outgoing) -> str:
    """The URL of the form that it was written in, filled with it. A thread has a draft instead."""
    return with_query(page_for(current), customer_of(current) | {"from": str(current.token)})


def page_for(current: Outgoing) -> str:
    slug, about = current.marketplace.slug, current.subject_id
    if current.kind == Kind.OPERATOR_THREAD:
        return reverse("operator-thread-new", args=[slug])
    names = {
        Kind.ORDER_THREAD: "thread-new",
        Kind.SERVICE_ORDER_THREAD: "service-order-thread-new",
        Kind.SERVICE_THREAD: "service-thread-new",
        Kind.ORDER_MESSAGE: "message-new",
        Kind.DOCUMENT: "document-new",
    }
    return reverse(names[Kind(current.kind)], args=[slug, about])


def customer_of(current: Outgoing) -> dict[str, str]:
    """The query parameter of the customer that a storefront writes as."""
    customer = current.details.customer
    on_service = current.kind in {Kind.SERVICE_ORDER_THREAD, Kind.SERVICE_THREAD}
    return {"customer": customer.id} if customer and on_service else {}


def with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url
