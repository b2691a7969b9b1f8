"""A bad network between the desk and a marketplace: a proxy that fails on purpose.

The proxy shares no code with the desk or the sandbox. The seed draws a fault for each request.
The proxy counts its faults by kind.
"""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import BinaryIO

# Longer than the desk's time-out in a chaos run, shorter than its lease.
LATE_SECONDS = 4.5
IDLE_SECONDS = 20
CHUNK = 65_536
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset

# Fault -> weight among the failing writes. "before": the request never reaches the marketplace.
# "after": the marketplace has done the write. "late": it does the write after the time-out.
WRITE_FAULTS = {
    "reset at once": 2,
    "reset before": 6,
    "reset after": 8,
    "closed after": 4,
    "half a head after": 3,
    "truncated after": 5,
    "500 before": 3,
    "503 before": 3,
    "500 after": 5,
    "502 after": 4,
    "504 after": 4,
    "page with 200 before": 2,
    "page with 200 after": 2,
    "429 for a second": 6,
    "429 until a date": 2,
    "429 without a header": 1,
    "400 before": 4,
    "403 before": 1,
    "timeout before": 3,
    "timeout after": 3,
    "timeout, then late": 3,
    "slow upload": 3,
    "slow answer": 3,
    "endless answer": 2,
}
READ_FAULTS = {
    "reset at once": 3,
    "reset after": 3,
    "truncated after": 3,
    "500 before": 3,
    "503 before": 2,
    "page with 200 before": 2,
    "429 for a second": 1,
    "timeout after": 1,
    "slow answer": 3,
}
PAGE = b"<!doctype html><title>Be right back</title>"


@dataclass
class Head:
    method: str
    raw: bytes
    length: int

    @property
    def is_write(self) -> bool:
        return self.method == "POST"


@dataclass
class Proxy:
    """Between `port` and the marketplace at `target`, once it is open."""

    target: tuple[str, int]
    seed: int
    write_share: float = 0.45
    read_share: float = 0.06
    port: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    is_healthy: bool = True
    _busy: int = 0
    _listening: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # -- open and shut ---------------------------------------------------

    def open(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(128)
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        """Stop listening. Open connections go on."""
        if self._listening:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()

    def heal(self) -> None:
        """End all faults and wait for delayed requests."""
        self.is_healthy = True
        deadline = time.monotonic() + 3 * LATE_SECONDS
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.05)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    # -- one connection --------------------------------------------------

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(IDLE_SECONDS)
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            while head := read_head(stream):
                with self._at_work():
                    goes_on = self._handle(connection, stream, head)
                if not goes_on:
                    return

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._count_busy(1)
        try:
            yield
        finally:
            self._count_busy(-1)

    def _count_busy(self, number: int) -> None:
        with self._lock:
            self._busy += number

    def _handle(self, connection: socket.socket, stream: BinaryIO, head: Head) -> bool:
        fault = self._draw(head)
        if fault == "reset at once":
            return reset(connection)
        body = stream_body(stream, head.length, pause=0.15 if fault == "slow upload" else 0)
        if fault == "timeout, then late":
            time.sleep(LATE_SECONDS)
            self._forward(head, body)
            return False
        is_refused = fault.endswith(" before") or fault.startswith("429")
        answer = b"" if is_refused else self._forward(head, body)
        return FAULTS[fault.removesuffix(" before").removesuffix(" after")](connection, answer)

    def _draw(self, head: Head) -> str:
        share = self.write_share if head.is_write else self.read_share
        with self._lock:
            if self.is_healthy or self._random.random() > share:
                return "none"
            faults: Mapping[str, int] = WRITE_FAULTS if head.is_write else READ_FAULTS
            (fault,) = self._random.choices(list(faults), weights=list(faults.values()))
            self.counts[f"{'write' if head.is_write else 'read'}: {fault}"] += 1
        return fault

    def _forward(self, head: Head, body: bytes) -> bytes:
        """Returns the marketplace's whole answer, over a new connection."""
        with socket.create_connection(self.target, IDLE_SECONDS) as upstream:
            upstream.sendall(head.raw + body)
            with upstream.makefile("rb") as stream:
                return read_answer(stream)


# -- faults: each answers the desk; True if the connection stays open ------


def pass_on(connection: socket.socket, answer: bytes) -> bool:
    connection.sendall(answer)
    return True


def reset(connection: socket.socket, answer: bytes = b"") -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    return False


def close(connection: socket.socket, answer: bytes) -> bool:
    return False


def half_a_head(connection: socket.socket, answer: bytes) -> bool:
    connection.sendall(answer[:20])
    return False


def truncate(connection: socket.socket, answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    connection.sendall(head + b"\r\n\r\n" + body[: len(body) // 2])
    return False


def hold(connection: socket.socket, answer: bytes) -> bool:
    time.sleep(LATE_SECONDS)
    return False


def trickle(connection: socket.socket, answer: bytes) -> bool:
    """Send the answer in ten pieces, within the desk's time-out."""
    size = len(answer) // 10 + 1
    for start in range(0, len(answer), size):
        connection.sendall(answer[start : start + size])
        time.sleep(0.1)
    return True


def dribble(connection: socket.socket, answer: bytes) -> bool:
    """Send a byte at a time for longer than the desk waits."""
    ends_at = time.monotonic() + LATE_SECONDS
    for number in range(len(answer)):
        connection.sendall(answer[number : number + 1])
        time.sleep(0.2)
        if time.monotonic() > ends_at:
            break
    return False


def says(status: int, body: bytes = b'{"message": "No."}', **headers: str) -> "Fault":
    def answer(connection: socket.socket, _answer: bytes) -> bool:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Fault\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        connection.sendall(head.encode() + body)
        return True

    return answer


def says_until_a_date(connection: socket.socket, answer: bytes) -> bool:
    return says(429, Retry_After=formatdate(time.time() + 2, usegmt=True))(connection, answer)


Fault = Callable[[socket.socket, bytes], bool]
FAULTS: dict[str, Fault] = {
    "none": pass_on,
    "reset": reset,
    "closed": close,
    "half a head": half_a_head,
    "truncated": truncate,
    "500": says(500),
    "502": says(502, PAGE),
    "503": says(503),
    "504": says(504, b""),
    "page with 200": says(200, PAGE, Content_Type="text/html"),
    "429 for a second": says(429, Retry_After="1"),
    "429 until a date": says_until_a_date,
    "429 without a header": says(429),
    "400": says(400, b'{"message": "The body is refused."}'),
    "403": says(403),
    "timeout": hold,
    "slow upload": pass_on,
    "slow answer": trickle,
    "endless answer": dribble,
}


# -- the HTTP that a proxy needs --------------------------------------------


def read_head(stream: BinaryIO) -> Head | None:
    """Returns None if the other side has closed the connection."""
    lines = []
    while (line := stream.readline()) != b"\r\n":
        if not line:
            return None
        lines.append(line)
    named = {name.lower(): value for name, _, value in (line.partition(b":") for line in lines)}
    length = int(named.get(b"content-length", 0))
    return Head(lines[0].split(b" ", 1)[0].decode(), b"".join([*lines, line]), length)


def stream_body(stream: BinaryIO, length: int, pause: float = 0) -> bytes:
    body = bytearray()
    while len(body) < length:
        chunk = stream.read(min(CHUNK, length - len(body)))
        if not chunk:
            raise ConnectionError("The connection closed in the middle of a body.")
        body += chunk
        time.sleep(pause)
    return bytes(body)


def read_answer(stream: BinaryIO) -> bytes:
    """Head and body; the sandbox gives every answer a length."""
    head = read_head(stream)
    if head is None:
        raise ConnectionError("The marketplace gave no answer.")
    return head.raw + stream_body(stream, head.length)
