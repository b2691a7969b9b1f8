"""What the desk knows beside a thread, in blocks that load by themselves and fail by themselves.

All of it is the desk's own: Mirakl is asked for none of it.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from inbox.access import get_thread
from inbox.htmx import DeskRequest, render_page
from inbox.models import Thread
from inbox.models.threads import ThreadQuerySet
from inbox.pages.activity import activity_of
from inbox.pages.thread import same_reader
from inbox.services.marketplaces import reasons

PAGE = "inbox/beside.html"
MOST = 10


@require_safe
def beside(request: DeskRequest, marketplace: str, thread_id: str, block: str) -> HttpResponse:
    """`block` is order, customer or activity."""
    current = get_thread(request, marketplace, thread_id)
    context: dict[str, Any] = {"thread": current, "block": block}
    if block == "activity":
        context["happenings"] = activity_of(current)
    else:
        context |= few(threads_of(current, block)) | {"all_of_them": search_for(current)}
    return render_page(request, PAGE, context, partial="block")


def threads_of(current: Thread, block: str) -> ThreadQuerySet:
    if block == "order" and current.entity_id:
        return on_same(current)
    if block == "customer":
        return by_customer(current)
    raise Http404


def on_same(current: Thread) -> ThreadQuerySet:
    """On the same order, or whatever else it is about."""
    same = same_reader(current).filter(entity_type=current.entity_type, entity_id=current.entity_id)
    return same.exclude(pk=current.pk)


def by_customer(current: Thread) -> ThreadQuerySet:
    """By Mirakl's id of the customer; where it gives none, by the name."""
    theirs = same_reader(current).exclude(pk=current.pk)
    if current.customer_id:
        return theirs.filter(customer_id=current.customer_id)
    if current.customer_name:
        return theirs.filter(customer_id="", customer_name=current.customer_name)
    return theirs.none()


def few(threads: ThreadQuerySet) -> dict[str, Any]:
    found = list(threads.for_rows().by_newest()[: MOST + 1])
    reasons.label_topics(found)
    return {"found": found[:MOST], "has_more": len(found) > MOST}


def search_for(current: Thread) -> str:
    name = current.customer_name.replace('"', " ")
    return f'from:"{name}" marketplace:{current.marketplace.slug}'
