"""Replies on a thread: sent, held back by new messages, or refused with an error."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from helpdesk.storage import DiskFull
from inbox.access import get_thread, require_answerable
from inbox.forms.after import AfterForm, with_button
from inbox.forms.replies import ReplyForm, offered_recipients
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Destination, Outgoing, Thread
from inbox.pages.composer import composer
from inbox.pages.news import News, Shown, newer_than
from inbox.pages.thread import ThreadPage, ThreadPart, thread_page
from inbox.pages.timeline import outline_of
from inbox.pages.toolbar import toolbar
from inbox.services import locks
from inbox.services.composing import canned_replies, drafts, limits
from inbox.services.marketplaces import reasons
from inbox.services.mirror import sync
from inbox.services.outbox import collision, delivery, queue
from inbox.views import after
from inbox.views.threads import PAGE, context_of


@require_POST
def reply_to(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    data = with_button(request.POST)
    form = reply_form(request, thread, data)
    if known := find_written(request, form, thread):
        return render_written(request, thread, known)
    if not form.is_valid():
        return render_refused(request, thread, form)
    opened = sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    if opened.thread:
        opened.thread.marketplace = thread.marketplace
        thread = opened.thread
    if not thread.is_askable:
        form.add_error(None, unaskable_text(thread))
        return render_refused(request, thread, form)
    shown = Shown.told(form)
    plan = after.plan(request, thread, AfterForm(data))
    try:
        with locks.lock_thread(thread):
            if news := newer_than(shown, thread, user=request.user):
                return render_held_back(request, thread, form, news, shown.and_then(news))
            new = replace(
                form.outgoing(reply_destination(thread)),
                seen_message_id=collision.newest_message_id(thread),
                actions=plan.actions,
                canned=plan.macros[0] if plan.macros else None,
            )
            reply, created = queue.add(new, by=request.user, undo_seconds=request.user.undo_seconds)
    except DiskFull as problem:
        form.add_error(None, str(problem))
        return render_refused(request, thread, form)
    if created and delivery.is_inline(reply):
        reply = delivery.deliver_row(reply)
    if created and reply.state in after.ON_ITS_WAY:
        canned_replies.apply(plan.macros, thread, by=request.user)
    return after.leave(request, reply, plan) or render_written(request, thread, reply)


def reply_destination(thread: Thread) -> Destination:
    return Destination(thread.marketplace, Outgoing.Kind.REPLY, thread)


def unaskable_text(thread: Thread) -> str:
    words = _("You can't reply to this conversation here. Reply in the back office of %(name)s.")
    return words % {"name": thread.marketplace.name}


def reply_form(request: DeskRequest, thread: Thread, data: QueryDict) -> ReplyForm:
    draft = drafts.find_draft(thread, request.user)
    waiting = list(draft.files.all()) if draft else []
    has_files = bool(waiting or request.FILES)
    chosen = data.get("reason")
    return ReplyForm(
        data,
        request.FILES,
        thread=thread,
        begun_for=draft.begun_for if draft else [],
        signature=request.viewer.signature_on(thread.marketplace),
        recipients=offered_recipients(thread),
        reasons=reasons.list_offered(thread.marketplace, thread.entity_type) if chosen else [],
        waiting=waiting,
        room=limits.budget_for(thread).files_left if has_files else None,
    )


def find_written(request: DeskRequest, form: ReplyForm, thread: Thread) -> Outgoing | None:
    """The reply of this form if it was sent before: a double click, a reload, a replay."""
    form.is_valid()
    if (token := form.cleaned_data.get("token")) is None:
        return None
    try:
        return queue.find_by_token(token, reply_destination(thread), request.user)
    except queue.TokenTaken:
        raise Http404 from None


def render_written(request: DeskRequest, thread: Thread, reply: Outgoing) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(f"{thread.get_absolute_url()}#reply-{reply.token}")
    timeline = outline_of(thread)
    part = ThreadPart(
        thread,
        after.view_of(request),
        topic=reasons.find_topic(thread),
        composer=composer(request.viewer, request.GET, thread, timeline),
        toolbar=toolbar(request.viewer, thread),
    )
    return render_page(request, PAGE, context_of(part) | {"reply": reply}, partial="written")


def render_refused(request: DeskRequest, thread: Thread, form: ReplyForm) -> HttpResponse:
    """The form on the page keeps its text and files; only the errors are filled in."""
    if not wants_fragment(request):
        page = page_with_form(request, thread, form, meant=send_anyway_query(request, form))
        return render(request, PAGE, context_of(page), status=422)
    # The fragment also holds what the page showed, which must stay.
    shown = Shown.told(form)
    context = {"form": form, "shown": shown, "meant": send_anyway_query(request, form)}
    response = render_page(request, PAGE, context, partial="problems", status=422)
    return reswap(retarget(response, "find .problems"), "outerHTML")


def page_with_form(
    request: DeskRequest, thread: Thread, form: ReplyForm, **composed: Any
) -> ThreadPage:
    """The whole page with the form as it was posted, and these values of its composer."""
    page = thread_page(request.viewer, request.GET, thread, form)
    return replace(page, composer=replace(page.composer, **composed))


def send_anyway_query(request: DeskRequest, form: ReplyForm) -> str:
    """The value of a warning's button: the confirmed warnings, and how the form was sent."""
    return urlencode({"confirmed": form.confirms, **AfterForm(with_button(request.POST)).chosen})


def render_held_back(
    request: DeskRequest, thread: Thread, form: ReplyForm, news: News, shown: Shown
) -> HttpResponse:
    """New messages: show them above the unchanged draft. Sending again sends."""
    form.add_error(None, _("This message arrived while you were writing. Read it before you send."))
    news_and_shown = {
        "news": news,
        "shown": shown,
        "confirmed": form["confirmed"].value(),
        "meant": send_anyway_query(request, form),
    }
    if not wants_fragment(request):
        page = page_with_form(request, thread, form, **news_and_shown)
        return render(request, PAGE, context_of(page), status=409)
    context = {"form": form, "thread": thread, **news_and_shown}
    response = render_page(request, PAGE, context, partial="problems", status=409)
    return reswap(retarget(response, "find .problems"), "outerHTML")


@require_safe
def topic(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """The composer's fields for another topic, loaded when the agent changes it."""
    thread = get_thread(request, marketplace, thread_id)
    if not wants_fragment(request):
        return redirect(f"{thread.get_absolute_url()}?topic=1#composer-{thread.pk}")
    offered = reasons.list_offered(thread.marketplace, thread.entity_type)
    return render(request, "inbox/_topic.html", {"reasons": offered})
