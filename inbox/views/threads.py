"""A thread's page: timeline, composer, and the panes beside them."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe
from django_htmx.http import reswap, retarget

from inbox.access import get_marketplace, get_thread
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Message, Thread
from inbox.pages import presence
from inbox.pages.news import shown_now
from inbox.pages.thread import (
    Late,
    ThreadPage,
    ThreadPart,
    filters_of,
    panes_of,
    row_left,
    thread_page,
    version_of,
    visit,
    wanted_in,
)
from inbox.pages.timeline import messages_of, timeline_of, unfolded
from inbox.pages.toolbar import toolbar
from inbox.services.marketplaces import reasons
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.mirror import sync

PAGE = "inbox/thread.html"


@require_safe
def thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Calls M10. Shows the mirror if Mirakl does not answer in time.

    `?wait=1` gives it more time: a request of the open page, or "Check again". `?message=`,
    `?note=` and `?reply=` unfold the entries around one, `?all=1` as many as fit on a page.
    """
    connection = get_marketplace(request, marketplace)
    deadline = None if "wait" in request.GET else settings.THREAD_DEADLINE_SECONDS
    opened = sync.open_thread(connection, thread_id, deadline=deadline)
    if opened.thread is None:
        if connection.is_storefront and opened.freshness.state == "gone":
            # The thread's customer is unknown: the user chooses one first.
            return redirect("customers", connection.slug)
        if opened.freshness.state != "down":
            raise Http404
        context = {"freshness": [opened.freshness]}
        return render_page(request, "inbox/unreachable.html", context, partial="why", status=503)
    opened.thread.marketplace = connection
    request.about_thread = opened.thread.pk
    if wants_fragment(request):
        return finished(request, opened.thread, opened.freshness)
    silent = [] if opened.freshness.state == "fresh" else [connection]
    page = thread_page(request.viewer, request.GET, opened.thread, silent=silent)
    if opened.freshness.state == "late":
        page = asking(request.GET, opened.freshness, page)
    else:
        page = replace(page, freshness=[opened.freshness])
    return render(request, PAGE, context_of(page))


@require_safe
def panes(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """What a page with another thread of the list swaps in, from the mirror.

    It may be fetched ahead: it writes nothing and calls no marketplace. Once shown, the page asks
    `finished`, which calls M10 and counts as the visit. `?left=` is the pk of the thread that the
    user has just decided on: its row, the counts and the message come along.
    """
    current = get_thread(request, marketplace, thread_id)
    if not wants_fragment(request):
        return redirect(f"{current.get_absolute_url()}?{request.GET.urlencode()}")
    left = request.GET.get("left", "")
    return render_panes(request, current, request.GET, left=int(left) if is_number(left) else None)


def render_panes(
    request: DeskRequest, current: Thread, query: QueryDict, *, left: int | None
) -> HttpResponse:
    """`query` is that of the thread's page, `left` the pk of the thread that the user has left."""
    page = panes_of(request.viewer, query, current)
    page = asking(query, sync.report_as_stored(current), page)
    context = context_of(page)
    if left is not None:
        row = row_left(request.viewer, page.filters, current, left)
        context |= {"left": left, "row": row}
    return render_page(request, PAGE, context, partial="panes")


def context_of(page: ThreadPage | ThreadPart) -> dict[str, object]:
    """The page, and the thread and filters that its shared templates use."""
    return {"page": page, "thread": page.thread, "filters": page.filters}


def asking(given: QueryDict, freshness: Freshness, page: ThreadPage) -> ThreadPage:
    """The page with a further request, which gives Mirakl more time; `given` is its query."""
    query = given.copy()
    query.pop("left", None)
    query["wait"] = "1"
    again = query.urlencode()
    query["since"] = page.read_until.isoformat() if page.read_until else ""
    query["version"] = version_of(page.thread, page.timeline.messages)
    return replace(page, late=Late(freshness, again=again, finish=query.urlencode()))


def finished(request: DeskRequest, current: Thread, freshness: Freshness) -> HttpResponse:
    """The timeline for an open page, with its head; the composer stays. It counts as a visit.

    `?since=`: how far the reader had read when the page was shown. `?version=`: what it shows; if
    it still does, only its notice goes.
    """
    messages = messages_of(current)
    read_until = visit(request.viewer, current, messages)
    presence.arrive(request.viewer, current)
    is_same = request.GET.get("version") == version_of(current, messages)
    if is_same and freshness.state == "fresh":
        return reswap(retarget(HttpResponse(), "this"), "delete")
    return updated(request, current, messages, freshness, read_until)


def updated(
    request: DeskRequest,
    current: Thread,
    messages: list[Message],
    freshness: Freshness,
    read_until: datetime | None,
) -> HttpResponse:
    """The timeline for an open page, with its head. `?since=` is as for `finished`."""
    if "since" in request.GET:
        read_until = parse_moment(request.GET["since"])
    filters = filters_of(request.viewer, request.GET)
    timeline = timeline_of(
        current,
        read_until=read_until,
        wanted=wanted_in(request.GET),
        messages=messages,
        words=filters.words,
    )
    part = ThreadPart(
        current,
        filters,
        topic=reasons.find_topic(current, silent=[current.marketplace]),
        timeline=timeline,
        freshness=[freshness],
        toolbar=toolbar(request.viewer, current),
        may_answer=request.viewer.may_answer(current.marketplace),
        shown=shown_now(timeline),
    )
    return render_page(request, PAGE, context_of(part), partial="finished")


@require_safe
def earlier(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """The folded entries between `?after=` and `?before=`, from the mirror."""
    current = get_thread(request, marketplace, thread_id)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    parts = unfolded(current, before=before, after=after)
    if not parts:
        raise Http404
    context = {
        "thread": current,
        "parts": parts,
        "may_answer": request.viewer.may_answer(current.marketplace),
    }
    return render_page(request, "inbox/earlier.html", context, partial="messages")


def parse_moment(text: str) -> datetime | None:
    """None if it is invalid."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
