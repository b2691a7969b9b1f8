"""Drafts: kept while they are typed, gone with the reply they became."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from inbox.models import Draft, DraftFile, Note, Reply, ReplyFile, Thread, User
from inbox.models.drafts import Mode
from inbox.services import files, locks
from inbox.services.composing import limits
from inbox.services.people import profiles


@dataclass(frozen=True)
class Kept:
    """What became of a save: the draft, if there is one, and whether it is another tab's."""

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
    """Store what has been typed so far, unless another tab has stored something newer.

    `token` is the form's, and `based_on` the version it knows; None overwrites whatever there is.
    A save that comes after its reply was sent (the two race in the browser) must not bring the
    text back: somebody would send it again. Nor does one that its form's next has overtaken:
    `number` counts them.
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
    """Whether the form it comes from has become what it was to be."""
    if mode == Mode.NOTE:
        return Note.objects.filter(token=token).exists()
    return Reply.objects.filter(token=token).exists()


def locked(thread: Thread, user: User, mode: str = Mode.REPLY) -> Draft:
    """Theirs, or a new one that is not stored; nobody else changes it in this transaction."""
    locks.take_turns_at(f"draft {user.pk} {thread.pk} {mode}")
    known = Draft.objects.of(user, thread, mode).first()
    return known or Draft(user=user, thread=thread, mode=mode)


def is_of_another_tab(draft: Draft, token: UUID | None, based_on: str | None) -> bool:
    """Saved by another form since this one was shown."""
    if draft.pk is None or based_on is None or draft.written_in == token:
        return False
    return draft.version != based_on


# -- Its files ------------------------------------------------------------


class NotTaken(Exception):
    """The file was not attached: why, in words."""


def attach(
    thread: Thread, *, user: User, upload: UploadedFile, token: UUID | None = None
) -> DraftFile:
    """Stage a file for their draft, which it begins where there is none. Raises NotTaken.

    `token` is the form's: as with `keep`, nothing comes back once that has been sent.
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
    if token and Reply.objects.filter(token=token).exists():
        raise NotTaken(_("This reply was already sent. Attach the file to the next one."))
    beside = list(draft.files.all()) if draft.pk else []
    room = limits.of(thread).files_left
    if problem := files.problem_with([*beside, row], room=room):
        raise NotTaken(problem)
    if draft.pk is None:
        draft.written_in = token
        draft.save()
    row.draft = draft
    row.save(force_insert=True)


@transaction.atomic
def detach(file: DraftFile) -> None:
    """Take it out, and the draft with it where that was all."""
    draft = locked(file.draft.thread, file.draft.user, file.draft.mode)
    # Whoever was faster has it now, and what is staged with it.
    if not DraftFile.objects.filter(pk=file.pk).delete()[0]:
        return
    transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    if not draft.body.strip() and not draft.files.exists():
        draft.delete()


def hand_files_to(reply: Reply, draft: Draft, only: Collection[int] | None = None) -> None:
    """They go out with the reply: all of them, or `only` these. What is stored stays in place."""
    going = draft.files.all() if only is None else draft.files.filter(pk__in=only)
    ReplyFile.objects.bulk_create(
        ReplyFile(reply=reply, file=file.file.name, name=file.name, size=file.size)
        for file in going
    )
    going.delete()


def take_files_from(reply: Reply, draft: Draft) -> None:
    """They come back from a reply that does not go out."""
    coming = list(reply.files.exclude(file=""))
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, file=file.file.name, name=file.name, size=file.size)
        for file in coming
    )
    ReplyFile.objects.filter(pk__in=[file.pk for file in coming]).update(file="")


def discard(draft: Draft) -> None:
    """With the files that it still has."""
    for file in draft.files.all():
        transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    draft.delete()
