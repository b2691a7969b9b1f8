"""Decisions about one thread: each POST returns its new head and a message with an Undo."""

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
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Marketplace, Thread, User
from inbox.pages.activity import list_changes
from inbox.pages.thread import ThreadPart, thread_page
from inbox.pages.thread_rows import build_rows
from inbox.pages.toolbar import Closing, toolbar
from inbox.services.marketplaces import platforms, reasons
from inbox.services.people import profiles
from inbox.services.triage import closing
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.changes import Change
from inbox.services.triage.closing import OpenEnds
from inbox.services.triage.snooze import snooze_thread, unsnooze_thread
from inbox.services.triage.status import close_thread, reopen_thread
from inbox.services.triage.tags import tag_thread, untag_thread
from inbox.services.triage.undo import undo_change
from inbox.views import after
from inbox.views.threads import PAGE, context_of

SALT = "undo of triage"
UNDONE_WITHIN = 3600  # seconds


@require_POST
def assign(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = AssignForm(request.POST, marketplace=thread.marketplace)
    if not form.is_valid():
        return render_refusal(
            request, thread, _("This person can't reply here. Choose someone else.")
        )
    to = form.cleaned_data["assignee"]
    done = assign_thread(thread, to=to, by=request.user)
    words = _("Assigned to %(who)s") % {"who": to.display_name} if to else _("Unassigned")
    # A closed thread is not in the assignee's list.
    reopens_for = to if thread.status == Thread.Status.CLOSED else None
    return changed(request, thread, done, words, reopens_for=reopens_for)


@require_POST
def close(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Asks first if a clock is running or a text is unsent; `anyway` confirms."""
    thread = answerable(request, marketplace, thread_id)
    open_ends = closing.find_open_ends([thread.pk], by=request.user)
    if "anyway" not in request.POST and (question := question_about(request, thread, open_ends)):
        return answered_back(request, thread, closing=question)
    next_page = after.find_next_page(request, thread)
    done = close_thread(thread, by=request.user)
    words = pgettext("conversation", "Closed")
    if open_ends.counting:
        words = _("Closed. The reply clock is still running, so it stays in “Due soon”.")
    if done and next_page:
        tell_closed(request, thread, done, f"{thread.who}: {words}")
        return after.go_on(request, thread, next_page)
    return changed(request, thread, done, words)


def tell_closed(request: DeskRequest, thread: Thread, done: Change, words: str) -> None:
    """The next page shows a message with an Undo."""
    query = after.view_of(request).query(ticket=ticket(thread, done))
    undo_url = reverse("thread-undo", args=[thread.marketplace.slug, thread.mirakl_id])
    messages.success(request, words, extra_tags=f"{undo_url}?{query}")


def question_about(request: DeskRequest, thread: Thread, open_ends: OpenEnds) -> Closing | None:
    """The question before closing; None if nothing objects."""
    typed = request.POST.get("body", "")
    is_typing = not profiles.is_blank_or_signature(typed, request.user, thread.marketplace)
    counts, is_unsent = bool(open_ends.counting), bool(open_ends.unsent) or is_typing
    if not (counts or is_unsent):
        return None
    # Mirakl's clock is the shop's: only shops can stop it.
    is_shop = thread.marketplace.role == Marketplace.Role.SELLER
    stops = counts and is_shop and not platforms.without_no_reply_needed([thread.marketplace])
    return Closing(counts, is_unsent, stops)


@require_POST
def reopen(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    return changed(request, thread, reopen_thread(thread, by=request.user), _("Reopened"))


@require_POST
def snooze(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = SnoozeForm(request.POST, thread=thread)
    if not form.is_valid():
        return render_refusal(request, thread, form.errors.as_data(), form)
    until = form.cleaned_data["until"]
    done = snooze_thread(thread, until=until, by=request.user)
    return changed(
        request,
        thread,
        done,
        _("Snoozed until %(until)s") % {"until": format_moment(until, "WEEKDAY_MOMENT")},
    )


@require_POST
def unsnooze(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    return changed(request, thread, unsnooze_thread(thread, by=request.user), _("Snooze ended"))


@require_POST
def tags(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    form = TagForm(request.POST, thread=thread)
    if not form.is_valid():
        problems = [str(one) for several in form.errors.values() for one in several]
        return render_refusal(request, thread, problems[0])
    tag = form.tag()
    if form.cleaned_data["remove"]:
        done = untag_thread(thread, tag, by=request.user)
        return changed(request, thread, done, _("Removed tag “%(tag)s”") % {"tag": tag})
    done = tag_thread(thread, tag, by=request.user)
    return changed(request, thread, done, _("Added tag “%(tag)s”") % {"tag": tag})


@require_POST
def undo(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = answerable(request, marketplace, thread_id)
    done = read_ticket(request, thread)
    undone = done and undo_change(thread, done, by=request.user)
    words = _("Undone") if undone else _("Can't undo: someone has changed this since.")
    return changed(request, thread, undone, words, offers_undo=False)


# -- shared --------------------------------------------------------


def answerable(request: DeskRequest, marketplace: str, thread_id: str) -> Thread:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    return thread


def ticket(thread: Thread, done: Change) -> str:
    """The signed data of an Undo, for the page."""
    return signing.dumps([thread.pk, *astuple(done)], salt=SALT)


def read_ticket(request: HttpRequest, thread: Thread) -> Change | None:
    try:
        sealed = request.POST.get("ticket") or request.GET.get("ticket", "")
        pk, *parts = signing.loads(sealed, salt=SALT, max_age=UNDONE_WITHIN)
    except signing.BadSignature:
        return None
    return Change(*parts) if pk == thread.pk else None


def changed(
    request: DeskRequest,
    thread: Thread,
    done: Change | None,
    words: str,
    *,
    offers_undo: bool = True,
    reopens_for: User | None = None,
) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, words)
        return redirect(after.with_query(thread, after.view_of(request)))
    page = head(request, thread, reopens_for=reopens_for)
    (row,) = build_rows(
        request.viewer,
        [thread],
        {thread.pk: page.topic},
        page.filters.words,
        page.filters.shown_effect,
        opened=[thread.pk],
    )
    context = context_of(page) | {
        "row": row,
        "words": words,
        "ticket": ticket(thread, done) if done and offers_undo else "",
        "changes": list_changes(thread, most=1) if done else [],
    }
    return render(request, "inbox/changed.html", context)


def head(request: DeskRequest, thread: Thread, **said: Any) -> ThreadPart:
    """The thread's head; `said` are values of the toolbar."""
    tools = replace(toolbar(request.viewer, thread), **said)
    topic = reasons.find_topic(thread)
    return ThreadPart(thread, after.view_of(request), topic=topic, toolbar=tools)


def render_refusal(
    request: DeskRequest, thread: Thread, why: Any, form: SnoozeForm | None = None
) -> HttpResponse:
    """The head with the error; a snooze past the deadline can be confirmed there."""
    words = why if isinstance(why, str) else first_of(why)
    return answered_back(request, thread, refusal=words, late=form)


def answered_back(request: DeskRequest, thread: Thread, **said: Any) -> HttpResponse:
    """The unchanged head, with the objection to the decision."""
    if not wants_fragment(request):
        page = thread_page(request.viewer, request.GET, thread)
        page = replace(page, toolbar=replace(page.toolbar, **said))
        return render(request, PAGE, context_of(page), status=422)
    context = context_of(head(request, thread, **said))
    return render_page(request, "inbox/changed.html", context, partial="head", status=422)


def first_of(errors: dict[str, list[Any]]) -> str:
    return next(str(message) for several in errors.values() for one in several for message in one)
