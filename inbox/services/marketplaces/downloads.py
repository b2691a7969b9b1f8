"""Files from Mirakl, streamed to a browser (M13 and the documents of an order)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import filetype
from django.utils.http import content_disposition_header

from inbox import mirakl
from inbox.models import Attachment, Marketplace
from inbox.services import error_texts, files
from inbox.services.marketplaces import clients

# Types shown in the browser, which executes nothing in any of them. All others are only saved.
SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
SNIFFED_BYTES = 512
# Files that may begin like a web page. Any other file that does is a sign-in or error page.
MAY_BE_PAGES = (".htm", ".html", ".xhtml", ".mhtml", ".xml", ".eml", ".txt")
ALONE = "default-src 'none'; "
POLICIES = {
    "image": ALONE + "frame-ancestors 'none'; sandbox",
    # Browsers' own PDF viewers do not start in a sandbox; the desk frames them.
    "application": ALONE + "frame-ancestors 'self'; object-src 'self'; style-src 'unsafe-inline'",
}


class Unavailable(Exception):
    """The file cannot be downloaded; carries the error text and the status to answer with."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


class Chunks:
    """The bytes as they arrive; the caller must `close` it, read or not.

    Raises if Mirakl's end breaks off, so that the server aborts: a truncated file must not look
    complete.
    """

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
    """The parts of a StreamingHttpResponse."""

    headers: dict[str, str]
    chunks: Chunks
    status: int = 200


def stream_attachment(
    attachment: Attachment, *, inline: bool, span: str = "", unless: str = ""
) -> Streamed:
    """Download an attachment (M13); `inline` shows it if it really is a picture or a PDF.

    `span` and `unless` are Range and If-Range of a browser that already has a part.
    """
    marketplace = attachment.marketplace
    # The type is detected from the file's beginning, which a part need not contain.
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
    """Begin a download from Mirakl; `name` and `size` are given if they are known already."""
    with ExitStack() as stack:
        try:
            client = clients.build_client(marketplace)
            download = stack.enter_context(open_download(client))
            first = _first(download.chunks)
        except mirakl.MiraklError as error:
            words = error_texts.no_download(error, marketplace)
            raise Unavailable(words, _status_of(error)) from error
        if not _is_it(download, first, name, size):
            is_sign_in = mirakl.kind_of_page(first) == mirakl.FailureKind.SIGN_IN
            instead = error_texts.sign_in_instead if is_sign_in else error_texts.another_file
            raise Unavailable(instead(marketplace), 503)
        headers = _headers(files.safe_name(name or download.name or ""), first, inline=inline)
        if download.size is not None:
            headers["Content-Length"] = str(download.size)
        if not inline:
            headers |= download.resumable_by
        if download.part:
            headers["Content-Range"] = download.part
        chunks = Chunks(first, download.chunks, stack.pop_all())
        return Streamed(headers, chunks, 206 if download.part else 200)


def _is_it(download: mirakl.Download, first: bytes, name: str, size: int) -> bool:
    """Whether this can be the requested file, not a sign-in page or half of it."""
    if download.part or (size and download.size == size):
        return True
    known = (name or download.name or "").lower()
    if mirakl.is_web_page(first) and not known.endswith(MAY_BE_PAGES):
        return False
    return not size or download.size is None or _fits(download.size, size)


def _fits(found: int, told: int) -> bool:
    """No document says that sizes are in bytes: thousands of bytes match as well."""
    return found == told or told * 900 <= found <= told * 1100


def _status_of(error: mirakl.MiraklError) -> int:
    """The status for the browser: gone, no such range, or try later."""
    known = {404: 404, 416: 416}
    return known.get(error.status, 503) if isinstance(error, mirakl.Refused) else 503


def _first(chunks: Iterator[bytes]) -> bytes:
    """Enough bytes to detect the type; empty for an empty file."""
    first = b""
    while len(first) < SNIFFED_BYTES and (chunk := next(chunks, b"")):
        first += chunk
    return first


def _headers(name: str, first: bytes, *, inline: bool) -> dict[str, str]:
    """The type comes from the first bytes: name and Mirakl's Content-Type are not trusted."""
    kind = filetype.guess_mime(first) if inline else None
    headers = {
        "Content-Type": kind if kind in SHOWN else "application/octet-stream",
        "Content-Disposition": content_disposition_header(kind not in SHOWN, name) or "",
        "X-Content-Type-Options": "nosniff",
        # A file never changes: a page shown again need not download its pictures again.
        "Cache-Control": "private, max-age=300",
    }
    if kind in SHOWN:
        headers["Content-Security-Policy"] = POLICIES[kind.partition("/")[0]]
        # For browsers that do not know the policy's frame-ancestors.
        headers["X-Frame-Options"] = "SAMEORIGIN" if kind == "application/pdf" else "DENY"
    return headers
