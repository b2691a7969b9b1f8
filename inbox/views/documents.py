"""A document sent to an order: an invoice, a delivery note (OR74)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from inbox.forms.documents import DocumentForm
from inbox.forms.replies import new_token
from inbox.htmx import DeskRequest, render_page
from inbox.models import Reply
from inbox.services import customers, documents, outbox
from inbox.views.new_threads import answerable
from inbox.views.orders import nobodys_order
from inbox.views.replies import sent_off
from inbox.views.sidebar import sidebar_for

PAGE = "inbox/new_document.html"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = answerable(request, marketplace)
    owner = customers.of_order(where, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    types = documents.types(where, order_id)
    context: dict[str, Any] = {
        "marketplace": where,
        "order_id": order_id,
        "customer": owner.customer,
        "types": types,
        "endings": documents.ENDINGS,
        "sidebar": sidebar_for(request.user),
    }
    if request.method != "POST":
        return render(request, PAGE, context | {"token": new_token()})
    form = DocumentForm(request.POST, request.FILES, types=types)
    if not form.is_valid():
        context |= {"form": form, "token": form["token"].value()}
        return render_page(request, PAGE, context, partial="problems", status=422)
    reply, is_new = outbox.queue(
        marketplace=where,
        thread=None,
        order_id=order_id,
        kind=Reply.Kind.DOCUMENT,
        by=request.user,
        **form.letter,
    )
    return sent_off(request, reply, is_new=is_new)
