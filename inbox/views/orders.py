"""An order: its threads, and a new one on it (OR43)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from inbox.forms.replies import NewThreadForm, nearest, new_token, offered_recipients
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Marketplace, Reply, Thread
from inbox.services import customers, mirror, outbox, reasons
from inbox.views.access import get_marketplace, may_answer, require_answerable
from inbox.views.replies import home_of
from inbox.views.sidebar import sidebar_for

# Whom each role may write to, where no thread of the order says it.
COUNTERPARTS = {
    "seller": ["CUSTOMER", "OPERATOR"],
    "operator": ["CUSTOMER", "SHOP"],
    "front": ["SHOP", "OPERATOR"],
}
PAGE = "inbox/new_thread.html"


@require_safe
def order(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    connection = get_marketplace(request, marketplace)
    owner = customers.of_order(connection, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    found, freshness = mirror.threads_of_order(connection, order_id, customer_id=owner.customer_id)
    threads = list(found.select_related("marketplace"))
    reasons.label_topics(threads, silent=[] if freshness.state == "fresh" else [connection])
    pending = Reply.objects.filter(
        marketplace=connection, order_id=order_id, kind=Reply.Kind.ORDER_THREAD
    )
    context = {
        "marketplace": connection,
        "order_id": order_id,
        "threads": threads,
        "pending": pending.unsettled().select_related("author").prefetch_related("files"),
        "freshness": [freshness],
        "customer": owner.customer,
        "may_answer": may_answer(request, connection),
        "sidebar": sidebar_for(request.user),
    }
    return render_page(request, "inbox/order.html", context, partial="threads")


@require_http_methods(["GET", "HEAD", "POST"])
def new_thread(request: DeskRequest, marketplace: str, order_id: str) -> HttpResponse:
    connection = get_marketplace(request, marketplace)
    require_answerable(request, connection)
    owner = customers.of_order(connection, order_id)
    if owner.words:
        return nobodys_order(request, owner)
    offered = counterparts(connection, order_id)
    if request.method != "POST":
        context = page(request, connection, order_id, offered)
        context |= {"token": new_token(), "customer": owner.customer}
        return render(request, PAGE, context)
    form = NewThreadForm(request.POST, request.FILES, recipients=offered)
    if not form.is_valid():
        context = page(request, connection, order_id, offered, form)
        context |= {"customer": owner.customer}
        return render_page(request, PAGE, context, partial="problems", status=422)
    reply, created = outbox.queue(
        token=form.cleaned_data["token"],
        marketplace=connection,
        thread=None,
        order_id=order_id,
        kind=Reply.Kind.ORDER_THREAD,
        body=form.cleaned_data["body"],
        recipients=form.recipients,
        topic_type="FREE_TEXT",
        topic_value=form.cleaned_data["topic"],
        files=form.cleaned_data["files"],
        by=request.user,
    )
    if created and outbox.is_inline(reply):
        reply = outbox.deliver(reply.pk)
    if wants_fragment(request):
        return HttpResponseClientRedirect(home_of(reply))
    return redirect(home_of(reply))


def nobodys_order(request: DeskRequest, owner: customers.Owner) -> HttpResponse:
    """A storefront must know whose order it is before it reads or writes anything on it."""
    context = {"words": owner.words, "sidebar": sidebar_for(request.user)}
    return render_page(request, "inbox/unreachable.html", context, partial="why", status=503)


def counterparts(connection: Marketplace, order_id: str) -> list[dict[str, Any]]:
    """As a thread on this order lists them; else those that the role usually has."""
    known = Thread.objects.filter(
        marketplace=connection, entity_type="MMP_ORDER", entity_id=order_id
    ).first()
    if known and (offered := offered_recipients(known)):
        return offered
    return [{"type": kind} for kind in COUNTERPARTS[connection.role]]


def page(
    request: DeskRequest,
    connection: Marketplace,
    order_id: str,
    offered: list[dict[str, Any]],
    form: NewThreadForm | None = None,
) -> dict[str, Any]:
    return {
        "marketplace": connection,
        "order_id": order_id,
        "offered": offered,
        "chosen": form["to"].value() if form else nearest([one["type"] for one in offered]),
        "form": form,
        "token": form["token"].value() if form else "",
        "sidebar": sidebar_for(request.user),
    }
