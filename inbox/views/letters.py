"""Messages on no thread, saved while they are typed: htmx asks a moment after each pause."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.http import require_POST

from inbox.access import get_marketplace, require_answerable
from inbox.forms.letters import LetterDraftForm
from inbox.htmx import DeskRequest
from inbox.models import Outgoing
from inbox.services.composing import form_drafts

# By the names of the pages that they are written on.
KINDS = {
    "thread-new": Outgoing.Kind.ORDER_THREAD,
    "service-order-thread-new": Outgoing.Kind.SERVICE_ORDER_THREAD,
    "service-thread-new": Outgoing.Kind.SERVICE_THREAD,
    "operator-thread-new": Outgoing.Kind.OPERATOR_THREAD,
    "message-new": Outgoing.Kind.ORDER_MESSAGE,
}


@require_POST
def keep(request: DeskRequest) -> HttpResponse:
    page = page_at(request.POST.get("address", ""))
    where = get_marketplace(request, page.kwargs["marketplace"])
    require_answerable(request, where)
    form = LetterDraftForm(request.POST)
    if not form.is_valid():
        return render(request, "inbox/_draft_state.html", {"is_too_long": True}, status=422)
    if form.cleaned_data["writer"] != request.user.pk:
        # Somebody else has logged in beside a page that was left open.
        raise PermissionDenied
    letter = form_drafts.keep(
        where,
        user=request.user,
        kind=KINDS[page.url_name or ""],
        about=about_of(page),
        address=form.cleaned_data["address"],
        fields=form.written,
        token=form.cleaned_data["token"],
        number=form.cleaned_data["number"],
    )
    return render(request, "inbox/_draft_state.html", {"draft": letter})


def page_at(address: str) -> ResolverMatch:
    """The desk's own page at a path that may have a query; a link to it stands in the list."""
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


def about_of(page: ResolverMatch) -> str:
    """The id of what is written on, as far as a row may show it."""
    named = page.kwargs.get("order_id") or page.kwargs.get("service_code") or ""
    return str(named)[:100]
