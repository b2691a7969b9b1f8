"""Files on their way to Mirakl: checked, staged in the storage until they arrive, swept."""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import mirakl
from inbox.mirakl.wire import MESSAGE_BYTES
from inbox.models import DraftFile, Outgoing, OutgoingFile
from inbox.models.outgoing import STAGED_IN
from inbox.sizes import format_size

log = logging.getLogger(__name__)

MOST_FILES = 50  # Equal to Mirakl's limit for one order
# In bytes, as file systems and mail programs count; a storage may add some of its own.
LONGEST_NAME = 200
LONGEST_SUFFIX = 20
# Control characters, and characters that reverse "exe.gpj" so that it reads as a picture.
UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ORPHANED_AFTER = timedelta(days=1)


def problem_with(
    files: Sequence[UploadedFile | DraftFile | OutgoingFile],
    *,
    text_bytes: int = 0,
    room: int | None = None,
) -> str:
    """Why Mirakl would refuse these files; empty if it would accept them.

    `text_bytes`: the size of the text sent with them. `room`: how many more files fit on the order,
    offer or service.
    """
    sizes = [file.size or 0 for file in files]
    if len(files) > MOST_FILES:
        return _(
            "You attached %(count)d files, but a message can have up to %(most)d. Remove some."
        ) % {
            "count": len(files),
            "most": MOST_FILES,
        }
    if 0 in sizes:
        name = files[sizes.index(0)].name
        return _("“%(name)s” is empty. Remove it or attach it again.") % {"name": name}
    if files and room is not None and len(files) > room:
        return ngettext(
            "You can attach %(room)d more file here. Remove some or start another conversation.",
            "You can attach %(room)d more files here. Remove some or start another conversation.",
            room,
        ) % {"room": room}
    if files and sum(sizes) + text_bytes > MESSAGE_BYTES:
        return _(
            "The files total %(total)s, but a message can have up to %(most)s. Remove some."
        ) % {
            "total": format_size(sum(sizes)),
            "most": format_size(MESSAGE_BYTES),
        }
    return ""


def safe_name(name: str) -> str:
    """A name without path, invisible characters or leading dot, cut to length; keeps its suffix.

    Browsers write a quotation mark in the name of an upload as "%22".
    """
    base = re.split(r"[/\\]", name)[-1].replace("%22", '"')
    seen = "".join(char for char in base if unicodedata.category(char) not in UNSAFE_CATEGORIES)
    seen = seen.strip().strip(".") or "attachment"
    suffix = PurePosixPath(seen).suffix
    if len(suffix.encode(errors="replace")) > LONGEST_SUFFIX:
        suffix = ""
    return _cut(seen.removesuffix(suffix), LONGEST_NAME - len(suffix.encode())) + suffix


def _cut(text: str, longest: int) -> str:
    """The text cut to this many bytes, without half a character at its end."""
    return text.encode(errors="replace")[:longest].decode(errors="ignore")


class Lost(Exception):
    """The storage no longer has a staged file."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class OutOfReach(Exception):
    """The storage of staged files does not answer. Nothing was sent: a retry may work."""


@contextmanager
def staging(reply: Outgoing) -> Iterator[Callable[[UploadedFile], None]]:
    """Stage files for a reply. If the block fails, and its rows with it, the files are deleted."""
    written: list[OutgoingFile] = []

    def stage(file: UploadedFile) -> None:
        row = OutgoingFile(outgoing=reply, name=safe_name(file.name or ""), size=file.size or 0)
        row.file.save(row.name, file, save=False)
        written.append(row)
        row.save(force_insert=True)

    try:
        yield stage
    except BaseException:
        for row in written:
            row.file.delete(save=False)
        raise


def staged(file: OutgoingFile) -> mirakl.Upload:
    """The file for the API client, opened only when it is read."""
    storage, path = file.file.storage, file.file.name
    with _within_reach():
        if not path or not storage.exists(path):
            raise Lost(file.name)
    return mirakl.Upload(name=file.name, open=lambda: _opened(storage, path), size=file.size)


def _opened(storage: Storage, path: str) -> BinaryIO:
    """An open file on local disk: remote files are fetched now, before anything is sent."""
    with _within_reach():
        file = storage.open(path, "rb")
        file.seek(0)
    return cast(BinaryIO, file)


@contextmanager
def _within_reach() -> Iterator[None]:
    try:
        yield
    except Lost:
        raise
    except Exception as error:
        # Storages raise exceptions of their own.
        raise OutOfReach from error


def remove(rows: Iterable[OutgoingFile]) -> None:
    """Delete staged files of settled replies; their names and sizes stay."""
    for file in rows:
        try:
            file.file.delete(save=False)
        except Exception:
            # Storages raise exceptions of their own. The reply is settled all the same, and a sweep
            # tries again.
            log.warning("a staged file of reply %s stays for now", file.outgoing_id, exc_info=True)
        else:
            OutgoingFile.objects.filter(pk=file.pk).update(file="")


def settle(file: OutgoingFile) -> None:
    """Mark one file as arrived: it is not sent again, even if other files fail."""
    storage, path = file.file.storage, file.file.name
    file.file, file.bytes_sent = "", file.size
    OutgoingFile.objects.filter(pk=file.pk).update(file="", bytes_sent=file.size)
    try:
        storage.delete(path)
    except Exception:
        # No row refers to it any more: a sweep finds it.
        log.warning("a staged file of reply %s stays for now", file.outgoing_id, exc_info=True)


def sweep() -> None:
    """Delete leftovers of settled replies, and files whose rows were never committed."""
    cutoff = timezone.now() - ORPHANED_AFTER
    settled = {Outgoing.State.SENT, Outgoing.State.DISCARDED}
    remove(
        OutgoingFile.objects.exclude(file="").filter(
            outgoing__state__in=settled, outgoing__settled_at__lt=cutoff
        )
    )
    with suppress(FileNotFoundError):  # nothing was ever staged
        _folders, names = default_storage.listdir(STAGED_IN)
        for name in names:
            _remove_orphan(f"{STAGED_IN}/{name}", cutoff)


def _remove_orphan(path: str, cutoff: datetime) -> None:
    if any(kind.objects.filter(file=path).exists() for kind in (OutgoingFile, DraftFile)):
        return
    try:
        if default_storage.get_modified_time(path) < cutoff:
            default_storage.delete(path)
    except Exception:
        # As above; or another process has just removed it.
        log.warning("a staged file that no row knows stays for now", exc_info=True)
