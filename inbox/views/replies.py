"""Replies: written, watched, sent again, discarded."""

from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from inbox.forms.after import AfterForm, with_button
from inbox.forms.replies import ReplyForm, offered_recipients
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Draft, Message, Reply, Thread
from inbox.services import mirror, outbox, reasons
from inbox.views import after
from inbox.views.access import get_thread, require_answerable
from inbox.views.threads import PAGE, composer, thread_context
from inbox.views.timeline import timeline_of


@require_POST
def reply_to(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    data = with_button(request.POST)
    chosen = data.get("reason")
    draft = Draft.objects.of(request.user, thread).first()
    form = ReplyForm(
        data,
        request.FILES,
        thread=thread,
        begun_for=draft.recipients if draft else [],
        recipients=offered_recipients(thread),
        reasons=reasons.offered(thread.marketplace, thread.entity_type) if chosen else [],
    )
    if known := already_written(request, form):
        return written(request, thread, known)
    if not form.is_valid():
        return refused(request, thread, form)
    mirror.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    thread.refresh_from_db()
    if news := newer_than(thread, form.cleaned_data["seen"], user=request.user):
        return held_back(request, thread, form, news)
    plan = after.plan(request, thread, AfterForm(data))
    reply, created = outbox.queue(
        marketplace=thread.marketplace,
        thread=thread,
        kind=Reply.Kind.REPLY,
        by=request.user,
        **form.letter,
    )
    if created and outbox.is_inline(reply):
        reply = outbox.deliver(reply.pk)
    if created and reply.state in after.ON_ITS_WAY:
        after.do_besides(request, thread, plan.form)
    return after.leave(request, reply, plan) or written(request, thread, reply)


def already_written(request: DeskRequest, form: ReplyForm) -> Reply | None:
    """The row of this very form, posted before: a double click, a reload, a replay."""
    form.is_valid()
    if (token := form.cleaned_data.get("token")) is None:
        return None
    return Reply.objects.answerable_by(request.user).filter(token=token).first()


def newer_than(thread: Thread, seen: str, *, user: User) -> list[Message]:
    """What others have written after the newest message the page had shown."""
    messages = list(thread.messages.prefetch_related("attachments"))
    ids = [message.mirakl_id for message in messages]
    if seen not in ids:
        return []
    own = set(thread.replies.filter(author=user).values_list("message_id", flat=True))
    newer = messages[ids.index(seen) + 1 :]
    return [message for message in newer if message.mirakl_id not in own]


def written(request: DeskRequest, thread: Thread, reply: Reply) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(f"{thread.get_absolute_url()}#reply-{reply.token}")
    # Sending has stopped its clock.
    thread.refresh_from_db()
    reasons.label_topics([thread])
    timeline = timeline_of(thread, read_until=None)
    context = {"thread": thread, "reply": reply, "filters": after.view_of(request)}
    context |= composer(request, thread, timeline)
    return render_page(request, PAGE, context, partial="written")


def refused(request: DeskRequest, thread: Thread, form: ReplyForm) -> HttpResponse:
    """The page's own form stays as it is, text and files; only the reasons are filled in."""
    if not wants_fragment(request):
        context = thread_context(request, thread, form) | {"anyway": anyway(request, form)}
        return render(request, PAGE, context, status=422)
    # What the page had shown stands there too, and must outlive the refusal.
    context = {"form": form, "seen": form["seen"].value() or "", "anyway": anyway(request, form)}
    response = render_page(request, PAGE, context, partial="problems", status=422)
    return reswap(retarget(response, "#problems"), "outerHTML")


def anyway(request: DeskRequest, form: ReplyForm) -> str:
    """What the button of a warning says: what its writer has read, and how they had sent it."""
    return urlencode({"confirmed": form.confirms, **AfterForm(with_button(request.POST)).chosen})


def held_back(
    request: DeskRequest, thread: Thread, form: ReplyForm, news: list[Message]
) -> HttpResponse:
    """Somebody wrote meanwhile: show it above the untouched draft. Sending again sends."""
    form.add_error(None, _("This arrived while you were writing. Read it, then send again."))
    if not wants_fragment(request):
        context = thread_context(request, thread, form) | {"confirmed": form["confirmed"].value()}
        return render(request, PAGE, context, status=409)
    context = {
        "form": form,
        "thread": thread,
        "news": news,
        "seen": news[-1].mirakl_id,
        "confirmed": form["confirmed"].value(),
    }
    response = render_page(request, PAGE, context, partial="problems", status=409)
    return reswap(retarget(response, "#problems"), "outerHTML")


@require_safe
def topic(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """The composer's fields for another topic: asked for when somebody wants to change it."""
    thread = get_thread(request, marketplace, thread_id)
    if not wants_fragment(request):
        return redirect(f"{thread.get_absolute_url()}?topic=1#composer")
    offered = reasons.offered(thread.marketplace, thread.entity_type)
    return render(request, "inbox/_topic.html", {"reasons": offered})


@require_safe
def reply(request: DeskRequest, token: str) -> HttpResponse:
    """The bubble of one reply. Looking at an unconfirmed one reads its thread."""
    current = get_reply(request, token)
    if current.state == Reply.State.UNCONFIRMED or outbox.is_abandoned(current):
        current = outbox.confirm(current)
    return bubble(request, current)


@require_POST
def send_again(request: DeskRequest, token: str) -> HttpResponse:
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    current = outbox.resend(current, by=request.user)
    if current.state == Reply.State.QUEUED and outbox.is_inline(current):
        current = outbox.deliver(current.pk)
    return bubble(request, current)


@require_POST
def discard(request: DeskRequest, token: str) -> HttpResponse:
    current = get_reply(request, token)
    require_answerable(request, current.marketplace)
    return bubble(request, outbox.discard(current, by=request.user))


def sent_off(request: DeskRequest, current: Reply, *, is_new: bool) -> HttpResponse:
    """A small one goes at once; then on to where it is looked at."""
    if is_new and outbox.is_inline(current):
        current = outbox.deliver(current.pk)
    if wants_fragment(request):
        return HttpResponseClientRedirect(home_of(current))
    return redirect(home_of(current))


def get_reply(request: DeskRequest, token: str) -> Reply:
    replies = Reply.objects.visible_to(request.user).select_related("marketplace", "thread")
    return get_object_or_404(replies.prefetch_related("files"), token=token)


def bubble(request: DeskRequest, current: Reply) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(home_of(current))
    if current.created_thread_id:
        return HttpResponseClientRedirect(home_of(current))
    response = render(request, "inbox/_reply.html", {"reply": current, "polled": True})
    # What lists such things on the page asks for them anew.
    is_there = current.state == Reply.State.SENT
    return trigger_client_event(response, "arrived") if is_there else response


def home_of(current: Reply) -> str:
    """Where a reply is looked at: its thread, or until Mirakl has made one, what it is on."""
    slug, about = current.marketplace.slug, current.order_id
    if current.created_thread_id:
        return reverse("thread", args=[slug, current.created_thread_id])
    if current.thread:
        return f"{current.thread.get_absolute_url()}#reply-{current.token}"
    match current.kind:
        case Reply.Kind.OPERATOR_THREAD:
            return reverse("operator-thread-new", args=[slug])
        case Reply.Kind.SERVICE_ORDER_THREAD:
            url = reverse("service-order-thread-new", args=[slug, about])
        case Reply.Kind.SERVICE_THREAD:
            url = reverse("service-thread-new", args=[slug, about])
        case _:
            token = str(current.token)
            address = reverse("order", args=[slug, about])
            return f"{address}?{urlencode({'reply': token})}#reply-{token}"
    customer = current.details.get("customer")
    return f"{url}?{urlencode({'customer': customer['id']})}" if customer else url
