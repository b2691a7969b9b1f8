"""Messages the old way: those from before there were threads, and where there are none still."""

import math
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from inbox.forms.legacy import (
    ORDERS,
    RECEIVED,
    AsCustomerMessageForm,
    LegacyFilters,
    OldMessageForm,
)
from inbox.forms.replies import nearest, new_token
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace, Reply
from inbox.services import customers, legacy, outbox
from inbox.views.access import get_marketplace
from inbox.views.new_threads import COUNTERPARTS, answerable
from inbox.views.orders import nobodys_order
from inbox.views.replies import sent_off
from inbox.views.sidebar import sidebar_for

NEW = "inbox/new_message.html"


@require_safe
def messages(request: DeskRequest, marketplace: str) -> HttpResponse:
    connection = get_marketplace(request, marketplace)
    filters = LegacyFilters(request.GET)
    question = filters.question()
    if connection.is_storefront and not question.customer_id:
        return redirect("customers", connection.slug)
    found = legacy.messages(connection, question)
    pages = max(1, math.ceil(found.total_count / legacy.PAGE_SIZE))
    context = {
        "marketplace": connection,
        "filters": filters,
        "question": question,
        "found": found,
        "pages": pages,
        "previous_query": filters.query(page=question.number - 1) if question.number > 1 else None,
        "next_query": filters.query(page=question.number + 1) if question.number < pages else None,
        "received": RECEIVED,
        "orders": ORDERS,
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, "inbox/legacy.html", context, partial="messages")


@require_safe
def of_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """OR41, for the order's page: a fragment that fails by itself."""
    connection = get_marketplace(request, marketplace)
    context = {
        "marketplace": connection,
        "order_id": order_id,
        "found": older_on(connection, order_id),
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, "inbox/legacy_order.html", context, partial="messages")


def older_on(connection: Marketplace, order_id: str) -> legacy.Messages:
    owner = customers.of_order(connection, order_id)
    if owner.words:
        return legacy.Messages(words=owner.words)
    return legacy.of_order(connection, order_id, customer_id=owner.customer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def new_message(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    """OR42, only where there are no threads to write in."""
    where = answerable(request, marketplace)
    if where.has_threads:
        raise Http404
    owner = customers.of_order(where, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    if request.method != "POST":
        known = legacy.who_writes(where, order_id) if owner.customer else {}
        form = message_form(where, owner, initial={"token": new_token(), **known})
        return render(request, NEW, new_message_page(request, where, order_id, owner, form))
    form = message_form(where, owner, request.POST)
    if not form.is_valid():
        context = new_message_page(request, where, order_id, owner, form)
        return render_page(request, NEW, context, partial="problems", status=422)
    reply, is_new = outbox.queue(
        marketplace=where,
        thread=None,
        order_id=order_id,
        kind=Reply.Kind.ORDER_MESSAGE,
        by=request.user,
        **form.letter,
    )
    return sent_off(request, reply, is_new=is_new)


def message_form(
    where: Marketplace, owner: customers.Owner, *data: Any, **options: Any
) -> OldMessageForm:
    kinds = COUNTERPARTS[where.role]
    options |= {"recipients": [{"type": kind} for kind in kinds]}
    options["initial"] = options.get("initial", {}) | {"to": nearest(kinds)}
    if owner.customer:
        return AsCustomerMessageForm(*data, customer_id=owner.customer_id, **options)
    return OldMessageForm(*data, **options)


def new_message_page(
    request: DeskRequest,
    where: Marketplace,
    order_id: str,
    owner: customers.Owner,
    form: OldMessageForm,
) -> dict[str, Any]:
    return {
        "marketplace": where,
        "order_id": order_id,
        "customer": owner.customer,
        "form": form,
        "offered": form.offered,
        "chosen": form["to"].value(),
        "sidebar": sidebar_for(request.user),
    }
