"""Drafts: saved while they are typed, deleted with the message they became."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from inbox.models import Draft, DraftFile, Marketplace, Note, Outgoing, OutgoingFile, Thread, User
from inbox.models.drafts import Mode
from inbox.models.prepared import prepared
from inbox.services import files, locks
from inbox.services.composing import limits
from inbox.services.people import profiles

# A form is empty without any of these.
TEXT_FIELDS = ("body", "topic", "subject")


@dataclass(frozen=True)
class SaveResult:
    """The draft, if there is one, and whether another tab has saved it."""

    draft: Draft | None
    is_refused: bool = False


def lock_draft(thread: Thread, user: User, mode: str = Mode.REPLY) -> Draft:
    """The user's draft, or a new unsaved one; locked until the transaction ends."""
    _lock(user.pk, thread.pk, mode)
    known = find_draft(thread, user, mode)
    return known or Draft(user=user, marketplace=thread.marketplace, thread=thread, kind=mode)


def find_draft(thread: Thread, user: User, mode: str = Mode.REPLY) -> Draft | None:
    return next(iter(_drafts(mode, thread=thread.pk, user=user.pk)), None)


@prepared
def _drafts(mode: str, *, thread: int, user: int) -> QuerySet[Draft]:
    return Draft.objects.on_thread(User(pk=user), Thread(pk=thread), mode)


def _lock(*place: object) -> None:
    """Without a lock a concurrent save would not see the message that the draft became, and the
    draft would survive."""
    locks.lock_named(" ".join(map(str, ("draft", *place))))


# -- on a thread ----------------------------------------------------------


@transaction.atomic
def save(
    thread: Thread,
    *,
    user: User,
    body: str,
    recipients: list[str],
    token: UUID | None,
    mode: str = Mode.REPLY,
    based_on: str | None = None,
    number: int | None = None,
) -> SaveResult:
    """Save the text typed so far, unless another tab has saved a newer one.

    `token` is the form's, `based_on` the version that the form knows; None overwrites any version.
    A save that arrives after its reply was sent (the browser races them) must not bring the text
    back: it could be sent twice. `number` counts a form's saves: an overtaken one is dropped.
    """
    draft = lock_draft(thread, user, mode)
    if draft.is_after(number, token):
        return SaveResult(draft)
    if token and is_sent(token, mode):
        return SaveResult(None)
    if draft.body != body and is_of_another_tab(draft, token, based_on):
        return SaveResult(draft, is_refused=True)
    is_empty = profiles.is_blank_or_signature(body, user, thread.marketplace)
    if is_empty and not (draft.pk and draft.files.exists()):
        Draft.objects.filter(pk=draft.pk).delete()
        return SaveResult(None)
    if not draft.body:
        draft.begun_for = recipients
    draft.body, draft.recipients = body, recipients
    draft.written_in, draft.saves = token, number or 0
    draft.save()
    return SaveResult(draft)


def is_sent(token: UUID, mode: str) -> bool:
    """Whether the form with this token has already become a reply or a note."""
    if mode == Mode.NOTE:
        return Note.objects.filter(token=token).exists()
    return Outgoing.objects.filter(token=token).exists()


def is_of_another_tab(draft: Draft, token: UUID | None, based_on: str | None) -> bool:
    """Whether another form has saved the draft since this one was shown."""
    if draft.pk is None or based_on is None or draft.written_in == token:
        return False
    return draft.version != based_on


# -- of a form without a thread -------------------------------------------


@transaction.atomic
def save_form(
    where: Marketplace,
    *,
    user: User,
    kind: Outgoing.Kind,
    subject_id: str,
    address: str,
    fields: Mapping[str, Any],
    token: UUID | None,
    number: int | None = None,
) -> Draft | None:
    """Save the content of the form at `address`. Returns None if the form holds no text.

    As in `save`, a save that arrives after the form was sent stores nothing, and an overtaken one
    changes nothing.
    """
    _lock(user.pk, address)
    known = Draft.objects.filter(user=user, address=address).first()
    if known and known.is_after(number, token):
        return known
    if token and is_sent(token, kind):
        return None
    if not any(fields.get(name, "").strip() for name in TEXT_FIELDS):
        Draft.objects.filter(user=user, address=address).delete()
        return None
    others = dict(fields)
    draft, _is_new = Draft.objects.update_or_create(
        user=user,
        address=address,
        defaults={
            "marketplace": where,
            "kind": kind,
            "subject_id": subject_id,
            "body": others.pop("body", ""),
            "recipients": others.pop("to", []),
            "fields": others,
            "written_in": token,
            "saves": number or 0,
        },
    )
    return draft


def find_form_draft(user: User, address: str) -> Draft | None:
    """The user's draft of the form at this address."""
    return Draft.objects.visible_to(user).filter(address=address).first()


def delete_form_draft(user: User, address: str) -> None:
    """Delete the draft, in the transaction that stores the message it became."""
    _lock(user.pk, address)
    Draft.objects.filter(user=user, address=address).delete()


# -- files ----------------------------------------------------------------


class FileRefused(Exception):
    """The file was not attached; the message says why."""


def attach(
    thread: Thread, *, user: User, upload: UploadedFile, token: UUID | None = None
) -> DraftFile:
    """Stage a file for the user's draft, creating the draft if needed. Raises FileRefused.

    `token` is the form's: as in `save`, nothing is stored once that form has been sent.
    """
    row = DraftFile(name=files.safe_name(upload.name or ""), size=upload.size or 0)
    # Before the lock: a slow storage must not keep the text from being saved.
    row.file.save(row.name, upload, save=False)
    try:
        _add_file(row, thread, user, token)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


@transaction.atomic
def _add_file(row: DraftFile, thread: Thread, user: User, token: UUID | None) -> None:
    draft = lock_draft(thread, user)
    if token and is_sent(token, Mode.REPLY):
        raise FileRefused(_("This reply was already sent. Attach the file to the next one."))
    beside = list(draft.files.all()) if draft.pk else []
    room = limits.budget_for(thread).files_left
    if problem := files.problem_with([*beside, row], room=room):
        raise FileRefused(problem)
    if draft.pk is None:
        draft.written_in = token
        draft.save()
    row.draft = draft
    row.save(force_insert=True)


@transaction.atomic
def detach(file: DraftFile) -> None:
    """Remove a file from its draft, and a draft that holds nothing else."""
    draft = file.draft
    _lock(draft.user_id, draft.thread_id, draft.kind)
    # Deleted or sent by another request, which now owns the staged file.
    if not DraftFile.objects.filter(pk=file.pk).delete()[0]:
        return
    transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    draft.refresh_from_db(fields=["body"])
    if not draft.body.strip() and not draft.files.exists():
        draft.delete()


def move_files_to_reply(
    draft: Draft, reply: Outgoing, only: Collection[int] | None = None
) -> list[DraftFile]:
    """Move the draft's files to the reply: all, or `only` these. Returns the rest.

    The storage is not touched.
    """
    rows = list(draft.files.all())
    going = [file for file in rows if only is None or file.pk in only]
    if going:
        OutgoingFile.objects.bulk_create(
            OutgoingFile(outgoing=reply, file=file.file.name, name=file.name, size=file.size)
            for file in going
        )
        DraftFile.objects.filter(pk__in=[file.pk for file in going]).delete()
    return [file for file in rows if file not in going]


def move_files_to_draft(reply: Outgoing, draft: Draft) -> None:
    """Move the files of an unsent reply back to the draft."""
    coming = list(reply.files.exclude(file=""))
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, file=file.file.name, name=file.name, size=file.size)
        for file in coming
    )
    OutgoingFile.objects.filter(pk__in=[file.pk for file in coming]).update(file="")


def discard(draft: Draft, rows: Iterable[DraftFile]) -> None:
    """Delete the draft and its files."""
    for file in rows:
        transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    draft.delete()
