"""Notes: written on a thread, changed and deleted. They are never sent to Mirakl."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from inbox.access import get_thread, require_answerable
from inbox.forms.notes import NewNoteForm, NoteForm
from inbox.htmx import DeskRequest, render_page, wants_fragment
from inbox.models import Note, Thread
from inbox.models.drafts import Mode
from inbox.pages.note_lines import note_box
from inbox.pages.thread import ThreadPart, thread_page
from inbox.pages.toolbar import toolbar
from inbox.services.marketplaces import reasons
from inbox.services.people import notes
from inbox.views import after
from inbox.views.threads import PAGE, context_of

EDIT_PAGE = "inbox/note_edit.html"


@require_POST
def add(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    thread = get_thread(request, marketplace, thread_id)
    require_answerable(request, thread.marketplace)
    form = NewNoteForm(request.POST)
    if not form.is_valid():
        return render_refusal(request, thread, form)
    note = notes.add(thread, by=request.user, **form.cleaned_data)
    if note.thread_id != thread.pk or note.author_id != request.user.pk:
        # The token belongs to a note of another user or thread.
        raise Http404
    if not wants_fragment(request):
        query = request.GET.copy()
        query["mode"] = Mode.NOTE
        return redirect(f"{thread.get_absolute_url()}?{query.urlencode()}#note-{note.pk}")
    note.thread = thread
    part = ThreadPart(
        thread,
        after.view_of(request),
        notes=note_box(request.viewer, thread, request.GET.get("mode", "")),
    )
    named = note.mentions.exclude(pk=request.user.pk).first()
    if named and thread.status == Thread.Status.CLOSED:
        tools = replace(toolbar(request.viewer, thread), reopens_for=named)
        part = replace(part, topic=reasons.find_topic(thread), toolbar=tools)
    return render_page(request, PAGE, context_of(part) | {"note": note}, partial="noted")


def render_refusal(request: DeskRequest, thread: Thread, form: NewNoteForm) -> HttpResponse:
    """The errors only: the form on the page stays as it is."""
    if not wants_fragment(request):
        page = thread_page(request.viewer, request.GET, thread)
        page = replace(page, notes=note_box(request.viewer, thread, Mode.NOTE, form))
        return render(request, PAGE, context_of(page), status=422)
    response = render(request, "inbox/_note_problems.html", {"note_form": form}, status=422)
    return reswap(retarget(response, "find .problems"), "outerHTML")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Edit one's own note. GET with `?keep=1` returns the unchanged note."""
    note = get_note(request, pk)
    if not notes.may_edit(note, request.user):
        raise PermissionDenied
    form = NoteForm(request.POST or None, initial={"body": note.body})
    if form.is_valid():
        notes.edit(note, body=form.cleaned_data["body"], by=request.user)
    elif "keep" not in request.GET:
        context = {"note": note, "form": form}
        status = 422 if form.is_bound else 200
        return render_page(request, EDIT_PAGE, context, partial="form", status=status)
    if not wants_fragment(request):
        return redirect(note)
    return render(request, "inbox/_note.html", {"note": note})


@require_POST
def delete(request: DeskRequest, pk: int) -> HttpResponse:
    note = get_note(request, pk)
    is_lead = request.viewer.leads(note.thread.marketplace)
    if not notes.may_delete(note, request.user, is_lead=is_lead):
        raise PermissionDenied
    notes.delete(note, by=request.user)
    if not wants_fragment(request):
        return redirect(note.thread)
    return render_page(request, EDIT_PAGE, {}, partial="deleted")


def get_note(request: DeskRequest, pk: int) -> Note:
    """A note that the user may see, on a marketplace where they may answer."""
    found = Note.objects.visible_to(request.user).select_related("author", "thread__marketplace")
    note = get_object_or_404(found, pk=pk)
    require_answerable(request, note.thread.marketplace)
    request.about_thread = note.thread_id
    return note
