"""Drafts: saved while they are typed (htmx asks a moment after each pause), and listed."""

import uuid

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from inbox.access import desk_page, get_thread, require_answerable
from inbox.htmx import DeskRequest, render_page
from inbox.models import Draft, LetterDraft, User
from inbox.models.drafts import LONGEST_DRAFT, Mode
from inbox.models.keyset import DraftCursor
from inbox.services.composing import drafts as service
from inbox.services.marketplaces import reasons

PAGE_SIZE = 50


class DraftForm(forms.Form):
    token = forms.UUIDField(required=False)
    mode = forms.ChoiceField(choices=Mode, required=False)
    body = forms.CharField(required=False, strip=False, max_length=LONGEST_DRAFT)
    number = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_DRAFT)
    # Typed here, though another tab has something newer: whoever types has seen that.
    anyway = forms.BooleanField(required=False)


@require_POST
def draft(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return render(request, "inbox/_draft_state.html", {"is_too_long": True}, status=422)
    token: uuid.UUID | None = form.cleaned_data["token"]
    kept = service.keep(
        thread,
        user=request.user,
        body=form.cleaned_data["body"],
        recipients=request.POST.getlist("to"),
        token=token,
        mode=form.cleaned_data["mode"] or Mode.REPLY,
        number=form.cleaned_data["number"],
        based_on=None if form.cleaned_data["anyway"] else request.POST.get("based_on"),
    )
    if kept.is_refused and kept.draft and request.POST.get("refused") == kept.draft.version:
        # Said already; a button that is being pressed must not be replaced under the pointer.
        return HttpResponse(status=204)
    context = {
        "draft": kept.draft,
        "is_refused": kept.is_refused,
        "based_on": request.POST.get("based_on"),
        "thread": thread,
    }
    return render(request, "inbox/_draft_state.html", context)


@require_safe
@desk_page
def drafts(request: DeskRequest) -> HttpResponse:
    """One's own, newest first, each a way back to its conversation."""
    cursor = DraftCursor.parse(request.GET.get("before", ""))
    rows = newest(request.user, cursor)
    reasons.label_topics([one.thread for one in rows if isinstance(one, Draft)])
    context = {
        "drafts": rows[:PAGE_SIZE],
        "next_before": str(DraftCursor.of(rows[PAGE_SIZE - 1])) if len(rows) > PAGE_SIZE else "",
    }
    return render_page(request, "inbox/drafts.html", context, partial="drafts")


def newest(user: User, cursor: DraftCursor | None) -> list[Draft | LetterDraft]:
    """Of both kinds, one more than a page shows."""
    drafts = Draft.objects.visible_to(user).select_related("thread__marketplace")
    letters = LetterDraft.objects.visible_to(user).select_related("marketplace")
    found: list[Draft | LetterDraft] = []
    for rows in (drafts.prefetch_related("files"), letters):
        older = cursor.after_by_newest(rows.model) if cursor else Q()
        found += rows.filter(older).order_by("-saved_at", "-pk")[: PAGE_SIZE + 1]
    return sorted(found, key=DraftCursor.of, reverse=True)[: PAGE_SIZE + 1]
