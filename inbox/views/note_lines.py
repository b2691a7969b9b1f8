"""Notes as the thread page shows them: between messages, and the box that they are written in."""

from itertools import pairwise
from typing import Any

from django.utils.timezone import now

from inbox.forms.notes import LONGEST_NOTE, NewNoteForm
from inbox.forms.replies import new_token
from inbox.htmx import DeskRequest
from inbox.models import Draft, Message, Note, Reply, Thread
from inbox.models.drafts import Mode
from inbox.services import notes, people
from inbox.views.timeline import Timeline


def notes_of(request: DeskRequest, thread: Thread) -> list[Note]:
    found = list(thread.notes.select_related("author").prefetch_related("mentions"))
    for_reader(request, thread, found)
    return found


def for_reader(request: DeskRequest, thread: Thread, found: list[Note]) -> None:
    """Say of each what this reader may do with it."""
    is_lead = bool(found) and notes.leads(thread.marketplace, request.user)
    for note in found:
        note.thread = thread
        note.may_edit = notes.may_edit(note, request.user)
        note.may_delete = notes.may_delete(note, request.user, is_lead=is_lead)


def put_between(messages: list[Message], found: list[Note]) -> list[Note]:
    """Hang each below the last message before it; those after the last message are handed back."""
    for message, following in pairwise(messages):
        message.notes_after = [note for note in found if note.created_at < following.created_at]
        found = [note for note in found if note.created_at >= following.created_at]
    return found


def lines(request: DeskRequest, thread: Thread, timeline: Timeline) -> dict[str, Any]:
    """`tail`: what comes after the last message, replies of the outbox and notes, by time."""
    late = put_between(timeline.messages, notes_of(request, thread))
    tail: list[Reply | Note] = [*timeline.replies, *late]
    tail.sort(key=lambda one: one.created_at)
    return {"tail": [{"note" if isinstance(one, Note) else "reply": one} for one in tail]}


def box(request: DeskRequest, thread: Thread, form: NewNoteForm | None = None) -> dict[str, Any]:
    """What a note is written in; `form` is one that was refused."""
    looked_at = now().isoformat()
    draft = Draft.objects.of(request.user, thread, Mode.NOTE).first()
    return {
        "mode": Mode.NOTE if form else mode_of(request),
        "note_form": form,
        "note_draft": draft,
        "note_looked_at": looked_at,
        "note_begun": form["body"].value() if form else draft.body if draft else "",
        "note_token": form["token"].value() if form else new_token(),
        "longest_note": LONGEST_NOTE,
        "colleagues": colleagues(request, thread),
    }


def colleagues(request: DeskRequest, thread: Thread) -> list[Any]:
    others = people.who_see(thread.marketplace).exclude(pk=request.user.pk)
    return list(others[: people.MOST_OFFERED])


def mode_of(request: DeskRequest) -> str:
    return Mode.NOTE if request.GET.get("mode") == Mode.NOTE else Mode.REPLY
