"""Legacy order messages, for marketplaces without threads and from before they had them."""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from inbox.access import get_marketplace
from inbox.forms.after import with_button
from inbox.forms.legacy import AsCustomerMessageForm, LegacyFilters, OldMessageForm
from inbox.forms.replies import nearest, new_token
from inbox.forms.sending import send_form
from inbox.htmx import DeskRequest, redirect_to, render_page
from inbox.models import Destination, Marketplace, Outgoing, Participant, Thread
from inbox.pages.addresses import home_of
from inbox.pages.legacy import LegacyPage, OrderLegacyPage
from inbox.pages.new_thread import NewMessagePage, find_drafted, find_edited_reply, initial_values
from inbox.services.marketplaces import customers, documents, legacy
from inbox.views.new_threads import COUNTERPARTS, answerable, context_of, edited_token
from inbox.views.orders import nobodys_order

NEW = "inbox/new_message.html"


@require_safe
def messages(request: DeskRequest, marketplace: str) -> HttpResponse:
    connection = get_marketplace(request, marketplace)
    filters = LegacyFilters(request.GET)
    question = filters.question()
    if connection.is_storefront and not question.customer_id:
        return redirect("customers", connection.slug)
    found = legacy.fetch_messages(connection, question)
    page = LegacyPage(connection, filters, question, found)
    return render_page(request, "inbox/legacy.html", {"page": page}, partial="messages")


@require_safe
def of_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """OR41 for the order's page: a fragment that fails by itself."""
    connection = get_marketplace(request, marketplace)
    found = older_on(connection, order_id)
    mirrored = shown_by_now(connection, order_id, found)
    page = OrderLegacyPage(connection, order_id, found, mirrored)
    return render_page(request, "inbox/legacy_order.html", {"page": page}, partial="messages")


def shown_by_now(connection: Marketplace, order_id: str, found: legacy.OrderMessages) -> list[str]:
    """The ids of bubbles whose replies are among Mirakl's messages now."""
    ids = [str(message.id) for message in found.messages]
    sent = Outgoing.objects.filter(marketplace=connection, subject_id=order_id, message_id__in=ids)
    return [f"reply-{token}" for token in sent.values_list("token", flat=True)]


def older_on(connection: Marketplace, order_id: str) -> legacy.OrderMessages:
    owner = customers.find_by_order(connection, order_id)
    if owner.words:
        return legacy.OrderMessages(words=owner.words)
    return legacy.fetch_order_messages(connection, order_id, customer_id=owner.customer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def new_message(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """Send an order message (OR42), on marketplaces without threads."""
    where = answerable(request, marketplace)
    if where.has_threads:
        raise Http404
    owner = customers.find_by_order(where, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    edited = find_edited_reply(
        request.user, where, Outgoing.Kind.ORDER_MESSAGE, edited_token(request)
    )
    page_for = partial(new_message_page, where, order_id, owner, edited)
    form_for = partial(message_form, where, order_id, owner)
    if request.method != "POST":
        known = legacy.name_senders(where, order_id) if owner.customer else {}
        found = find_drafted(request.user, request.get_full_path())
        begun = initial_values(edited, found.draft) or {"token": new_token()}
        page = replace(page_for(form_for(initial=known | begun)), drafted=found)
        return render(request, NEW, context_of(page))
    form = form_for(
        with_button(request.POST),
        thread=Thread(marketplace=where, entity_type="MMP_ORDER", entity_id=order_id),
    )
    destination = Destination(where, Outgoing.Kind.ORDER_MESSAGE, subject_id=order_id)
    address = request.get_full_path()
    reply = send_form(form, destination, edited, by=request.user, address=address)
    if reply is None:
        context = context_of(page_for(form))
        return render_page(request, NEW, context, partial="problems", status=422)
    return redirect_to(request, home_of(reply))


def message_form(
    where: Marketplace, order_id: str, owner: customers.OrderCustomer, *data: Any, **options: Any
) -> OldMessageForm:
    kinds = COUNTERPARTS[where.role]
    options |= {"recipients": [Participant(kind) for kind in kinds]}
    options["documents"] = documents.list_documents(where, order_id)
    options["initial"] = {"to": nearest(kinds)} | options.get("initial", {})
    if owner.customer:
        return AsCustomerMessageForm(*data, customer_id=owner.customer_id, **options)
    return OldMessageForm(*data, **options)


def new_message_page(
    where: Marketplace,
    order_id: str,
    owner: customers.OrderCustomer,
    edited: Outgoing | None,
    form: OldMessageForm,
) -> NewMessagePage:
    return NewMessagePage(
        where,
        order_id,
        customer=owner.customer,
        form=form,
        edited=edited,
        offered=form.offered,
        chosen=form["to"].value(),
        meant=urlencode({"confirmed": form.confirms}),
        documents=form.names,
        with_documents=[str(one) for one in form["documents"].value() or []],
    )
