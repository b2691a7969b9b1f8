"""Drafts: saved while they are typed (htmx posts a moment after each pause), and listed."""

import uuid
from urllib.parse import unquote, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.http import require_POST, require_safe

from inbox.access import desk_page, get_marketplace, get_thread, require_answerable
from inbox.forms.drafts import FormDraftForm, ThreadDraftForm
from inbox.htmx import DeskRequest, render_page
from inbox.models import Outgoing
from inbox.models.drafts import Mode
from inbox.models.keyset import DraftCursor
from inbox.pages.draft_list import drafts_page
from inbox.services.composing import drafts

STATE = "inbox/_draft_state.html"
# The forms that have drafts, by the names of their URLs.
KINDS = {
    "thread-new": Outgoing.Kind.ORDER_THREAD,
    "service-order-thread-new": Outgoing.Kind.SERVICE_ORDER_THREAD,
    "service-thread-new": Outgoing.Kind.SERVICE_THREAD,
    "operator-thread-new": Outgoing.Kind.OPERATOR_THREAD,
    "message-new": Outgoing.Kind.ORDER_MESSAGE,
}


@require_safe
@desk_page
def list_drafts(request: DeskRequest) -> HttpResponse:
    """The user's own, newest first, each a link to where it is written."""
    cursor = DraftCursor.parse(request.GET.get("before", ""))
    page = drafts_page(request.user, cursor)
    return render_page(request, "inbox/drafts.html", {"page": page}, partial="drafts")


@require_POST
def save_draft(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Save the draft of a reply or a note."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    form = ThreadDraftForm(request.POST)
    if not form.is_valid():
        return render(request, STATE, {"is_too_long": True}, status=422)
    token: uuid.UUID | None = form.cleaned_data["token"]
    result = drafts.save(
        thread,
        user=request.user,
        body=form.cleaned_data["body"],
        recipients=request.POST.getlist("to"),
        token=token,
        mode=form.cleaned_data["mode"] or Mode.REPLY,
        number=form.cleaned_data["number"],
        based_on=None if form.cleaned_data["anyway"] else request.POST.get("based_on"),
    )
    draft = result.draft
    if result.is_refused and draft and request.POST.get("refused") == draft.version:
        # Shown already: a button that is being pressed must not be replaced under the pointer.
        return HttpResponse(status=204)
    context = {
        "draft": draft,
        "is_refused": result.is_refused,
        "based_on": request.POST.get("based_on"),
        "thread": thread,
    }
    return render(request, STATE, context)


@require_POST
def save_form_draft(request: DeskRequest) -> HttpResponse:
    """Save the draft of a form without a thread, by the address of its page."""
    place = find_place(request)
    form = FormDraftForm(request.POST)
    if not form.is_valid():
        return render(request, STATE, {"is_too_long": True}, status=422)
    draft = drafts.save_form(
        place,
        user=request.user,
        fields=form.written,
        token=form.cleaned_data["token"],
        number=form.cleaned_data["number"],
    )
    return render(request, STATE, {"draft": draft})


def find_place(request: DeskRequest) -> drafts.FormPlace:
    """The form that the request names by its `address`, if the user may write there."""
    address = request.POST.get("address", "")
    page = resolve_page(address)
    where = get_marketplace(request, page.kwargs["marketplace"])
    require_answerable(request, where)
    if request.POST.get("writer") != str(request.user.pk):
        # Another user has logged in while the page was open.
        raise PermissionDenied
    return drafts.FormPlace(where, KINDS[page.url_name or ""], subject_of(page), address)


def resolve_page(address: str) -> ResolverMatch:
    """The page at this address, which the list of drafts links to: only a form of the desk."""
    try:
        scheme, host, path, _query, _fragment = urlsplit(address)
        page = resolve(unquote(path))
    except (Resolver404, ValueError):
        raise Http404 from None
    if scheme or host or address.startswith("//") or "\0" in unquote(path):
        raise Http404
    if page.url_name not in KINDS:
        raise Http404
    return page


def subject_of(page: ResolverMatch) -> str:
    """The id of the order or service, as far as a row may show it."""
    named = page.kwargs.get("order_id") or page.kwargs.get("service_code") or ""
    return str(named)[:100]
