"""A storefront: its customer is chosen first, and everything after is that customer's alone."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.forms.customers import ChooseForm
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages.thread_rows import rows_of
from inbox.services.marketplaces import customers, reasons
from inbox.services.mirror import sync

CHOOSE, CUSTOMER = "inbox/customers.html", "inbox/customer.html"
PAGE_SIZE = 200


@require_safe
def choose(request: DeskRequest, marketplace: str) -> HttpResponse:
    """By id, by an order of theirs, or from those read here before."""
    connection = get_storefront(request, marketplace)
    form = ChooseForm(request.GET)
    words = ""
    if form.is_valid() and (customer_id := form.cleaned_data["customer"]):
        return redirect("customer", connection.slug, customer_id)
    if order_id := form.cleaned_data.get("order", ""):
        owner = customers.find_by_order(connection, order_id)
        if owner.customer:
            return redirect(address_of(connection, owner.customer))
        words = owner.words
    context = {
        "marketplace": connection,
        "form": form,
        "words": words,
        "recent": customers.list_recent(connection),
    }
    return render(request, CHOOSE, context)


@require_safe
def customer(request: DeskRequest, marketplace: str, customer_id: str) -> HttpResponse:
    """M11 for one customer; `?order=` starts a conversation on an order, if it is theirs."""
    connection = get_storefront(request, marketplace)
    order_id, words = request.GET.get("order", "").strip(), ""
    if order_id:
        owner = customers.find_by_order(connection, order_id)
        if owner.customer and owner.customer.id == customer_id:
            return redirect("thread-new", connection.slug, order_id)
        words = owner.words or _("Order %(id)s belongs to another customer.") % {"id": order_id}
    context = page(request, connection, customer_id)
    return render_page(
        request, CUSTOMER, context | {"words": words, "order_id": order_id}, partial="threads"
    )


def page(request: DeskRequest, connection: Marketplace, customer_id: str) -> dict[str, Any]:
    organization_id = request.GET.get("organization", "")
    found, freshness = sync.fetch_customer_threads(
        connection, customer_id, organization_id=organization_id
    )
    threads = list(found.for_rows()[:PAGE_SIZE])
    reasons.label_topics(threads, silent=[] if freshness.state == "fresh" else [connection])
    return {
        "marketplace": connection,
        "customer": customers.find_by_id(connection, customer_id),
        "organization_id": organization_id,
        "rows": rows_of(request.viewer, threads),
        "freshness": [freshness],
        "may_answer": request.viewer.may_answer(connection),
    }


def get_storefront(request: DeskRequest, slug: str) -> Marketplace:
    connection = get_marketplace(request, slug)
    if not connection.is_storefront:
        raise Http404
    return connection


def address_of(connection: Marketplace, chosen: customers.Customer) -> str:
    return reverse("customer", args=[connection.slug, chosen.id])
