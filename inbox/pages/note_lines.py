"""Notes as the thread page shows them: between messages, and the box that they are written in."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.timezone import now

from inbox.forms.notes import LONGEST_NOTE, NewNoteForm
from inbox.forms.replies import new_token
from inbox.models import Draft, Note, Thread, User
from inbox.models.drafts import Mode
from inbox.pages.viewer import Viewer
from inbox.services.people import colleagues, notes


def load(thread: Thread, reader: User, found: list[Note]) -> None:
    """Give light rows their text, and what this reader may do with each."""
    rows = Note.objects.filter(pk__in=[note.pk for note in found])
    whole = {row.pk: row.body for row in rows.only("body")} if found else {}
    for note in found:
        note.body = whole[note.pk]
    prefetch_related_objects(found, "mentions")
    for_reader(reader, thread, found)


def for_reader(reader: User, thread: Thread, found: list[Note]) -> None:
    """Say of each what this reader may do with it."""
    is_lead = bool(found) and notes.leads(thread.marketplace, reader)
    for note in found:
        note.thread = thread
        note.may_edit = notes.may_edit(note, reader)
        note.may_delete = notes.may_delete(note, reader, is_lead=is_lead)


def box(
    viewer: Viewer, thread: Thread, mode: str, form: NewNoteForm | None = None
) -> dict[str, Any]:
    """What a note is written in; `form` is one that was refused."""
    looked_at = now().isoformat()
    draft = Draft.objects.of(viewer.user, thread, Mode.NOTE).first()
    return {
        "mode": Mode.NOTE if form else mode,
        "note_form": form,
        "note_draft": draft,
        "note_looked_at": looked_at,
        "note_begun": form["body"].value() if form else draft.body if draft else "",
        "note_token": form["token"].value() if form else new_token(),
        "longest_note": LONGEST_NOTE,
        "colleagues": colleagues_of(viewer, thread),
    }


def colleagues_of(viewer: Viewer, thread: Thread) -> list[Any]:
    others = colleagues.who_see(thread.marketplace).exclude(pk=viewer.user.pk)
    return list(others[: colleagues.MOST_OFFERED])
