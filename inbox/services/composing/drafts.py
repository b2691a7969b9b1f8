"""Drafts of replies and notes: saved while they are typed, deleted with the reply they became."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from inbox.models import Draft, DraftFile, Note, Outgoing, OutgoingFile, Thread, User
from inbox.models.drafts import Mode
from inbox.services import files, locks
from inbox.services.composing import limits
from inbox.services.people import profiles


@dataclass(frozen=True)
class Kept:
    """Result of a save: the draft, if there is one, and whether another tab wrote it."""

    draft: Draft | None
    is_refused: bool = False


@transaction.atomic
def keep(
    thread: Thread,
    *,
    user: User,
    body: str,
    recipients: list[str],
    token: UUID | None,
    mode: str = Mode.REPLY,
    based_on: str | None = None,
    number: int | None = None,
) -> Kept:
    """Save the text typed so far, unless another tab has saved a newer one.

    `token` is the form's, `based_on` the version that the form knows; None overwrites any version.
    A save that arrives after its reply was sent (the browser races them) must not bring the text
    back: it could be sent twice. `number` counts a form's saves: an overtaken one is dropped.
    """
    draft = locked(thread, user, mode)
    if draft.is_after(number, token):
        return Kept(draft)
    if token and is_written(token, mode):
        return Kept(None)
    if draft.body != body and is_of_another_tab(draft, token, based_on):
        return Kept(draft, is_refused=True)
    is_empty = profiles.is_unwritten(body, user, thread.marketplace)
    if is_empty and not (draft.pk and draft.files.exists()):
        Draft.objects.filter(pk=draft.pk).delete()
        return Kept(None)
    if not draft.body:
        draft.begun_for = recipients
    draft.body, draft.recipients = body, recipients
    draft.written_in, draft.saves = token, number or 0
    draft.save()
    return Kept(draft)


def is_written(token: UUID, mode: str) -> bool:
    """Whether the form with this token has already become a reply or a note."""
    if mode == Mode.NOTE:
        return Note.objects.filter(token=token).exists()
    return Outgoing.objects.filter(token=token).exists()


def locked(thread: Thread, user: User, mode: str = Mode.REPLY) -> Draft:
    """The user's draft, or a new unsaved one; locked until the transaction ends."""
    locks.take_turns_at(f"draft {user.pk} {thread.pk} {mode}")
    known = Draft.objects.of(user, thread, mode).first()
    return known or Draft(user=user, thread=thread, mode=mode)


def is_of_another_tab(draft: Draft, token: UUID | None, based_on: str | None) -> bool:
    """Whether another form has saved the draft since this one was shown."""
    if draft.pk is None or based_on is None or draft.written_in == token:
        return False
    return draft.version != based_on


# -- Its files ------------------------------------------------------------


class NotTaken(Exception):
    """The file was not attached; the message says why."""


def attach(
    thread: Thread, *, user: User, upload: UploadedFile, token: UUID | None = None
) -> DraftFile:
    """Stage a file for the user's draft, creating the draft if needed. Raises NotTaken.

    `token` is the form's: as in `keep`, nothing is stored once that form has been sent.
    """
    row = DraftFile(name=files.safe_name(upload.name or ""), size=upload.size or 0)
    # Before the lock: a slow storage must not keep the text from being saved.
    row.file.save(row.name, upload, save=False)
    try:
        _add(row, thread, user, token)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


@transaction.atomic
def _add(row: DraftFile, thread: Thread, user: User, token: UUID | None) -> None:
    draft = locked(thread, user)
    if token and Outgoing.objects.filter(token=token).exists():
        raise NotTaken(_("This reply was already sent. Attach the file to the next one."))
    beside = list(draft.files.all()) if draft.pk else []
    room = limits.budget_for(thread).files_left
    if problem := files.problem_with([*beside, row], room=room):
        raise NotTaken(problem)
    if draft.pk is None:
        draft.written_in = token
        draft.save()
    row.draft = draft
    row.save(force_insert=True)


@transaction.atomic
def detach(file: DraftFile) -> None:
    """Remove a file from its draft, and a draft that holds nothing else."""
    draft = locked(file.draft.thread, file.draft.user, file.draft.mode)
    # Deleted or sent by another request, which now owns the staged file.
    if not DraftFile.objects.filter(pk=file.pk).delete()[0]:
        return
    transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    if not draft.body.strip() and not draft.files.exists():
        draft.delete()


def hand_files_to(reply: Outgoing, draft: Draft, only: Collection[int] | None = None) -> None:
    """Move the draft's files to the reply: all, or `only` these. The storage is not touched."""
    going = draft.files.all() if only is None else draft.files.filter(pk__in=only)
    OutgoingFile.objects.bulk_create(
        OutgoingFile(outgoing=reply, file=file.file.name, name=file.name, size=file.size)
        for file in going
    )
    going.delete()


def take_files_from(reply: Outgoing, draft: Draft) -> None:
    """Move the files of an unsent reply back to the draft."""
    coming = list(reply.files.exclude(file=""))
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, file=file.file.name, name=file.name, size=file.size)
        for file in coming
    )
    OutgoingFile.objects.filter(pk__in=[file.pk for file in coming]).update(file="")


def discard(draft: Draft) -> None:
    """Delete the draft and the files it still has."""
    for file in draft.files.all():
        transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    draft.delete()
