"""Mirakl's messaging API, one method per operation."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from inbox.mirakl import errors, transport, wire
from inbox.mirakl.records import (
    Account,
    Posted,
    Thread,
    ThreadPage,
    Topic,
    Version,
    decode,
    decode_all,
)
from inbox.mirakl.wire import Progress, Recipient, Upload

T = TypeVar("T")


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    next_page_token: str | None = None
    previous_page_token: str | None = None


@dataclass(frozen=True)
class Download:
    """An attachment as it comes in. `chunks` raises Interrupted where it ends before `size`."""

    name: str | None
    size: int | None  # bytes, where Mirakl tells
    content_type: str
    chunks: Iterator[bytes]


class MiraklClient:
    """One account: an instance, a credential, and for a seller the shop.

    Every method raises a MiraklError; `timeout` is seconds for the whole call.
    """

    def __init__(
        self,
        base_url: str,
        auth: httpx.Auth,
        *,
        role: str = "seller",
        shop_id: int | None = None,
        transport: transport.Transport | None = None,
    ) -> None:
        self._base_url, self._auth, self.role = base_url.rstrip("/"), auth, role
        self._shop_id = shop_id if role == "seller" else None
        self._own_transport = transport

    # -- threads ---------------------------------------------------------

    def list_threads(
        self,
        *,
        entity_type: str | None = None,
        entity_ids: Sequence[str] = (),
        updated_since: datetime | None = None,
        with_messages: bool = False,
        channel_codes: Sequence[str] = (),
        customer_id: str | None = None,
        customer_organization_id: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
        timeout: float | None = None,
    ) -> ThreadPage:
        """M11. A page token stands for all the other parameters and is sent without them."""
        params = wire.query(
            entity_type=entity_type,
            entity_id=list(entity_ids),
            updated_since=updated_since,
            with_messages=with_messages or None,
            channel_codes=list(channel_codes),
            customer_id=customer_id,
            customer_organization_id=customer_organization_id,
            limit=limit,
        )
        if page_token:
            params = {"page_token": page_token}
        raw = self._read("M11", "/api/inbox/threads", params, timeout)
        page = _decoded("M11", _Page, raw)
        threads, skipped = decode_all(Thread, page.data)
        return ThreadPage(
            threads=threads,
            next_page_token=page.next_page_token,
            previous_page_token=page.previous_page_token,
            skipped=skipped,
        )

    def iter_threads(self, **filters: Any) -> Iterator[ThreadPage]:
        """M11, page after page; `filters` are those of `list_threads`."""
        page = self.list_threads(**filters)
        yield page
        seen = set()
        while (token := page.next_page_token) and token not in seen:
            seen.add(token)
            page = self.list_threads(page_token=token, timeout=filters.get("timeout"))
            yield page

    def read_thread(
        self, thread_id: str, *, customer_id: str | None = None, timeout: float | None = None
    ) -> Thread:
        """M10: the thread with all its messages, 1,000 at most."""
        path = f"/api/inbox/threads/{_segment(thread_id)}"
        raw = self._read("M10", path, wire.query(customer_id=customer_id), timeout)
        return _decoded("M10", Thread, raw)

    def reply(
        self,
        thread_id: str,
        *,
        body: str,
        to: Sequence[Recipient],
        topic: Topic | None = None,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
    ) -> Posted:
        """M12. A topic replaces that of the whole thread."""
        wire.check("M12", body=body, to=to, topic=topic, files=files)
        recipients = [
            {"type": one.type, "id": one.id} if one.id else {"type": one.type} for one in to
        ]
        message: dict[str, Any] = {"body": body, "to": recipients}
        if topic is not None:
            message["topic"] = topic
        path = f"/api/inbox/threads/{_segment(thread_id)}/message"
        return self._post("M12", path, "message_input", message, files, progress)

    def start_order_thread(
        self,
        order_id: str,
        *,
        body: str,
        to: Sequence[str],
        topic: Topic,
        files: Sequence[Upload] = (),
        progress: Progress | None = None,
    ) -> Posted:
        """OR43. Recipients are bare types here: CUSTOMER, OPERATOR, SHOP."""
        wire.check("OR43", body=body, to=to, topic=topic, files=files)
        message = {"body": body, "to": list(to), "topic": topic}
        path = f"/api/orders/{_segment(order_id)}/threads"
        return self._post("OR43", path, "thread_input", message, files, progress)

    @contextmanager
    def download(self, attachment_id: str) -> Iterator[Download]:
        """M13, as a stream: nothing is read before `chunks` is."""
        url, params = self._url(f"/api/inbox/threads/{_segment(attachment_id)}/download", {})
        stream = self._transport.stream("M13", url, params=params, auth=self._auth)
        with stream as response:
            headers = response.headers
            length = headers.get("Content-Length", "")
            is_plain = "Content-Encoding" not in headers and length.isdecimal()
            size = int(length) if is_plain else None
            yield Download(
                name=wire.file_name(headers.get("Content-Disposition")),
                size=size,
                content_type=headers.get("Content-Type", ""),
                chunks=_whole(response, size),
            )

    # -- the account -----------------------------------------------------

    def account(self, *, timeout: float | None = None) -> Account:
        """A01: the shop behind a seller's key."""
        return _decoded("A01", Account, self._read("A01", "/api/account", {}, timeout))

    def version(self, *, timeout: float | None = None) -> Version:
        """V01: the instance's version."""
        return _decoded("V01", Version, self._read("V01", "/api/version", {}, timeout))

    # -- how it is called ------------------------------------------------

    @property
    def _transport(self) -> transport.Transport:
        return self._own_transport or transport.shared()

    def _url(self, path: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        # Left out, Mirakl takes the user's default shop, which need not be the one meant.
        if self._shop_id is not None:
            params = {**params, "shop_id": str(self._shop_id)}
        return self._base_url + path, params

    def _read(
        self, operation: str, path: str, params: dict[str, str], timeout: float | None
    ) -> bytes:
        url, params = self._url(path, params)
        return self._transport.read(operation, url, params=params, auth=self._auth, timeout=timeout)

    def _post(
        self,
        operation: str,
        path: str,
        part: str,
        message: dict[str, Any],
        files: Sequence[Upload],
        progress: Progress | None,
    ) -> Posted:
        url, params = self._url(path, {})
        with ExitStack() as opened:
            parts = wire.multipart(
                part, message, [(file, opened.enter_context(file.open())) for file in files]
            )
            raw = self._transport.write(
                operation,
                url,
                auth=self._auth,
                params=params,
                files=parts,
                wrap=(lambda stream, total: wire.Counted(stream, total, progress))
                if progress
                else None,
            )
        try:
            # Accepted is accepted, whatever it says about it.
            return decode(Posted, raw) or Posted()
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Posted()


def _segment(identifier: str) -> str:
    return quote(identifier, safe="")


def _decoded(operation: str, kind: type[T], raw: bytes) -> T:
    try:
        record = decode(kind, raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.Garbled("Its answer is not JSON.", operation=operation) from error
    if record is None:
        raise errors.Garbled("Its answer is not what was asked for.", operation=operation)
    return record


def _whole(response: httpx.Response, size: int | None) -> Iterator[bytes]:
    received = 0
    try:
        for chunk in response.iter_bytes(65_536):
            received += len(chunk)
            yield chunk
    except httpx.TransportError as error:
        raise errors.Interrupted("It broke off.", operation="M13") from error
    if size is not None and received != size:
        raise errors.Interrupted("It broke off.", operation="M13")
