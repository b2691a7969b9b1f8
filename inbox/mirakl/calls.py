"""Calls for one account: its address, its credentials, its shop."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

import httpx

from inbox.mirakl import answers, bodies, errors, ranges, transport, wire
from inbox.mirakl.deadlines import Deadline
from inbox.mirakl.decoding import Json, Listed, decode, decode_list
from inbox.mirakl.watching import Call, Observe, watched
from inbox.mirakl.wire import Progress, Upload

T = TypeVar("T")
Params = dict[str, str]
RESUMABLE_BY = ("ETag", "Last-Modified", "Accept-Ranges")


@dataclass(frozen=True)
class Download:
    """A file being downloaded. `chunks` raises Interrupted if it ends before `size`."""

    name: str | None
    size: int | None  # bytes, if Mirakl sends it
    content_type: str
    chunks: Iterator[bytes]
    # The Content-Range if it is a part of the file; `size` is then the part's.
    part: str
    # Headers for resuming, as Mirakl sent them: ETag, Last-Modified, Accept-Ranges.
    resumable_by: dict[str, str]


Downloading = AbstractContextManager[Download]


@dataclass(frozen=True)
class Calls:
    base_url: str
    auth: httpx.Auth
    shop_id: int | None
    own_transport: transport.Transport | None
    observe: Observe | None = None

    def read(self, operation: str, path: str, params: Params, timeout: float | None) -> bytes:
        with watched(operation, self.observe) as call:
            return self._read(call, path, params, timeout)

    def record(
        self, kind: type[T], operation: str, path: str, params: Params, timeout: float | None
    ) -> T:
        with watched(operation, self.observe) as call:
            raw = self._read(call, path, params, timeout)
            record = decode(kind, raw)
            if record is None:
                raise answers.garbled(operation, raw)
            return record

    def records(
        self,
        kind: type[T],
        member: str,
        operation: str,
        path: str,
        params: Params,
        timeout: float | None,
    ) -> Listed[T]:
        """The items under `member`; an unreadable one does not affect the others."""
        with watched(operation, self.observe) as call:
            raw = self._read(call, path, params, timeout)
            listed = decode_list(kind, raw, member)
            if listed is None:
                raise answers.garbled(operation, raw)
            return listed

    def post(self, operation: str, path: str, message: Json, send_before: Deadline | None) -> bytes:
        return self._write(operation, path, json=message, send_before=send_before)

    def delete(self, operation: str, path: str, send_before: Deadline | None) -> None:
        self._write(operation, path, method="DELETE", success=204, send_before=send_before)

    def post_files(
        self,
        operation: str,
        path: str,
        part: str,
        message: Json,
        files: Sequence[Upload],
        progress: Progress | None,
        send_before: Deadline | None,
    ) -> bytes:
        with ExitStack() as opened:
            streams = [(file, opened.enter_context(_opened(operation, file))) for file in files]
            parts = wire.multipart(part, message, streams)
            return self._write(
                operation, path, files=parts, progress=progress, send_before=send_before
            )

    @contextmanager
    def download(
        self, operation: str, path: str, params: Params, part: ranges.Part | None = None
    ) -> Iterator[Download]:
        """A stream: nothing is read before `chunks` is."""
        with (
            watched(operation, self.observe) as call,
            self._stream(call, path, params, part) as response,
        ):
            headers = response.headers
            size = _size(headers)
            yield Download(
                name=wire.file_name(headers.get("Content-Disposition")),
                size=size,
                content_type=headers.get("Content-Type", ""),
                chunks=_whole(operation, response, size),
                part=ranges.given(operation, response, part),
                resumable_by={name: headers[name] for name in RESUMABLE_BY if name in headers},
            )

    def _read(self, call: Call, path: str, params: Params, timeout: float | None) -> bytes:
        return self._transport.read(
            call.operation,
            self.base_url + path,
            params=self._with_shop(params),
            auth=self.auth,
            timeout=timeout,
            call=call,
        )

    def _stream(
        self, call: Call, path: str, params: Params, part: ranges.Part | None
    ) -> AbstractContextManager[httpx.Response]:
        return self._transport.stream(
            call.operation,
            self.base_url + path,
            params=self._with_shop(params),
            auth=self.auth,
            call=call,
            part=part,
        )

    def _write(self, operation: str, path: str, **body: Any) -> bytes:
        with watched(operation, self.observe) as call:
            return self._transport.write(
                operation,
                self.base_url + path,
                params=self._with_shop({}),
                auth=self.auth,
                call=call,
                **body,
            )

    def _with_shop(self, params: Params) -> Params:
        # Without it Mirakl takes the user's default shop, which may be another one.
        return params if self.shop_id is None else {**params, "shop_id": str(self.shop_id)}

    @property
    def _transport(self) -> transport.Transport:
        return self.own_transport or transport.shared()


def _opened(operation: str, file: Upload) -> BinaryIO:
    try:
        return file.open()
    except OSError as error:
        raise errors.Invalid(wire.UNREADABLE_FILE, field="files", operation=operation) from error


def _size(headers: httpx.Headers) -> int | None:
    length = headers.get("Content-Length", "")
    is_plain = "Content-Encoding" not in headers and length.isdecimal()
    return int(length) if is_plain else None


def _whole(operation: str, response: httpx.Response, size: int | None) -> Iterator[bytes]:
    received = 0
    try:
        for chunk in bodies.pieces(operation, response, bodies.LARGEST_FILE):
            received += len(chunk)
            yield chunk
    except httpx.RequestError as error:
        raise errors.Interrupted("It broke off.", operation=operation) from error
    if size is not None and received != size:
        raise errors.Interrupted("It broke off.", operation=operation)
