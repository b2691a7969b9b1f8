"""The System page: whether the desk itself is well. Superusers see it; to others it is not there.

It asks nothing of Mirakl, except where somebody presses Retry.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Outgoing
from inbox.pages.addresses import home_of
from inbox.services.ops import system
from inbox.services.outbox import queue
from inbox.services.people import sign_in

PAGE = "inbox/system.html"


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    require_superuser(request)
    return answer(request)


@require_POST
def retry(request: DeskRequest, token: str) -> HttpResponse:
    return settled(request, system.retry(get_unsettled(request, token), request.user))


@require_POST
def cancel(request: DeskRequest, token: str) -> HttpResponse:
    return settled(request, queue.discard(get_unsettled(request, token), request.user))


def require_superuser(request: DeskRequest) -> None:
    if not request.user.is_superuser:
        raise Http404


def get_unsettled(request: DeskRequest, token: str) -> Outgoing:
    """Of any marketplace, those that were switched off included."""
    require_superuser(request)
    replies = Outgoing.objects.select_related("marketplace", "thread").prefetch_related("files")
    return get_object_or_404(replies, token=token)


def settled(request: DeskRequest, reply: Outgoing) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("system")
    return answer(request, done=reply)


def answer(request: DeskRequest, *, done: Outgoing | None = None) -> HttpResponse:
    parts, (stuck, since), replies = system.machinery(), system.stuck(), system.unsettled()
    context: dict[str, Any] = {
        "now": timezone.localtime(),
        "parts": parts,
        "backup": system.last_backup(),
        "stuck": stuck,
        "stuck_since": since,
        "why_stuck": system.why_stuck(parts) if stuck else "",
        "connections": system.connections(),
        "outbox": replies,
        "rows": [(reply, home_of(reply)) for reply in replies.replies],
        "done": done,
        "locks": sign_in.current_locks(),
    }
    return render_page(request, PAGE, context, partial="system")
