"""A thread: its messages, its composer, what is known beside it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from inbox.forms.inbox import InboxFilters
from inbox.forms.replies import (
    ReplyForm,
    as_written,
    default_recipients,
    is_token,
    misses_customer,
    new_token,
    offered_recipients,
)
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Draft, Marketplace, Message, Profile, Reply, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.services.composing import limits
from inbox.services.marketplaces import reasons
from inbox.services.mirror import sync
from inbox.services.people import notifications, profiles
from inbox.views import canned, inbox, note_lines, presence
from inbox.views.access import get_marketplace, get_thread, may_answer
from inbox.views.folding import MESSAGE, NOTE, REPLY, Wanted
from inbox.views.held_back import shown_now
from inbox.views.looked_for import mark_found
from inbox.views.sidebar import sidebar_for
from inbox.views.timeline import Timeline, mark_read, timeline_of, unfolded
from inbox.views.toolbar import toolbar

PAGE = "inbox/thread.html"
BESIDE = 50


@require_safe
def thread(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """M10 in the request; the mirror where Mirakl does not answer, or not soon enough.

    `?wait=1` gives it more time: the request of a page that is open, or "Check again".
    `?message=`, `?note=` and `?reply=` unfold what is around one, `?all=1` as much as a page holds.
    """
    connection = get_marketplace(request, marketplace)
    deadline = None if "wait" in request.GET else settings.THREAD_DEADLINE_SECONDS
    opened = sync.open_thread(connection, thread_id, deadline=deadline)
    if opened.thread is None:
        if connection.is_storefront and opened.freshness.state == "gone":
            # Whose it is, is not known here: choose the customer first.
            return redirect("customers", connection.slug)
        if opened.freshness.state != "down":
            raise Http404
        context = {"freshness": [opened.freshness], "sidebar": sidebar_for(request.user)}
        return render_page(request, "inbox/unreachable.html", context, partial="why", status=503)
    opened.thread.marketplace = connection
    request.about_thread = opened.thread.pk
    if wants_fragment(request):
        return finished(request, opened.thread, opened.freshness)
    silent = [] if opened.freshness.state == "fresh" else [connection]
    context = thread_context(request, opened.thread, silent=silent)
    return render(request, PAGE, context | finishing(request, opened.freshness, context))


def finishing(
    request: DeskRequest, freshness: sync.Freshness, context: dict[str, Any]
) -> dict[str, Any]:
    """How the page goes on asking a marketplace that is late."""
    if freshness.state != "late":
        return {"freshness": [freshness]}
    query = request.GET.copy()
    query["wait"] = "1"
    again = query.urlencode()
    query["since"] = context["read_until"].isoformat() if context["read_until"] else ""
    return {"late": freshness, "again": again, "finish": query.urlencode()}


def finished(request: DeskRequest, current: Thread, freshness: sync.Freshness) -> HttpResponse:
    """The timeline for a page that is open, and what must go with it; the composer stays.

    `?since=`: how far the reader had come when that page was shown.
    """
    reasons.label_topics([current], silent=[current.marketplace])
    read_until = mark_read(current, request.user.pk, newest_of(current))
    if "since" in request.GET:
        read_until = parse_moment(request.GET["since"])
    timeline = timeline_of(current, request.user, read_until=read_until, wanted=wanted_in(request))
    filters = filters_of(request)
    mark_found(filters.words, timeline, wanted_in(request))
    context = {
        "thread": current,
        "timeline": timeline,
        "filters": filters,
        "freshness": [freshness],
        "toolbar": toolbar(request, current),
        "may_answer": may_answer(request, current.marketplace),
        "shown": shown_now(current, timeline.messages, timeline.replies),
    }
    return render_page(request, PAGE, context, partial="finished")


def parse_moment(text: str) -> datetime | None:
    """None where it is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def newest_of(current: Thread) -> Message | None:
    return current.messages.only("created_at").last()


@require_safe
def earlier(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """What is folded between `?after=` and `?before=`, as much as a page holds; from the mirror."""
    current = get_thread(request, marketplace, thread_id)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    parts = unfolded(current, request.user, before=before, after=after)
    if not parts:
        raise Http404
    context = {
        "thread": current,
        "parts": parts,
        "may_answer": may_answer(request, current.marketplace),
    }
    return render_page(request, "inbox/earlier.html", context, partial="messages")


def thread_context(
    request: DeskRequest,
    current: Thread,
    form: ReplyForm | None = None,
    *,
    silent: Collection[Marketplace] = (),
) -> dict[str, Any]:
    """All that the thread page shows; `form` is one that was refused.

    Of marketplaces that are `silent` nobody asks what topics are called.
    """
    read_until = mark_read(current, request.user.pk, newest_of(current))
    notifications.seen([current], request.user)
    wanted = wanted_in(request)
    timeline = timeline_of(current, request.user, read_until=read_until, wanted=wanted)
    filters = filters_of(request)
    mark_found(filters.words, timeline, wanted)
    beside = neighbours(request, filters, current, silent)
    return {
        "thread": current,
        "timeline": timeline,
        "read_until": read_until,
        "neighbours": beside,
        "filters": filters,
        "toolbar": toolbar(request, current),
        "sidebar": sidebar_for(request.user),
        **note_lines.box(request, current),
        **presence.arrive(request, current),
        **composer(request, current, timeline, form),
    }


def filters_of(request: DeskRequest) -> InboxFilters:
    """Of the list that the agent came from."""
    marketplaces = list(Marketplace.objects.visible_to(request.user).in_inbox())
    return InboxFilters(request.GET, marketplaces=marketplaces, user=request.user)


def wanted_in(request: DeskRequest) -> Wanted:
    """What the address asks to see."""
    named = ((kind, request.GET.get(kind)) for kind in (MESSAGE, NOTE, REPLY))
    key = next((f"{kind}-{name}" for kind, name in named if name), "")
    return Wanted(everything="all" in request.GET, key=key)


def composer(
    request: DeskRequest,
    current: Thread,
    timeline: Timeline,
    form: ReplyForm | None = None,
    taken: Reply | None = None,
) -> dict[str, Any]:
    """`form` is one that was refused; `taken` a reply that has just come back into the draft."""
    offered = offered_recipients(current)
    looked_at = now().isoformat()
    draft = Draft.objects.of(request.user, current).first()
    begun = form["body"].value() if form else draft and draft.body
    # A draft keeps no topic: it is read off the reply.
    retopic = form or topic_of(taken or reply_in_address(request, current))
    return {
        "form": retopic,
        "begun": begun or profiles.signature_of(request.user, current.marketplace),
        "draft": draft,
        "looked_at": looked_at,
        "waiting": draft.files.all() if draft else [],
        "token": form["token"].value() if form else new_token(),
        "offered": offered,
        "misses_customer": misses_customer(current),
        "chosen": form["to"].value()
        if form
        else draft_recipients(draft, offered) or default_recipients(current, timeline.last_inbound),
        "shown": shown_now(current, timeline.messages, timeline.replies),
        "may_answer": may_answer(request, current.marketplace),
        "budget": limits.of(current),
        "reasons": offered_reasons(request, current, retopic),
        "canned_names": canned.names_for(request, current),
        "canned_chosen": canned.chosen_on(request, current),
        "after_choices": Profile.AfterSending.choices,
        "after": Profile.of(request.user).after_sending,
    }


def reply_in_address(request: DeskRequest, current: Thread) -> Reply | None:
    """The one of `?from=`, which has come back into the draft."""
    token = request.GET.get("from", "")
    return current.replies.filter(token=token).first() if is_token(token) else None


def topic_of(reply: Reply | None) -> ReplyForm | None:
    return ReplyForm(initial=as_written(reply), recipients=[]) if reply else None


def draft_recipients(draft: Draft | None, offered: list[dict[str, Any]]) -> list[str]:
    """Whom the draft was for, as far as they may still be written to."""
    return [one["type"] for one in offered if draft and one["type"] in draft.recipients]


def offered_reasons(
    request: DeskRequest, current: Thread, form: ReplyForm | None
) -> list[reasons.Reason] | None:
    """None while nobody changes the topic; `?topic=1` does where there is no JavaScript."""
    has_topic = form is not None and (form["reason"].value() or form["topic"].value())
    if not has_topic and "topic" not in request.GET:
        return None
    return reasons.offered(current.marketplace, current.entity_type)


def neighbours(
    request: DeskRequest,
    filters: InboxFilters,
    current: Thread,
    silent: Collection[Marketplace],
) -> dict[str, Any]:
    """The list the agent came from, from the mirror: no call is made for it."""
    if current.marketplace.is_storefront:
        theirs = same_reader(current).for_rows().by_newest()[:BESIDE]
        threads = list(theirs)
        inbox.mark_unread(threads, request)
        reasons.label_topics([current, *threads], silent=silent)
        return {"threads": threads}
    inbox.recall_channel(filters)
    return inbox.beside(request, filters, current, silent)


def same_reader(current: Thread) -> ThreadQuerySet:
    """Threads that whoever reads this one may read beside it: a storefront, its customer's only."""
    threads = Thread.objects.filter(marketplace=current.marketplace)
    if current.marketplace.is_storefront:
        return threads.filter(customer_id=current.customer_id)
    return threads
