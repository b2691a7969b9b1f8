"""Blocks beside a thread: related conversations and its activity. Each loads and fails by itself.

All of it is the desk's own: Mirakl is not asked.
"""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from inbox.access import get_thread
from inbox.htmx import DeskRequest, render_page
from inbox.models import Thread
from inbox.models.threads import ThreadQuerySet
from inbox.pages.related import activity_page, related_page
from inbox.pages.thread import same_reader

PAGE = "inbox/related.html"


@require_safe
def related(request: DeskRequest, marketplace: str, thread_id: str, block: str) -> HttpResponse:
    """`block` is order, customer or activity."""
    current = get_thread(request, marketplace, thread_id)
    if block == "activity":
        page = activity_page(current)
    else:
        page = related_page(current, block, find_related(current, block))
    return render_page(request, PAGE, {"page": page, "thread": current}, partial="block")


def find_related(current: Thread, block: str) -> ThreadQuerySet:
    if block == "order" and current.entity_id:
        return on_same_entity(current)
    if block == "customer":
        return by_same_customer(current)
    raise Http404


def on_same_entity(current: Thread) -> ThreadQuerySet:
    """Others about the same order, offer or service."""
    same = same_reader(current).filter(entity_type=current.entity_type, entity_id=current.entity_id)
    return same.exclude(pk=current.pk)


def by_same_customer(current: Thread) -> ThreadQuerySet:
    """Others by the customer's id at Mirakl; by the name where there is no id."""
    theirs = same_reader(current).exclude(pk=current.pk)
    if current.customer_id:
        return theirs.filter(customer_id=current.customer_id)
    if current.customer_name:
        return theirs.filter(customer_id="", customer_name=current.customer_name)
    return theirs.none()
