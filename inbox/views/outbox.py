"""The outbox: the bubble of each reply, and what users decide about it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from inbox.access import desk_page, require_answerable
from inbox.forms.numbers import is_number
from inbox.htmx import DeskRequest, redirect_to, render_page, wants_fragment
from inbox.models import Candidate, Outgoing, Thread, User
from inbox.pages.addresses import form_of, home_of
from inbox.pages.composer import composer
from inbox.pages.outbox import outbox_page
from inbox.pages.sidebar import trouble_for
from inbox.pages.thread import ThreadPart
from inbox.pages.timeline import outline_of
from inbox.pages.toolbar import toolbar
from inbox.services.marketplaces import reasons
from inbox.services.outbox import candidates, confirmation, delivery, queue
from inbox.views import after
from inbox.views.threads import PAGE, context_of


@require_safe
def list_trouble(request: DeskRequest) -> HttpResponse:
    """Every reply with a problem, of marketplaces where the user may answer."""
    if not request.viewer.writes_anywhere:
        raise Http404
    found = Outgoing.objects.answerable_by(request.user).in_trouble()
    if is_number(last := request.GET.get("after", "")):
        found = found.filter(pk__lt=last)
    page = outbox_page(found)
    return render_page(request, "inbox/outbox.html", {"page": page}, partial="replies")


@require_safe
@desk_page
def count_trouble(request: DeskRequest) -> HttpResponse:
    """The number of replies with a problem, for the sidebar of an open page."""
    context = {"trouble": trouble_for(request.user), "here": current_path(request)}
    return render(request, "inbox/_trouble_count.html", context)


@require_safe
def show_reply(request: DeskRequest, token: str) -> HttpResponse:
    """The current bubble of one reply."""
    return render_bubble(request, refresh_state(get_reply(request, token)))


@require_safe
def toast(request: DeskRequest, token: str) -> HttpResponse:
    """The toast about a reply on the next page; it polls until the reply is settled."""
    current = get_reply(request, token)
    if not wants_fragment(request):
        return redirect(home_of(current))
    # Shown on any page.
    request.about_thread = None
    asked = request.GET.get("asked", "")
    context = {
        "reply": refresh_state(current),
        "asked": int(asked) if is_number(asked) else 0,
        # The list of that page: editing the reply returns to it.
        "here": urlsplit(request.htmx.current_url_abs_path or "").query,
    }
    response = render(request, "inbox/_reply_toast.html", context)
    return trigger_client_event(response, "outbox")


def refresh_state(current: Outgoing) -> Outgoing:
    """Display a reply: an unconfirmed one is searched for, one that no worker has taken is sent."""
    if current.state == Outgoing.State.UNCONFIRMED or current.is_abandoned:
        return confirmation.confirm(current)
    if current.state == Outgoing.State.QUEUED:
        return delivery.deliver_if_left(current)
    return current


@require_POST
def check(request: DeskRequest, token: str) -> HttpResponse:
    """Search Mirakl now, and show the result."""
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    current, words = confirmation.check(current)
    return render_bubble(request, current, words=words)


@require_POST
def is_it(request: DeskRequest, token: str, pk: int) -> HttpResponse:
    """The message at Mirakl is this reply."""
    return decide(request, token, pk, candidates.accept)


@require_POST
def is_not(request: DeskRequest, token: str, pk: int) -> HttpResponse:
    """The message at Mirakl is another one; the reply is searched for again."""
    return decide(request, token, pk, candidates.rule_out)


def decide(
    request: DeskRequest, token: str, pk: int, decision: Callable[[Candidate, User], bool]
) -> HttpResponse:
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    candidate = get_object_or_404(current.candidates.select_related("file"), pk=pk)
    candidate.outgoing = current
    decision(candidate, request.user)
    return render_bubble(request, confirmation.confirm(current))


@require_POST
def send_again(request: DeskRequest, token: str) -> HttpResponse:
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    current = queue.resend(current, by=request.user)
    # No worker has taken a stuck reply: this request sends it.
    if current.state == Outgoing.State.QUEUED and (delivery.is_inline(current) or current.is_stuck):
        current = delivery.deliver_row(current)
    return render_bubble(request, current)


@require_POST
def discard(request: DeskRequest, token: str) -> HttpResponse:
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    return render_bubble(request, queue.discard(current, by=request.user))


@require_POST
def take_back(request: DeskRequest, token: str) -> HttpResponse:
    """Undo or Edit: text and files return to the form they came from."""
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    if current.seconds_to_undo and current.author != request.user:
        raise PermissionDenied
    # It may have arrived since the last check.
    current = confirmation.confirm(current)
    try:
        queue.take_back(current, request.user, typed=request.POST.get("body"))
    except queue.TooLate:
        return render_bubble(request, get_reply(request, token))
    if current.state == Outgoing.State.SENDING:
        return render_bubble(request, get_reply(request, token))
    if current.thread is None:
        return redirect_to(request, form_of(current))
    if is_on_page_of(request, current.thread):
        return return_to_composer(request, current, current.thread)
    query = after.view_of(request).query(**{"from": token})
    return redirect_to(
        request, f"{current.thread.get_absolute_url()}?{query}#composer-{current.thread_id}"
    )


def return_to_composer(request: DeskRequest, taken: Outgoing, thread: Thread) -> HttpResponse:
    """The composer with the returned text, in place of the reply's bubble."""
    timeline = outline_of(thread)
    part = ThreadPart(
        thread,
        after.view_of(request),
        composer=composer(request.viewer, request.GET, thread, timeline, taken=taken),
    )
    context = context_of(part) | {"reply": taken}
    response = render_page(request, PAGE, context, partial="taken_back")
    return reswap(retarget(response, f"#composer-{thread.pk}"), "outerHTML")


def get_reply(request: DeskRequest, token: str) -> Outgoing:
    reply = get_object_or_404(Outgoing.objects.visible_to(request.user).complete(), token=token)
    request.about_thread = reply.thread_id
    return reply


def is_on_page_of(request: DeskRequest, thread: Thread) -> bool:
    return wants_fragment(request) and current_path(request) == thread.get_absolute_url()


def current_path(request: DeskRequest) -> str:
    return (request.htmx.current_url_abs_path or "").partition("?")[0]


def render_bubble(request: DeskRequest, current: Outgoing, *, words: str = "") -> HttpResponse:
    if not wants_fragment(request):
        return redirect(home_of(current))
    if current.created_thread_id and not is_in_list(request):
        return HttpResponseClientRedirect(home_of(current))
    context: dict[str, object] = {
        "reply": current,
        "words": words,
        "in_list": is_in_list(request),
        "may_answer": request.viewer.may_answer(current.marketplace),
    }
    is_there = current.state == Outgoing.State.SENT
    if is_there and current.thread and is_on_page_of(request, current.thread):
        # Sending has stopped the reply clock.
        thread = current.thread
        part = ThreadPart(
            thread,
            after.view_of(request),
            topic=reasons.find_topic(thread),
            toolbar=toolbar(request.viewer, thread),
        )
        context |= context_of(part)
    response = render(request, "inbox/bubble.html", context)
    # The counter of problems reloads itself, and the lists of an order's page.
    trigger_client_event(response, "outbox")
    return trigger_client_event(response, "arrived") if is_there else response


def is_in_list(request: DeskRequest) -> bool:
    """Whether the bubble is in the list of problems, where each names its thread."""
    return current_path(request) == reverse("outbox")
