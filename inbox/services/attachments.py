"""Files both ways: staged until Mirakl has them, and streamed from Mirakl to a browser (M13)."""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import BinaryIO, cast

import filetype
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import mirakl
from inbox.mirakl.wire import MESSAGE_BYTES
from inbox.models import Attachment, DraftFile, Marketplace, Reply, ReplyFile
from inbox.models.replies import STAGED_IN
from inbox.services import explain, gateway
from inbox.sizes import in_words

log = logging.getLogger(__name__)

MOST_FILES = 50  # Mirakl's limit for one order is as high
# In bytes, as file systems and mail programs count; a storage may add some of its own.
LONGEST_NAME = 200
LONGEST_SUFFIX = 20
# Control characters, and those that turn "exe.gpj" around so that it reads as a picture.
UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ORPHANED_AFTER = timedelta(days=1)

# What a browser may show; it runs nothing in any of them. All else is only saved.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
SNIFFED_BYTES = 512
# Files that may begin as a web page does; any other that does so is a page to sign in, or an error.
MAY_BE_PAGES = (".htm", ".html", ".xhtml", ".mhtml", ".xml", ".eml", ".txt")
ALONE = "default-src 'none'; "
POLICIES = {
    "image": ALONE + "frame-ancestors 'none'; sandbox",
    # A browser's own PDF viewer does not start in a sandbox; the desk frames it.
    "application": ALONE + "frame-ancestors 'self'; object-src 'self'; style-src 'unsafe-inline'",
}


def problem_with(
    files: Sequence[UploadedFile | DraftFile | ReplyFile],
    *,
    text_bytes: int = 0,
    room: int | None = None,
) -> str:
    """Why Mirakl would not take these, in words; empty where it would.

    `text_bytes` go along with them; `room` is how many more files fit on what they are about.
    """
    sizes = [file.size or 0 for file in files]
    if len(files) > MOST_FILES:
        return _("These are %(count)d files; one message takes %(most)d. Remove some.") % {
            "count": len(files),
            "most": MOST_FILES,
        }
    if 0 in sizes:
        name = files[sizes.index(0)].name
        return _("“%(name)s” is empty. Remove it, or choose it again.") % {"name": name}
    if files and room is not None and len(files) > room:
        return ngettext(
            "%(room)d more file fits on what this is about. Remove some, or start another"
            " conversation.",
            "%(room)d more files fit on what this is about. Remove some, or start another"
            " conversation.",
            room,
        ) % {"room": room}
    if files and sum(sizes) + text_bytes > MESSAGE_BYTES:
        return _("The files are %(total)s together; one message takes %(most)s. Remove some.") % {
            "total": in_words(sum(sizes)),
            "most": in_words(MESSAGE_BYTES),
        }
    return ""


def safe_name(name: str) -> str:
    """No path, nothing invisible, not hidden, not too long; its suffix stays.

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
    """The text up to so many bytes, without half a character at its end."""
    return text.encode(errors="replace")[:longest].decode(errors="ignore")


# -- On their way to Mirakl -----------------------------------------------


class Lost(Exception):
    """A staged file that its storage no longer has."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class OutOfReach(Exception):
    """The storage of staged files does not answer. Nothing has left: later it may."""


@contextmanager
def staging(reply: Reply) -> Iterator[Callable[[UploadedFile], None]]:
    """Stage files of a reply; should the block fail, and with it the rows, no file stays."""
    written: list[ReplyFile] = []

    def stage(file: UploadedFile) -> None:
        row = ReplyFile(reply=reply, name=safe_name(file.name or ""), size=file.size or 0)
        row.file.save(row.name, file, save=False)
        written.append(row)
        row.save(force_insert=True)

    try:
        yield stage
    except BaseException:
        for row in written:
            row.file.delete(save=False)
        raise


def staged(file: ReplyFile) -> mirakl.Upload:
    """The file as the client wants it, opened only when its turn has come."""
    storage, path = file.file.storage, file.file.name
    with _within_reach():
        if not path or not storage.exists(path):
            raise Lost(file.name)
    return mirakl.Upload(name=file.name, open=lambda: _opened(storage, path), size=file.size)


def _opened(storage: Storage, path: str) -> BinaryIO:
    """Ready to be read from this disk: what is elsewhere is fetched now, before anything leaves."""
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
        # What a storage raises is its own.
        raise OutOfReach from error


def remove(reply: Reply) -> None:
    """The files have arrived, or nobody wants them; their names and sizes stay."""
    for file in reply.files.exclude(file=""):
        try:
            file.file.delete(save=False)
        except Exception:
            # What a storage raises is its own. The reply is settled all the same, and a sweep
            # tries again.
            log.warning("a staged file of reply %s stays for now", reply.pk, exc_info=True)
        else:
            ReplyFile.objects.filter(pk=file.pk).update(file="")


def settle(file: ReplyFile) -> None:
    """This one has arrived, whatever becomes of the others: it is not sent again."""
    path = file.file.name
    ReplyFile.objects.filter(pk=file.pk).update(file="", bytes_sent=file.size)
    try:
        file.file.storage.delete(path)
    except Exception:
        # No row knows it now: a sweep finds it.
        log.warning("a staged file of reply %s stays for now", file.reply_id, exc_info=True)


def sweep() -> None:
    """Remove what is left of settled replies, and files whose rows were never committed."""
    cutoff = timezone.now() - ORPHANED_AFTER
    settled = {Reply.State.SENT, Reply.State.DISCARDED}
    left_over = Reply.objects.filter(state__in=settled, settled_at__lt=cutoff, files__file__gt="")
    for reply in left_over.distinct():
        remove(reply)
    with suppress(FileNotFoundError):  # nothing was ever staged
        _folders, names = default_storage.listdir(STAGED_IN)
        for name in names:
            _remove_orphan(f"{STAGED_IN}/{name}", cutoff)


def _remove_orphan(path: str, cutoff: datetime) -> None:
    if any(kind.objects.filter(file=path).exists() for kind in (ReplyFile, DraftFile)):
        return
    try:
        if default_storage.get_modified_time(path) < cutoff:
            default_storage.delete(path)
    except Exception:
        # As above; somebody else may just have removed it.
        log.warning("a staged file that no row knows stays for now", exc_info=True)


# -- From Mirakl to a browser ---------------------------------------------


class Unavailable(Exception):
    """The attachment cannot be had: why, in words, and the status to say it with."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


class Chunks:
    """The bytes, as they come. Raises where Mirakl's end breaks off, so that the server aborts:
    a short file must not look whole. Whoever serves it calls `close`, read or not."""

    def __init__(self, first: bytes, rest: Iterator[bytes], upstream: ExitStack) -> None:
        self._first = first
        self._rest = rest
        self._upstream = upstream

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._rest

    def close(self) -> None:
        self._upstream.close()


@dataclass(frozen=True)
class Streamed:
    """Ready for a StreamingHttpResponse."""

    headers: dict[str, str]
    chunks: Chunks
    status: int = 200


def stream_attachment(
    attachment: Attachment, *, inline: bool, span: str = "", unless: str = ""
) -> Streamed:
    """Fetch it (M13); `inline` shows it in the browser if it really is a picture or a PDF.

    `span` and `unless` are the Range and If-Range of who has a part of it already.
    """
    marketplace = attachment.message.thread.marketplace
    # What is shown is told by its beginning, which a part need not have.
    part = None if inline else mirakl.part(span, unless)
    return stream(
        marketplace,
        lambda client: client.download(attachment.mirakl_id, part),
        name=attachment.name,
        size=attachment.size or 0,
        inline=inline,
    )


def stream(
    marketplace: Marketplace,
    open_download: Callable[[mirakl.MiraklClient], AbstractContextManager[mirakl.Download]],
    *,
    name: str = "",
    size: int = 0,
    inline: bool = False,
) -> Streamed:
    """Begin a download of Mirakl's; its `name` and `size` are given where we know them already."""
    with ExitStack() as stack:
        try:
            client = gateway.client_for(marketplace)
            download = stack.enter_context(open_download(client))
            first = _first(download.chunks)
        except mirakl.MiraklError as error:
            words = explain.no_download(error, marketplace)
            raise Unavailable(words, _status_of(error)) from error
        if not _is_it(download, first, name, size):
            raise Unavailable(explain.another_file(marketplace), 503)
        headers = _headers(safe_name(name or download.name or ""), first, inline=inline)
        if download.size is not None:
            headers["Content-Length"] = str(download.size)
        if not inline:
            headers |= download.resumable_by
        if download.part:
            headers["Content-Range"] = download.part
        chunks = Chunks(first, download.chunks, stack.pop_all())
        return Streamed(headers, chunks, 206 if download.part else 200)


def _is_it(download: mirakl.Download, first: bytes, name: str, size: int) -> bool:
    """Whether it can be the file that was asked for, not a page to sign in or half of it."""
    if download.part or (size and download.size == size):
        return True
    known = (name or download.name or "").lower()
    if mirakl.is_web_page(first) and not known.endswith(MAY_BE_PAGES):
        return False
    return not size or download.size is None or _fits(download.size, size)


def _fits(found: int, told: int) -> bool:
    """No document says that sizes are told in bytes: thousands of them fit as well."""
    return found == told or told * 900 <= found <= told * 1100


def _status_of(error: mirakl.MiraklError) -> int:
    """As a browser understands it: gone, no such part, or not now."""
    known = {404: 404, 416: 416}
    return known.get(error.status, 503) if isinstance(error, mirakl.Refused) else 503


def _first(chunks: Iterator[bytes]) -> bytes:
    """Enough to tell what it is; empty for an empty file."""
    first = b""
    while len(first) < SNIFFED_BYTES and (chunk := next(chunks, b"")):
        first += chunk
    return first


def _headers(name: str, first: bytes, *, inline: bool) -> dict[str, str]:
    """Neither its name nor Mirakl's word says what a file is, only its own first bytes."""
    kind = filetype.guess_mime(first) if inline else None
    headers = {
        "Content-Type": kind if kind in SHOWN else "application/octet-stream",
        "Content-Disposition": content_disposition_header(kind not in SHOWN, name) or "",
        "X-Content-Type-Options": "nosniff",
        # It never changes; a page that is shown again need not ask Mirakl for its pictures.
        "Cache-Control": "private, max-age=300",
    }
    if kind in SHOWN:
        headers["Content-Security-Policy"] = POLICIES[kind.partition("/")[0]]
        # For browsers that do not know the policy's frame-ancestors.
        headers["X-Frame-Options"] = "SAMEORIGIN" if kind == "application/pdf" else "DENY"
    return headers
