"""Documents of an order: uploaded (OR74) and deleted (OR76)."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inbox.forms.documents import DocumentForm
from inbox.forms.replies import values_of_reply
from inbox.forms.sending import send_form
from inbox.htmx import DeskRequest, redirect_to, render_page
from inbox.models import Destination, Outgoing
from inbox.pages.addresses import home_of
from inbox.pages.new_document import DocumentPage
from inbox.pages.new_thread import find_edited_reply
from inbox.services.marketplaces import customers, documents, orders
from inbox.views.new_threads import answerable, edited_token
from inbox.views.orders import nobodys_order

PAGE = "inbox/new_document.html"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = answerable(request, marketplace)
    owner = customers.find_by_order(where, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    edited = find_edited_reply(request.user, where, Outgoing.Kind.DOCUMENT, edited_token(request))
    page = DocumentPage(
        where,
        order_id,
        customer=owner.customer,
        types=documents.list_types(where),
        edited=edited,
        waiting=edited.unsent_files if edited else [],
    )
    if request.method != "POST":
        if edited:
            page = replace(
                page, form=DocumentForm(initial=values_of_reply(edited), types=page.types)
            )
        return render(request, PAGE, {"page": page, "form": page.form})
    form = DocumentForm(
        request.POST, request.FILES, types=page.types, edited=edited, waiting=page.waiting
    )
    destination = Destination(where, Outgoing.Kind.DOCUMENT, subject_id=order_id)
    address = request.get_full_path()
    reply = send_form(form, destination, edited, by=request.user, address=address)
    if reply is None:
        page = replace(page, form=form, token=form["token"].value())
        context = {"page": page, "form": page.form}
        return render_page(request, PAGE, context, partial="problems", status=422)
    return redirect_to(request, home_of(reply))


@require_POST
def take_back(
    request: DeskRequest, marketplace: str, order_id: str, document_id: int
) -> HttpResponse:
    """For shop and operator: storefronts can't delete documents."""
    where = answerable(request, marketplace)
    if where.is_storefront or document_id not in {
        one.id for one in documents.list_documents(where, order_id)
    }:
        raise Http404
    if words := documents.delete_document(where, order_id, document_id, by=request.user):
        messages.error(request, words)
    else:
        orders.forget_order(where, order_id)
        messages.success(request, _("Document deleted."))
    return redirect("order", where.slug, order_id)
