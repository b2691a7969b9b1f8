"""A storefront: a user chooses one customer, and sees only that customer's threads."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inbox.access import get_marketplace
from inbox.forms.customers import ChooseForm
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.pages.order import ChooseCustomerPage, CustomerPage
from inbox.pages.thread_rows import build_rows
from inbox.services.marketplaces import customers, reasons
from inbox.services.mirror import sync

CHOOSE, CUSTOMER = "inbox/customers.html", "inbox/customer.html"
PAGE_SIZE = 200


@require_safe
def choose(request: DeskRequest, marketplace: str) -> HttpResponse:
    """Choose a customer by id, by order, or from recent ones."""
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
    page = ChooseCustomerPage(connection, form, words, customers.list_recent(connection))
    return render(request, CHOOSE, {"page": page})


@require_safe
def customer(request: DeskRequest, marketplace: str, customer_id: str) -> HttpResponse:
    """M11 for one customer. `?order=` starts a conversation about one of their orders."""
    connection = get_storefront(request, marketplace)
    order_id, words = request.GET.get("order", "").strip(), ""
    if order_id:
        owner = customers.find_by_order(connection, order_id)
        if owner.customer and owner.customer.id == customer_id:
            return redirect("thread-new", connection.slug, order_id)
        words = owner.words or _("Order %(id)s belongs to another customer.") % {"id": order_id}
    page = replace(customer_page(request, connection, customer_id), words=words, order_id=order_id)
    return render_page(request, CUSTOMER, {"page": page}, partial="threads")


def customer_page(request: DeskRequest, connection: Marketplace, customer_id: str) -> CustomerPage:
    organization_id = request.GET.get("organization", "")
    found, freshness = sync.fetch_customer_threads(
        connection, customer_id, organization_id=organization_id
    )
    threads = list(found.for_rows()[:PAGE_SIZE])
    silent = [] if freshness.state == "fresh" else [connection]
    topics = reasons.find_topics(threads, silent=silent)
    return CustomerPage(
        connection,
        customers.find_by_id(connection, customer_id),
        rows=build_rows(request.viewer, threads, topics),
        freshness=[freshness],
        may_answer=request.viewer.may_answer(connection),
    )


def get_storefront(request: DeskRequest, slug: str) -> Marketplace:
    connection = get_marketplace(request, slug)
    if not connection.is_storefront:
        raise Http404
    return connection


def address_of(connection: Marketplace, chosen: customers.Customer) -> str:
    return reverse("customer", args=[connection.slug, chosen.id])
