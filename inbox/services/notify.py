"""What the desk tells people of: each thing once, and only what they want to hear of."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from inbox.models import Note, Notification, Profile, Thread

Kind = Notification.Kind


def mentioned(note: Note, users: Iterable[User]) -> None:
    for user in users:
        _tell(user, Kind.MENTIONED, note.thread, by=note.author, about=_about(note))


def forget_note(note: Note) -> None:
    """What is deleted is nothing to read any more."""
    Notification.objects.filter(
        thread=note.thread, kind=Kind.MENTIONED, about=_about(note)
    ).delete()


def _about(note: Note) -> str:
    return f"note {note.pk}"


def _tell(user: User, kind: str, thread: Thread, *, about: str, **more: Any) -> None:
    """Nobody is told of what they did themselves, or asked not to hear of."""
    if user == more.get("by") or not Profile.of(user).wants(kind):
        return
    Notification.objects.get_or_create(
        user=user, kind=kind, thread=thread, about=about, defaults=more
    )
