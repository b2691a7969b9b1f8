"""Files of a draft: each uploaded on its own as soon as it is chosen, and removed again."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from helpdesk.storage import DiskFull
from inbox.access import get_thread, require_answerable
from inbox.htmx import DeskRequest, wants_fragment
from inbox.models import Draft, DraftFile, Thread
from inbox.services.composing import drafts
from inbox.views.drafts import find_place


class AttachForm(forms.Form):
    token = forms.UUIDField(required=False)
    file = forms.FileField(allow_empty_file=True, error_messages={"required": _("Choose a file.")})


@require_POST
def attach(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """Attach a file to the draft of a reply."""
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    return attach_to(request, thread, f"{thread.get_absolute_url()}#composer-{thread.pk}")


@require_POST
def attach_to_form(request: DeskRequest) -> HttpResponse:
    """Attach a file to the draft of a form without a thread, by the address of its page."""
    place = find_place(request)
    return attach_to(request, place, place.address)


def attach_to(request: DeskRequest, place: Thread | drafts.FormPlace, address: str) -> HttpResponse:
    """One file per request: each has its own progress and its own error."""
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_refusal(str(next(iter(form.errors.values()))[0]))
    upload, token = form.cleaned_data["file"], form.cleaned_data["token"]
    try:
        file = drafts.attach(place, user=request.user, upload=upload, token=token)
    except drafts.FileRefused as problem:
        return render_refusal(str(problem))
    except DiskFull as problem:
        return render_refusal(str(problem), status=507)
    if not wants_fragment(request):
        return redirect(address)
    return render(request, "inbox/_draft_file.html", {"file": file}, status=201)


def render_refusal(problem: str, *, status: int = 422) -> HttpResponse:
    return HttpResponse(problem, content_type="text/plain; charset=utf-8", status=status)


@require_POST
def remove(request: DeskRequest, pk: int) -> HttpResponse:
    own = Draft.objects.visible_to(request.user)
    files = DraftFile.objects.filter(draft__in=own).select_related("draft__thread__marketplace")
    file = get_object_or_404(files, pk=pk)
    drafts.detach(file)
    if not wants_fragment(request):
        return redirect(file.draft)
    return HttpResponse(status=204)
