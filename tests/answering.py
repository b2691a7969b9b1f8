"""A minimal Mirakl for tests of the client: it sends given answers and records requests."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import httpx

from inbox import mirakl

URL = "https://demo.example"
KEY = "demo-key"
PAGE = b'{"data": []}'
Answer = httpx.Response | Exception
Conversation = Callable[[socket.socket], None]
TOPIC = mirakl.Topic("FREE_TEXT", "Delivery")


@dataclass
class Answering:
    """Sends its answers in turn, then repeats the last."""

    answers: list[Answer]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def asked(self) -> httpx.Request:
        (request,) = self.requests
        return request

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.asked.url.query.decode(), keep_blank_values=True))


def answering(*answers: Answer | dict[str, Any] | bytes) -> Answering:
    return Answering([_answer(one) for one in answers])


def _answer(one: Answer | dict[str, Any] | bytes) -> Answer:
    if isinstance(one, dict):
        return httpx.Response(200, json=one)
    return httpx.Response(200, content=one) if isinstance(one, bytes) else one


@dataclass
class Arriving(httpx.SyncByteStream):
    raw: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.raw


def over(peer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    """Returns answers as raw bytes, compressed if their headers say so."""

    def answer(request: httpx.Request) -> httpx.Response:
        given = peer(request)
        assert isinstance(given.stream, httpx.SyncByteStream)
        stream = Arriving(b"".join(given.stream))
        return httpx.Response(given.status_code, headers=given.headers, stream=stream)

    return httpx.MockTransport(answer)


def client(
    peer: Callable[[httpx.Request], httpx.Response],
    *,
    auth: httpx.Auth | None = None,
    timeouts: mirakl.Timeouts | None = None,
    **account: Any,
) -> mirakl.MiraklClient:
    transport = mirakl.Transport(http=over(peer), timeouts=timeouts)
    return mirakl.MiraklClient(URL, auth or mirakl.ShopKeyAuth(KEY), transport=transport, **account)


def upload(name: str = "photo.png", content: bytes = b"pixels") -> mirakl.Upload:
    return mirakl.Upload(name, lambda: BytesIO(content), len(content))


def parts(request: httpx.Request) -> list[EmailMessage]:
    """Parses a multipart body with another parser than the one that wrote it."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    whole = message_from_bytes(head + request.content, policy=policy.HTTP)
    assert isinstance(whole, EmailMessage)
    return [part for part in whole.iter_parts() if isinstance(part, EmailMessage)]


def part_names(request: httpx.Request) -> list[str]:
    return [str(part.get_param("name", header="content-disposition")) for part in parts(request)]


def message(request: httpx.Request) -> Any:
    """Returns the JSON of the first part."""
    return json.loads(content(parts(request)[0]))


def content(part: EmailMessage) -> bytes:
    held = part.get_payload(decode=True)
    assert isinstance(held, bytes)
    return held


# -- over a real socket ---------------------------------------------------


@contextmanager
def peer(converse: Conversation) -> Iterator[str]:
    """Yields the address of a server that runs `converse` for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, converse), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, converse: Conversation) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            try:
                converse(connection)
            except OSError:
                continue


def read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65_536)
        if not received:
            raise ConnectionError("The client has gone.")
        head += received
    return head


def says(raw: bytes) -> Conversation:
    """Reads a request's head, sends these bytes, and closes."""

    def converse(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(raw)

    return converse


class Endless:
    """Sends an endless answer in small pieces until the client leaves, for a minute at most.

    If `was_left` is set, the client had its own deadline.
    """

    def __init__(self, begun: bytes = b"", drop: bytes = b"") -> None:
        self.begun, self.drop = begun, drop
        self._left = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        if self.begun:
            read_head(connection)
            connection.sendall(self.begun)
        connection.settimeout(0.05)
        try:
            for _drop in range(1200):
                self._wait_for_its_end(connection)
                connection.sendall(self.drop)
        except ConnectionError:
            self._left.set()

    def _wait_for_its_end(self, connection: socket.socket) -> None:
        try:
            while connection.recv(65_536):
                pass
        except TimeoutError:
            return
        raise ConnectionError("The client has gone.")

    def was_left(self) -> bool:
        return self._left.wait(30)


@contextmanager
def talking_to(
    url: str, timeouts: mirakl.Timeouts | None = None, auth: httpx.Auth | None = None
) -> Iterator[mirakl.MiraklClient]:
    transport = mirakl.Transport(timeouts=timeouts)
    yield mirakl.MiraklClient(url, auth or mirakl.ShopKeyAuth(KEY), transport=transport)
    transport.close()
