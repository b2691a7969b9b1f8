"""The System page for superusers: the state of the desk itself. Others get a 404.

It does not call Mirakl, except for Retry.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Outgoing
from inbox.pages.system import system_page
from inbox.services.ops import system
from inbox.services.outbox import queue

PAGE = "inbox/system.html"


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    require_superuser(request)
    return answer(request)


@require_POST
def retry(request: DeskRequest, token: str) -> HttpResponse:
    return render_settled(request, system.retry(get_unsettled(request, token), request.user))


@require_POST
def cancel(request: DeskRequest, token: str) -> HttpResponse:
    return render_settled(request, queue.discard(get_unsettled(request, token), request.user))


def require_superuser(request: DeskRequest) -> None:
    if not request.user.is_superuser:
        raise Http404


def get_unsettled(request: DeskRequest, token: str) -> Outgoing:
    """A reply of any marketplace, also of inactive ones."""
    require_superuser(request)
    replies = Outgoing.objects.select_related("marketplace", "thread").prefetch_related("files")
    return get_object_or_404(replies, token=token)


def render_settled(request: DeskRequest, reply: Outgoing) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("system")
    return answer(request, done=reply)


def answer(request: DeskRequest, *, done: Outgoing | None = None) -> HttpResponse:
    return render_page(request, PAGE, {"page": system_page(done)}, partial="system")
