"""Saving a draft while it is typed: htmx asks a moment after each pause."""

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from inbox.htmx import DeskRequest
from inbox.services import drafts
from inbox.views.access import get_thread, require_answerable

LONGEST_DRAFT = 200_000


class DraftForm(forms.Form):
    token = forms.UUIDField(required=False)
    body = forms.CharField(required=False, strip=False, max_length=LONGEST_DRAFT)


@require_POST
def draft(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return render(request, "inbox/_draft_state.html", {"is_too_long": True}, status=422)
    token: uuid.UUID | None = form.cleaned_data["token"]
    kept = drafts.keep(
        thread,
        user=request.user,
        body=form.cleaned_data["body"],
        recipients=request.POST.getlist("to"),
        token=token,
    )
    return render(request, "inbox/_draft_state.html", {"draft": kept})
