"""Bodies of answers: unpacked, and bounded in size."""

import re
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator

import httpx

from inbox.mirakl.errors import FailureKind, Garbled, Oversized

# The only encoding accepted. Several stacked ones turn a few bytes into gigabytes.
PACKING = "gzip"
LARGEST_ANSWER = 50_000_000
LARGEST_COMPLAINT = 100_000
LARGEST_TOKEN = 100_000
# Messages hold 30 MB; a marketplace may send the documents of several orders at once.
LARGEST_FILE = 1_000_000_000
PIECE = 65_536
LONGEST_TYPE = 200
# Single-byte charsets. Other codecs of Python take quadratic time, or fail.
CHARSET = re.compile(
    r"""charset\s*=\s*["']?(iso-8859-(?:1|15)|windows-125[0-8]|us-ascii)\b""", re.IGNORECASE
)


def pieces(operation: str, response: httpx.Response, most: int) -> Iterator[bytes]:
    """The body in unpacked chunks; raises Oversized beyond `most` bytes, packed or not."""
    unpacked = _unpacked(operation, response, most)
    left = most
    for piece in unpacked:
        left -= len(piece)
        if left < 0:
            raise _endless(operation)
        yield piece


def whole(operation: str, response: httpx.Response, most: int) -> bytes:
    """The whole body as UTF-8."""
    return _as_utf8(response, b"".join(pieces(operation, response, most)))


def beginning(response: httpx.Response) -> bytes:
    """The start of an error's body, enough for its message; empty if it is broken."""
    try:
        return whole("", response, LARGEST_COMPLAINT)
    except (httpx.RequestError, Garbled):
        return b""


def _unpacked(operation: str, response: httpx.Response, most: int) -> Iterator[bytes]:
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    raw = _bounded(operation, response, most)
    if packing in ("", "identity"):
        return raw
    if packing == PACKING:
        return _inflated(operation, raw)
    raise Garbled("Its answer is packed otherwise than we asked.", kind=FailureKind.PACKING)


def _bounded(operation: str, response: httpx.Response, most: int) -> Iterator[bytes]:
    """Counts packed bytes: a packed body may be endless too, and unpack to nothing."""
    for raw in response.iter_raw():
        if response.num_bytes_downloaded > most:
            raise _endless(operation)
        yield raw


def _inflated(operation: str, packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for raw in packed:
        more = True
        while more and not inflater.eof:
            try:
                piece = inflater.decompress(raw, PIECE)
            except zlib.error as error:
                raise _unreadable(operation) from error
            yield piece
            raw = inflater.unconsumed_tail
            more = bool(raw) or len(piece) == PIECE
    if not inflater.eof:
        raise _unreadable(operation)


def _as_utf8(response: httpx.Response, body: bytes) -> bytes:
    """JSON is UTF-8, even if its header differs; invalid UTF-8 is decoded as the header says."""
    named = CHARSET.search(response.headers.get("Content-Type", "")[:LONGEST_TYPE])
    if named:
        try:
            body.decode()
        except UnicodeDecodeError:
            body = body.decode(named[1], errors="replace").encode()
    return body.removeprefix(BOM_UTF8)


def _endless(operation: str) -> Oversized:
    return Oversized("Its answer has no end.", kind=FailureKind.SIZE, operation=operation)


def _unreadable(operation: str) -> Garbled:
    reason = "Its answer cannot be unpacked."
    return Garbled(reason, kind=FailureKind.PACKING, operation=operation)
