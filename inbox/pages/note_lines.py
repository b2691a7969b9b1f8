"""Notes on a thread's page: between messages, and the box for a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from inbox.forms.notes import LONGEST_NOTE, NewNoteForm
from inbox.forms.replies import new_token
from inbox.models import Draft, Note, Thread, User
from inbox.models.drafts import Mode
from inbox.pages.drafts import Drafts, drafts_on
from inbox.pages.viewer import Viewer
from inbox.services.people import colleagues, notes
from inbox.services.people.colleagues import Team


def load(thread: Thread, found: list[Note]) -> None:
    """Load the notes' texts and mentions."""
    if not found:
        return
    rows = Note.objects.filter(pk__in=[note.pk for note in found])
    whole = {row.pk: row.body for row in rows.only("body")}
    for note in found:
        note.body, note.thread = whole[note.pk], thread
    prefetch_related_objects(found, "mentions")


@dataclass(frozen=True)
class NoteRights:
    may_edit: bool
    may_delete: bool


def rights_on(viewer: Viewer, note: Note) -> NoteRights:
    """What the viewer may do with the note."""
    is_lead = viewer.leads(note.thread.marketplace)
    return NoteRights(
        may_edit=notes.may_edit(note, viewer.user),
        may_delete=notes.may_delete(note, viewer.user, is_lead=is_lead),
    )


@dataclass(frozen=True)
class NoteBox:
    """The box for a new note; `mode` names the open box, reply or note."""

    mode: str
    form: NewNoteForm | None
    draft: Draft | None
    holds_until: str
    body: str
    token: str
    colleagues: Sequence[User]
    longest = LONGEST_NOTE


def note_box(
    viewer: Viewer,
    thread: Thread,
    mode: str,
    form: NewNoteForm | None = None,
    *,
    drafts: Drafts | None = None,
    team: Team | None = None,
) -> NoteBox:
    """`form` is a rejected one; `drafts` and `team` are those of the thread, where known."""
    drafts = drafts or drafts_on(viewer, thread)
    team = team or colleagues.find_team(thread.marketplace)
    draft = drafts.note
    return NoteBox(
        mode=Mode.NOTE if form else mode,
        form=form,
        draft=draft,
        holds_until=drafts.holds_until,
        body=form["body"].value() if form else draft.body if draft else "",
        token=form["token"].value() if form else new_token(),
        colleagues=team.others(viewer.user),
    )
