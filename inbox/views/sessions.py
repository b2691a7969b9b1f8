"""The user's own sessions: where they are logged in, ended one or all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inbox.htmx import DeskRequest
from inbox.pages.devices import describe_device
from inbox.services.people import sessions


@require_safe
def show_all(request: DeskRequest) -> HttpResponse:
    own = request.session.session_key
    rows = [
        (one, describe_device(one.user_agent), one.session_id == own)
        for one in sessions.sessions_of(request.user)
    ]
    rows.sort(key=lambda row: not row[2])  # this device first
    return render(request, "account/sessions.html", {"rows": rows})


@require_POST
def end(request: DeskRequest, pk: int) -> HttpResponse:
    sessions.end(request.user, pk)
    messages.success(request, _("This device was logged out."))
    return redirect("sessions")


@require_POST
def end_others(request: DeskRequest) -> HttpResponse:
    sessions.end_others(request.user, request.session.session_key or "")
    messages.success(request, _("All other devices were logged out."))
    return redirect("sessions")
