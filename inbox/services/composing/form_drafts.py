"""Drafts of forms without a thread: saved while they are typed, deleted once sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from inbox.models import LetterDraft, Marketplace, Outgoing, User
from inbox.services import locks

WORDS = ("body", "topic", "subject")


@transaction.atomic
def keep(
    where: Marketplace,
    *,
    user: User,
    kind: Outgoing.Kind,
    about: str,
    address: str,
    fields: Mapping[str, Any],
    token: UUID | None,
    number: int | None = None,
) -> LetterDraft | None:
    """Save the content of the form at `address`. Returns None if the form holds no text.

    `token` is the form's: a save that arrives after the form was sent stores nothing and returns
    None. `number` counts a form's saves: an overtaken one changes nothing.
    """
    _take_turns(user, address)
    known = LetterDraft.objects.filter(user=user, address=address).first()
    if known and known.is_after(number, token):
        return known
    if token and Outgoing.objects.filter(token=token).exists():
        return None
    if not any(fields.get(name, "").strip() for name in WORDS):
        LetterDraft.objects.filter(user=user, address=address).delete()
        return None
    letter, _is_new = LetterDraft.objects.update_or_create(
        user=user,
        address=address,
        defaults={
            "marketplace": where,
            "kind": kind,
            "about": about,
            "fields": dict(fields),
            "written_in": token,
            "saves": number or 0,
        },
    )
    return letter


def begun(user: User, address: str) -> LetterDraft | None:
    """The user's draft of the form at this address."""
    return LetterDraft.objects.visible_to(user).filter(address=address).first()


def forget(user: User, address: str) -> None:
    """Delete the draft, in the transaction that stores the reply it became."""
    _take_turns(user, address)
    LetterDraft.objects.filter(user=user, address=address).delete()


def _take_turns(user: User, address: str) -> None:
    """Without this lock a concurrent save would not see the reply, and its draft would survive."""
    locks.take_turns_at(f"letter {user.pk} {address}")
