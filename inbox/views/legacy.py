"""The older messages of a marketplace: from before there were threads, and read only."""

import math

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from inbox.forms.legacy import ORDERS, RECEIVED, LegacyFilters
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace
from inbox.services import customers, legacy
from inbox.views.access import get_marketplace
from inbox.views.sidebar import sidebar_for


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
