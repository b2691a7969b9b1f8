"""Starting a conversation: about an order (OR43), a service order (SOR43), a service (SOF43), or
between shop and operator (M14)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inbox.access import get_marketplace, require_answerable
from inbox.forms.after import with_button
from inbox.forms.new_threads import AsCustomerForm, NewThreadForm, OnServiceForm, ToShopForm
from inbox.forms.replies import nearest, new_token, offered_recipients
from inbox.forms.sending import send_form
from inbox.htmx import DeskRequest, redirect_to, render_page
from inbox.models import Destination, Marketplace, Outgoing, Participant, Thread
from inbox.pages.addresses import home_of
from inbox.pages.new_thread import (
    Drafted,
    NewMessagePage,
    NewThreadPage,
    find_drafted,
    find_edited_reply,
    initial_values,
    waiting_files,
)
from inbox.services.composing import limits
from inbox.services.marketplaces import accounts, customers, reasons
from inbox.services.outbox import started_threads
from inbox.views.orders import nobodys_order

PAGE = "inbox/new_thread.html"
Kind = Outgoing.Kind
# The recipients of each role, if no thread about the same order or service lists them.
COUNTERPARTS = {
    "seller": ["CUSTOMER", "OPERATOR"],
    "operator": ["CUSTOMER", "SHOP"],
    "front": ["SHOP", "OPERATOR"],
}


@dataclass(frozen=True)
class Start:
    """The conversation to start, and what its page shows of it."""

    marketplace: Marketplace
    kind: Outgoing.Kind
    subject_id: str  # of the order or service; empty for M14
    words: str
    offered: list[Participant]
    form: type[NewThreadForm] = NewThreadForm
    arguments: dict[str, Any] = field(default_factory=dict)  # of the form
    order_id: str = ""
    customer: customers.Customer | None = None
    asks_who_writes: bool = False
    asks_for_shop: bool = False
    is_implied: bool = False
    shops: Sequence[accounts.Shop] = ()

    @property
    def room(self) -> int:
        """How many more files fit on the order or service."""
        return limits.room_on(self.marketplace, self.kind.entity_type, self.subject_id)

    @property
    def thread(self) -> Thread:
        """The thread, not stored yet."""
        about = {"entity_type": self.kind.entity_type, "entity_id": self.subject_id}
        return Thread(marketplace=self.marketplace, **about)


# -- four kinds of conversations ------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def on_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = answerable(request, marketplace)
    if request.method != "POST" and not where.has_threads:
        return redirect("message-new", where.slug, order_id)
    owner = customers.find_by_order(where, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    start = Start(
        where,
        Kind.ORDER_THREAD,
        subject_id=order_id,
        words=_("About order %(id)s on %(name)s.") % {"id": order_id, "name": where.name},
        offered=counterparts(where, "MMP_ORDER", order_id),
        order_id=order_id,
        customer=owner.customer,
    )
    return conversation(request, start)


@require_http_methods(["GET", "HEAD", "POST"])
def on_service_order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    where = answerable(request, marketplace)
    customer = customer_named(request, where)
    if where.is_storefront and not customer:
        return redirect("customers", where.slug)
    start = Start(
        where,
        Kind.SERVICE_ORDER_THREAD,
        subject_id=order_id,
        words=_("About service order %(id)s on %(name)s.") % {"id": order_id, "name": where.name},
        offered=counterparts(where, "MPS_ORDER", order_id),
        form=OnServiceForm,
        arguments={"customer_id": customer.id} if customer else {},
        customer=customer,
    )
    return conversation(request, start)


@require_http_methods(["GET", "HEAD", "POST"])
def on_service(request: DeskRequest, marketplace: str, service_code: str) -> HttpResponse:
    """Without the customer as a recipient; a storefront writes as a customer."""
    where = answerable(request, marketplace)
    customer = customer_named(request, where)
    if where.is_storefront and not customer:
        return redirect("customers", where.slug)
    sides = [kind for kind in COUNTERPARTS[where.role] if kind != "CUSTOMER"]
    start = Start(
        where,
        Kind.SERVICE_THREAD,
        subject_id=service_code,
        words=_("About service %(code)s on %(name)s.") % {"code": service_code, "name": where.name},
        offered=[Participant(kind) for kind in sides],
        form=AsCustomerForm if customer else OnServiceForm,
        arguments={"customer_id": customer.id} if customer else {},
        customer=customer,
        asks_who_writes=customer is not None,
    )
    return conversation(request, start)


@require_http_methods(["GET", "HEAD", "POST"])
def with_operator(request: DeskRequest, marketplace: str) -> HttpResponse:
    """There is one recipient; an operator chooses the shop, or `?shop=` names it."""
    where = answerable(request, marketplace)
    if not where.is_in_inbox:
        raise Http404
    is_operator = where.role == Marketplace.Role.OPERATOR
    shops = (accounts.list_shops(where) or []) if is_operator else []
    start = Start(
        where,
        Kind.OPERATOR_THREAD,
        subject_id="",
        words=_("On %(name)s.") % {"name": where.name},
        offered=[Participant("SHOP" if is_operator else "OPERATOR")],
        form=ToShopForm if is_operator else NewThreadForm,
        arguments={"shops": shops} if is_operator else {},
        is_implied=True,
        shops=shops,
        asks_for_shop=is_operator,
    )
    return conversation(request, start)


# -- common parts ---------------------------------------------------------


def conversation(request: DeskRequest, start: Start) -> HttpResponse:
    offered_reasons = reasons.list_offered(start.marketplace, start.kind.entity_type)
    edited = find_edited_reply(request.user, start.marketplace, start.kind, edited_token(request))
    address = request.get_full_path()
    found = find_drafted(request.user, address)
    if request.method != "POST":
        written = initial_values(edited, found.draft)
        begun = start.form(initial=written, recipients=[], **start.arguments) if written else None
        page = new_thread_page(start, offered_reasons, begun, edited, found)
        return render(request, PAGE, context_of(page))
    form = start.form(
        with_button(request.POST),
        request.FILES,
        thread=start.thread,
        recipients=start.offered,
        reasons=offered_reasons,
        waiting=waiting_files(edited, found.draft),
        room=start.room,
        **start.arguments,
    )
    destination = Destination(start.marketplace, start.kind, subject_id=start.subject_id)
    reply = send_form(form, destination, edited, by=request.user, address=address)
    if reply is None:
        page = new_thread_page(start, offered_reasons, form, edited, found)
        return render_page(request, PAGE, context_of(page), partial="problems", status=422)
    return redirect_to(request, home_of(reply))


def context_of(page: NewThreadPage | NewMessagePage) -> dict[str, object]:
    """The page, and the names that the errors of its form use."""
    return {"page": page, "form": page.form, "meant": page.meant}


def new_thread_page(
    start: Start,
    offered_reasons: list[reasons.Reason],
    form: NewThreadForm | None,
    edited: Outgoing | None,
    drafted: Drafted,
) -> NewThreadPage:
    nearest_first = nearest([one.type for one in start.offered])
    chosen = form["to"].value() if form else nearest_first
    return NewThreadPage(
        marketplace=start.marketplace,
        words=start.words,
        token=form["token"].value() if form else new_token(),
        offered=start.offered,
        chosen=[] if start.is_implied else chosen,
        reasons=offered_reasons,
        longest=start.form.body_length[1],
        room=start.room,
        pending=[one for one in pending(start) if one != edited],
        edited=edited,
        waiting=waiting_files(edited, drafted.draft),
        form=form,
        meant=urlencode({"confirmed": form.confirms}) if form else "",
        drafted=drafted,
        order_id=start.order_id,
        customer=start.customer,
        asks_who_writes=start.asks_who_writes,
        asks_for_shop=start.asks_for_shop,
        is_implied=start.is_implied,
        shops=start.shops,
    )


def pending(start: Start) -> list[Outgoing]:
    """Replies that this page shows until they are sent; an order shows them on its own page."""
    if start.kind == Kind.ORDER_THREAD:
        return []
    begun = Outgoing.objects.filter(marketplace=start.marketplace, kind=start.kind)
    if start.subject_id:
        begun = begun.filter(subject_id=start.subject_id)
    started_threads.find_threads(begun)
    shown = begun.unsettled() | begun.unmirrored()
    return list(shown.select_related("author").prefetch_related("files"))


def edited_token(request: DeskRequest) -> str:
    """The token of the reply that the form edits: `?from=` names it, then a field of the form."""
    return request.POST.get("replaces", "") or request.GET.get("from", "")


def answerable(request: DeskRequest, slug: str) -> Marketplace:
    marketplace = get_marketplace(request, slug)
    require_answerable(request, marketplace)
    return marketplace


def customer_named(request: DeskRequest, where: Marketplace) -> customers.Customer | None:
    """The customer of `?customer=`, as whom a storefront writes."""
    named = request.GET.get("customer", "")
    return customers.find_by_id(where, named) if named and where.is_storefront else None


def counterparts(where: Marketplace, entity_type: str, about: str) -> list[Participant]:
    """The recipients by a thread about the same order or service, else those of the role."""
    known = Thread.objects.filter(marketplace=where, entity_type=entity_type, entity_id=about)
    thread = known.select_related("marketplace").first()
    if thread and (offered := offered_recipients(thread)):
        return offered
    return [Participant(kind) for kind in COUNTERPARTS[where.role]]
