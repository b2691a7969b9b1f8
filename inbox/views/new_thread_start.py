"""The start of a new conversation: about an order, or with the operator or a shop."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.forms.new_threads import OrderNumberForm
from inbox.htmx import DeskRequest
from inbox.models import Marketplace
from inbox.pages.new_thread import StartPage
from inbox.services.search import order_lookup
from inbox.services.search.order_lookup import Lookup

PAGE = "inbox/new_thread_start.html"


@require_safe
@desk_page
def start(request: DeskRequest) -> HttpResponse:
    """Redirects to the form if `?order=` names one order. `?marketplace=` is preselected."""
    answerable = Marketplace.objects.answerable_by(request.user)
    form = OrderNumberForm(request.GET if "order" in request.GET else None, marketplaces=answerable)
    lookup = look_up(form, list(answerable)) if form.is_valid() else Lookup()
    if len(lookup.found) == 1:
        found = lookup.found[0]
        return redirect("thread-new", found.marketplace.slug, found.order_id)
    with_operator = list(answerable.in_inbox())
    page = StartPage(
        form,
        lookup,
        marketplaces=list(answerable),
        chosen=request.GET.get("marketplace", ""),
        with_operator=with_operator,
        recent=order_lookup.recent_orders(with_operator),
    )
    return render(request, PAGE, {"page": page})


def look_up(form: OrderNumberForm, answerable: list[Marketplace]) -> Lookup:
    """Look up an order in the mirror, or at Mirakl if no conversation is about it."""
    number, chosen = form.cleaned_data["order"], form.cleaned_data["marketplace"]
    if known := order_lookup.known_orders(number, [chosen] if chosen else answerable):
        return Lookup(known)
    if chosen is None:
        form.add_error("marketplace", form.MISSING)
        return Lookup()
    if chosen.is_storefront:
        # The form looks up the order's customer.
        return Lookup([order_lookup.OrderKey(chosen, number)])
    return order_lookup.look_up_order(chosen, number)
