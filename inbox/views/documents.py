"""A document sent to an order: an invoice, a delivery note (OR74)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from inbox.forms.documents import DocumentForm
from inbox.forms.replies import as_written, new_token
from inbox.htmx import DeskRequest, render_page
from inbox.models import Reply
from inbox.services import customers, documents, editing
from inbox.views.addresses import home_of
from inbox.views.new_threads import answerable
from inbox.views.orders import nobodys_order
from inbox.views.sending import edited_reply, go, send_off
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
    edited = edited_reply(request, where, Reply.Kind.DOCUMENT)
    waiting = editing.files_of(edited) if edited else []
    context |= {"edited": edited, "waiting": waiting}
    if request.method != "POST":
        form = DocumentForm(initial=as_written(edited), types=types) if edited else None
        return render(request, PAGE, context | {"form": form, "token": new_token()})
    form = DocumentForm(request.POST, request.FILES, types=types, edited=edited, waiting=waiting)
    more = {"order_id": order_id, "kind": Reply.Kind.DOCUMENT}
    if (reply := send_off(request, where, form, edited, **more)) is None:
        context |= {"form": form, "token": form["token"].value()}
        return render_page(request, PAGE, context, partial="problems", status=422)
    return go(request, home_of(reply))
