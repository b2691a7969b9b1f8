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


@dataclass(frozen=True)
class FormPlace:
    """The form at this address, and what its message is about."""

    marketplace: Marketplace
    kind: Outgoing.Kind
    subject_id: str
    address: str


@transaction.atomic
def save_form(
    place: FormPlace,
    *,
    user: User,
    fields: Mapping[str, Any],
    token: UUID | None,
    number: int | None = None,
) -> Draft | None:
    """Save the content of the form. Returns None if it holds neither text nor files.

    As in `save`, a save that arrives after the form was sent stores nothing, and an overtaken one
    changes nothing.
    """
    draft = lock_form_draft(user, place.address)
    if draft.is_after(number, token):
        return draft
    if token and is_sent(token, place.kind):
        return None
    others = dict(fields)
    draft.body, draft.recipients = others.pop("body", ""), others.pop("to", [])
    draft.fields = others
    if not _has_content(draft):
        Draft.objects.filter(pk=draft.pk).delete()
        return None
    _set_place(draft, place)
    draft.written_in, draft.saves = token, number or 0
    draft.save()
    return draft


def _has_content(draft: Draft) -> bool:
    texts = [draft.body, draft.fields.get("topic", ""), draft.fields.get("subject", "")]
    return any(text.strip() for text in texts) or bool(draft.pk and draft.files.exists())


def _set_place(draft: Draft, place: FormPlace) -> None:
    draft.marketplace, draft.kind = place.marketplace, place.kind
    draft.subject_id = place.subject_id


def lock_form_draft(user: User, address: str) -> Draft:
    """The user's draft of this form, or a new unsaved one; locked until the transaction ends."""
    _lock(user.pk, address)
    known = Draft.objects.filter(user=user, address=address).first()
    return known or Draft(user=user, address=address)


def find_form_draft(user: User, address: str) -> Draft | None:
    """The user's draft of the form at this address."""
    return Draft.objects.visible_to(user).filter(address=address).first()


# -- files ----------------------------------------------------------------


class FileRefused(Exception):
    """The file was not attached; the message says why."""


def attach(
    place: Thread | FormPlace, *, user: User, upload: UploadedFile, token: UUID | None = None
) -> DraftFile:
    """Stage a file for the user's draft, creating the draft if needed. Raises FileRefused.

    `token` is the form's: as in `save`, nothing is stored once that form has been sent.
    """
    row = DraftFile(name=files.safe_name(upload.name or ""), size=upload.size or 0)
    # Before the lock: a slow storage must not keep the text from being saved.
    row.file.save(row.name, upload, save=False)
    try:
        _add_file(row, place, user, token)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


@transaction.atomic
def _add_file(row: DraftFile, place: Thread | FormPlace, user: User, token: UUID | None) -> None:
    draft = _lock_draft_at(place, user)
    if token and is_sent(token, draft.kind):
        raise FileRefused(_("This reply was already sent. Attach the file to the next one."))
    beside = list(draft.files.all()) if draft.pk else []
    if problem := files.problem_with([*beside, row], room=_room_at(place)):
        raise FileRefused(problem)
    if draft.pk is None:
        draft.written_in = token
        draft.save()
    row.draft = draft
    row.save(force_insert=True)


def _lock_draft_at(place: Thread | FormPlace, user: User) -> Draft:
    if isinstance(place, Thread):
        return lock_draft(place, user)
    draft = lock_form_draft(user, place.address)
    _set_place(draft, place)
    return draft


def _room_at(place: Thread | FormPlace) -> int:
    """How many more files fit there."""
    if isinstance(place, Thread):
        return limits.budget_for(place).files_left
    return limits.room_on(place.marketplace, place.kind.entity_type, place.subject_id)


@transaction.atomic
def detach(file: DraftFile) -> None:
    """Remove a file from its draft, and a draft that holds nothing else."""
    draft = file.draft
    _lock(draft.user_id, *((draft.address,) if draft.address else (draft.thread_id, draft.kind)))
    # Deleted or sent by another request, which now owns the staged file.
    if not DraftFile.objects.filter(pk=file.pk).delete()[0]:
        return
    transaction.on_commit(partial(default_storage.delete, str(file.file.name)), robust=True)
    draft.refresh_from_db(fields=["body", "fields"])
    if not _has_content(draft):
        draft.delete()


def move_files_to_reply(
    draft: Draft, reply: Outgoing, only: Collection[str] | None = None
) -> list[DraftFile]:
    """Move the draft's files to the reply: all, or `only` these. Returns the rest.

    The storage is not touched.
    """
    rows = list(draft.files.all())
    going = [file for file in rows if only is None or file.key in only]
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
