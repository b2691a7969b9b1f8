"""Decisions about one thread: each a POST, answered by its new head and a word with an Undo."""

from dataclasses import astuple, replace
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from inbox.access import get_thread, require_answerable
from inbox.dates import format_moment
from inbox.forms.triage import AssignForm, SnoozeForm, TagForm
from inbox.htmx import DeskRequest, redirect_to, render_page, wants_fragment
from inbox.models import Marketplace, Thread, User
from inbox.pages.activity import happenings_of
from inbox.pages.thread import ThreadPart, thread_page
from inbox.pages.toolbar import Closing, toolbar
from inbox.services.marketplaces import platforms, reasons
from inbox.services.people import profiles
from inbox.services.triage import actions, closing
from inbox.services.triage.actions import Done
from inbox.views import after
from inbox.views.threads import PAGE, context_of

SALT = "undo of triage"
UNDONE_WITHIN = 3600  # seconds


@require_POST
def assign(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = AssignForm(request.POST, marketplace=thread.marketplace)
    if not form.is_valid():
        return refused(request, thread, _("This person can't reply here. Choose someone else."))
    to = form.cleaned_data["assignee"]
    done = actions.assign(thread, to=to, by=request.user)
    words = _("Assigned to %(who)s") % {"who": to.display_name} if to else _("Unassigned")
    # Whoever gets it has it among theirs only while it is open.
    reopens_for = to if thread.status == Thread.Status.CLOSED else None
    return changed(request, thread, done, words, reopens_for=reopens_for)


@require_POST
def close(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Asks first where a clock goes on or a text is not sent; `anyway` is the answer."""
    thread = answerable(request, marketplace, thread_id)
    if "anyway" not in request.POST and (question := question_about(request, thread)):
        return answered_back(request, thread, closing=question)
    counts = bool(closing.look([thread.pk], by=request.user).counting)
    following = after.url_after(request, thread)
    done = actions.close(thread, by=request.user)
    words = pgettext("conversation", "Closed")
    if counts:
        words = _("Closed. The reply clock is still running, so it stays in “Due soon”.")
    if done and following:
        return go_on(request, thread, done, f"{thread.who}: {words}", following)
    return changed(request, thread, done, words)


def go_on(
    request: DeskRequest, thread: Thread, done: Done, words: str, following: str
) -> HttpResponse:
    """To the next page, which says so and offers to undo it."""
    query = after.view_of(request).query(ticket=ticket(thread, done))
    undo_url = reverse("thread-undo", args=[thread.marketplace.slug, thread.mirakl_id])
    messages.success(request, words, extra_tags=f"{undo_url}?{query}")
    return redirect_to(request, following)


def question_about(request: DeskRequest, thread: Thread) -> Closing | None:
    """Why one may not want to close it; None where nothing speaks against it."""
    loose = closing.look([thread.pk], by=request.user)
    typed = request.POST.get("body", "")
    is_typing = not profiles.is_unwritten(typed, request.user, thread.marketplace)
    counts, is_unsent = bool(loose.counting), bool(loose.unsent) or is_typing
    if not (counts or is_unsent):
        return None
    # Mirakl's clock is the shop's: nobody else can have it stopped.
    is_shop = thread.marketplace.role == Marketplace.Role.SELLER
    stops = counts and is_shop and not platforms.without_no_reply_needed([thread.marketplace])
    return Closing(counts, is_unsent, stops)


@require_POST
def reopen(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    return changed(request, thread, actions.reopen(thread, by=request.user), _("Reopened"))


@require_POST
def snooze(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = SnoozeForm(request.POST, thread=thread)
    if not form.is_valid():
        return refused(request, thread, form.errors.as_data(), form)
    until = form.cleaned_data["until"]
    done = actions.snooze(thread, until=until, by=request.user)
    return changed(
        request,
        thread,
        done,
        _("Snoozed until %(until)s") % {"until": format_moment(until, "WEEKDAY_MOMENT")},
    )


@require_POST
def wake(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    return changed(request, thread, actions.wake(thread, by=request.user), _("Snooze ended"))


@require_POST
def tags(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = TagForm(request.POST, thread=thread)
    if not form.is_valid():
        problems = [str(one) for several in form.errors.values() for one in several]
        return refused(request, thread, problems[0])
    tag = form.tag()
    if form.cleaned_data["remove"]:
        done = actions.untag(thread, tag, by=request.user)
        return changed(request, thread, done, _("Removed tag “%(tag)s”") % {"tag": tag})
    done = actions.tag(thread, tag, by=request.user)
    return changed(request, thread, done, _("Added tag “%(tag)s”") % {"tag": tag})


@require_POST
def undo(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    done = read_ticket(request, thread)
    undone = done and actions.undo(thread, done, by=request.user)
    words = _("Undone") if undone else _("Can't undo: someone has changed this since.")
    return changed(request, thread, undone, words, offers_undo=False)


# -- what they share --------------------------------------------------------


def answerable(request: DeskRequest, marketplace: str, thread_id: str) -> Thread:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    return thread


def ticket(thread: Thread, done: Done) -> str:
    """What an Undo needs to know; it travels in the page, sealed."""
    return signing.dumps([thread.pk, *astuple(done)], salt=SALT)


def read_ticket(request: HttpRequest, thread: Thread) -> Done | None:
    try:
        sealed = request.POST.get("ticket") or request.GET.get("ticket", "")
        pk, *parts = signing.loads(sealed, salt=SALT, max_age=UNDONE_WITHIN)
    except signing.BadSignature:
        return None
    return Done(*parts) if pk == thread.pk else None


def changed(
    request: DeskRequest,
    thread: Thread,
    done: Done | None,
    words: str,
    *,
    offers_undo: bool = True,
    reopens_for: User | None = None,
) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, words)
        return redirect(after.with_query(thread, after.view_of(request)))
    context = context_of(head(request, thread, reopens_for=reopens_for)) | {
        "words": words,
        "ticket": ticket(thread, done) if done and offers_undo else "",
        "happenings": happenings_of(thread, most=1) if done else [],
    }
    return render(request, "inbox/changed.html", context)


def head(request: DeskRequest, thread: Thread, **said: Any) -> ThreadPart:
    """With what is said of a decision there, as the toolbar names it."""
    reasons.label_topics([thread])
    tools = replace(toolbar(request.viewer, thread), **said)
    return ThreadPart(thread, after.view_of(request), toolbar=tools)


def refused(
    request: DeskRequest, thread: Thread, why: Any, form: SnoozeForm | None = None
) -> HttpResponse:
    """The head again, with the reason; a late snooze may be confirmed there."""
    words = why if isinstance(why, str) else first_of(why)
    return answered_back(request, thread, refusal=words, late=form)


def answered_back(request: DeskRequest, thread: Thread, **said: Any) -> HttpResponse:
    """The head as it was, with what speaks against the decision."""
    if not wants_fragment(request):
        page = thread_page(request.viewer, request.GET, thread)
        page = replace(page, toolbar=replace(page.toolbar, **said))
        return render(request, PAGE, context_of(page), status=422)
    context = context_of(head(request, thread, **said))
    return render_page(request, "inbox/changed.html", context, partial="head", status=422)


def first_of(errors: dict[str, list[Any]]) -> str:
    return next(str(message) for several in errors.values() for one in several for message in one)
