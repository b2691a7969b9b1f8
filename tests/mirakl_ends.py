"""Other ends for the client: one that answers as told, and one that misbehaves on the socket."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesParser
from io import BytesIO
from typing import Any, BinaryIO

import httpx

from inbox import mirakl

HOST = "https://mirakl.test"
KEY = "key-of-the-shop"
PATIENCE = 10.0
Answer = Callable[[httpx.Request], httpx.Response]


class Wire:
    """Answers in turn, the last answer for ever, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answers[min(len(self.asked), len(self._answers)) - 1](request)

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]

    @property
    def params(self) -> dict[str, str]:
        return dict(self.last.url.params)

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]


def says(data: Any = None, status: int = 200, **headers: str) -> Answer:
    """JSON, or bytes as they are."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, content=body, headers=named)


def breaks(error: Callable[[str], httpx.RequestError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("demo")

    return answer


def over(wire: Wire, **more: Any) -> mirakl.Transport:
    return mirakl.Transport(http=httpx.MockTransport(wire), **more)


def seller(wire: Wire, shop_id: int | None = 2001, **more: Any) -> mirakl.MiraklClient:
    auth = mirakl.ShopKeyAuth(KEY)
    return mirakl.MiraklClient(HOST, auth, shop_id=shop_id, transport=over(wire), **more)


def operator(wire: Wire, role: str = "operator") -> mirakl.MiraklClient:
    """Built with a shop, which it must never send."""
    auth = mirakl.BearerAuth("token-of-the-operator")
    return mirakl.MiraklClient(HOST, auth, role=role, shop_id=2001, transport=over(wire))


def front(wire: Wire) -> mirakl.MiraklClient:
    return operator(wire, role="front")


# -- what is sent ---------------------------------------------------------


def upload(name: str, content: bytes) -> mirakl.Upload:
    def open_again() -> BinaryIO:
        return BytesIO(content)

    return mirakl.Upload(name, open_again, len(content))


def parts(request: httpx.Request) -> list[Message]:
    """A multipart body, read by the standard library."""
    head = b"Content-Type: " + request.headers["Content-Type"].encode() + b"\r\n\r\n"
    found = BytesParser().parsebytes(head + request.content)
    assert found.is_multipart()
    assert found.defects == []
    return [part for part in found.get_payload() if isinstance(part, Message)]


def part_name(part: Message) -> str:
    return str(part.get_param("name", header="content-disposition"))


def content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def message(request: httpx.Request) -> Any:
    """The JSON part."""
    return json.loads(content(parts(request)[0]))


# -- a socket that misbehaves ---------------------------------------------

Script = Callable[[socket.socket], None]


class Listening:
    def __init__(self, url: str) -> None:
        self.url = url
        self.connections = 0

    def client(
        self, timeouts: mirakl.Timeouts | None = None, transport: mirakl.Transport | None = None
    ) -> mirakl.MiraklClient:
        transport = transport or mirakl.Transport(timeouts=timeouts)
        return mirakl.MiraklClient(self.url, mirakl.ShopKeyAuth(KEY), transport=transport)


@contextmanager
def listening(*scripts: Script) -> Iterator[Listening]:
    """Each connection gets the next script, the last one for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        end = Listening(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(server, end, scripts))
        thread.start()
        try:
            yield end
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)


def _serve(server: socket.socket, end: Listening, scripts: tuple[Script, ...]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        script = scripts[min(end.connections, len(scripts) - 1)]
        end.connections += 1
        with connection:
            connection.settimeout(PATIENCE)
            try:
                script(connection)
            except OSError:
                continue


def take_request(connection: socket.socket) -> bytes:
    """All of a request, its body too."""
    taken = take_head(connection)
    head, _, body = taken.partition(b"\r\n\r\n")
    length = int(BytesParser().parsebytes(head.split(b"\r\n", 1)[1])["Content-Length"] or 0)
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def take_head(connection: socket.socket) -> bytes:
    taken = b""
    while b"\r\n\r\n" not in taken:
        received = connection.recv(65_536)
        if not received:
            raise ConnectionError("gone")
        taken += received
    return taken


def answers(body: bytes, status: str = "200 OK", length: int | None = None) -> Script:
    """Takes the request and answers; `length` may promise more than there is."""
    length = len(body) if length is None else length

    def script(connection: socket.socket) -> None:
        take_request(connection)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return script


def reset(connection: socket.socket) -> None:
    """Close it the hard way: what was in flight is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
