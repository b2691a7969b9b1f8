"""Notes: internal comments on a thread. They never leave the desk."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from inbox.models import Draft, Event, Note, Thread, User
from inbox.models.drafts import Mode
from inbox.models.searching import SEARCH_VERSION
from inbox.services.people import colleagues, notifications
from inbox.word_forms import indexed

Verb = Event.Verb


@transaction.atomic
def add(thread: Thread, *, token: UUID, body: str, by: User) -> Note:
    """Add a note. The form's token is used once: a form sent twice makes one note."""
    note, is_new = Note.objects.get_or_create(
        token=token,
        defaults={"thread": thread, "author": by, "body": body, "search_text": indexed(body)},
    )
    if is_new:
        _notify_mentioned(note, thread)
        Event.record(Verb.NOTED, marketplace=thread.marketplace, thread=thread, by=by, note=note.pk)
        Draft.objects.on_thread(by, thread, Mode.NOTE).delete()
    return note


@transaction.atomic
def edit(note: Note, *, body: str, by: User) -> None:
    """Change a note, and notify users who are mentioned for the first time."""
    note.body, note.search_text, note.edited_at = body, indexed(body), timezone.now()
    note.search_version = SEARCH_VERSION
    note.save(update_fields=["body", "search_text", "search_version", "edited_at"])
    _notify_mentioned(note, note.thread)
    _record(Verb.NOTE_EDITED, note, by)


@transaction.atomic
def delete(note: Note, *, by: User) -> None:
    notifications.delete_mentions(note)
    _record(Verb.NOTE_DELETED, note, by)
    note.delete()


def may_edit(note: Note, user: User) -> bool:
    return note.author_id == user.pk


def may_delete(note: Note, user: User, *, is_lead: bool) -> bool:
    return may_edit(note, user) or is_lead


def _notify_mentioned(note: Note, thread: Thread) -> None:
    named = colleagues.find_mentioned(note.body, thread.marketplace)
    note.mentions.set(named)
    notifications.notify_mentioned(note, named)


def _record(verb: str, note: Note, by: User) -> None:
    thread = note.thread
    Event.record(verb, marketplace=thread.marketplace, thread=thread, by=by, note=note.pk)
