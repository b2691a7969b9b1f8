"""Late writes: nothing is sent, for any cause of the delay."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox import mirakl
from inbox.mirakl import deadlines
from tests.answering import TOPIC, peer, read_head, says, talking_to, upload
from tests.writing import eventually

Write = Callable[[mirakl.MiraklClient, mirakl.Deadline], object]
CREATED = b'HTTP/1.1 201 Created\r\nContent-Length: 19\r\n\r\n{"message_id": "m"}'
TO = [mirakl.Recipient("CUSTOMER")]
NEW: dict[str, Any] = {"body": "Hello", "topic": TOPIC}
WRITES: dict[str, Write] = {
    "M12": lambda calls, until: calls.reply("t", body="Hello", to=TO, send_before=until),
    "OR42": lambda calls, until: calls.post_order_message(
        "1-A", subject="Delivery", body="Hello", to=["CUSTOMER"], send_before=until
    ),
    "OR43": lambda calls, until: calls.start_order_thread(
        "1-A", **NEW, to=["CUSTOMER"], send_before=until
    ),
    "OR74": lambda calls, until: calls.documents.upload(
        "1-A", file=upload(), type_code="CUSTOMER_INVOICE", send_before=until
    ),
    "M14": lambda calls, until: calls.start_operator_thread(**NEW, send_before=until),
    "SOR43": lambda calls, until: calls.start_service_order_thread(
        "1-A", **NEW, to=["CUSTOMER"], send_before=until
    ),
    "SOF43": lambda calls, until: calls.start_service_thread(
        "S", **NEW, to=["SHOP"], send_before=until
    ),
}


class Clocks:
    """The two clocks of a deadline, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sleepless, self.wall = 1000.0, time.time()
        monkeypatch.setattr(deadlines, "clocks", lambda: (self.sleepless, self.wall))

    def deadline(self, seconds: float) -> mirakl.Deadline:
        return mirakl.Deadline(datetime.fromtimestamp(self.wall + seconds, UTC))


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """A server that accepts writes and records the first bytes of each connection."""
    heard: list[bytes] = []

    def converse(connection: socket.socket) -> None:
        heard.append(b"")
        heard[-1] = read_head(connection)
        connection.sendall(CREATED)

    with peer(converse) as url:
        yield url, heard


def sleep_while_the_token_comes(clocks: Clocks) -> mirakl.ClientCredentialsAuth:
    def load() -> mirakl.Token:
        clocks.sleepless += 120
        return mirakl.Token("demo", clocks.wall + 3600)

    return mirakl.ClientCredentialsAuth("https://none.example", "id", "secret", load=load)


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_whose_sender_slept_never_leaves(clocks: Clocks, operation: str) -> None:
    auth = sleep_while_the_token_comes(clocks)
    with listening() as (url, heard), talking_to(url, auth=auth) as calls:
        with pytest.raises(mirakl.TooLate) as caught:
            WRITES[operation](calls, clocks.deadline(120))

        eventually(lambda: heard == [b""])

    assert isinstance(caught.value, mirakl.NotSent)
    assert caught.value.operation == operation


@pytest.mark.parametrize("clock", ["sleepless", "wall"])
def test_either_clock_ends_it(clocks: Clocks, clock: str) -> None:
    deadline = clocks.deadline(120)
    assert not deadline.is_over

    setattr(clocks, clock, getattr(clocks, clock) + 121 - deadlines.MARGIN)

    assert deadline.is_over


def test_a_write_in_time_leaves(clocks: Clocks) -> None:
    with peer(says(CREATED)) as url, talking_to(url) as calls:
        posted = calls.reply("t", body="Hello", to=TO, send_before=clocks.deadline(6))

    assert posted.message_id == "m"


def test_a_write_is_not_repeated_with_a_new_token_when_its_time_is_over(clocks: Clocks) -> None:
    heard: list[bytes] = []

    def refuse_slowly(connection: socket.socket) -> None:
        heard.append(read_head(connection))
        clocks.wall += 120
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    tokens = [mirakl.Token(name, clocks.wall + 3600) for name in ("first", "second")]
    auth = mirakl.ClientCredentialsAuth(
        "https://none.example", "id", "secret", load=lambda: tokens.pop(0)
    )
    with (
        peer(refuse_slowly) as url,
        talking_to(url, auth=auth) as calls,
        pytest.raises(mirakl.TooLate),
    ):
        calls.reply("t", body="Hello", to=TO, send_before=clocks.deadline(120))

    assert len(heard) == 1
    assert b"Bearer first" in heard[0]


def test_what_is_late_between_head_and_body_is_not_a_message(clocks: Clocks) -> None:
    deadline = clocks.deadline(120)
    deadline.watch("http11.send_request_headers.started", {})
    clocks.sleepless += 120

    with pytest.raises(mirakl.TooLate):
        deadline.watch("http11.send_request_body.started", {})


# A process that has started its call and waits for its credential.
SENDER = """
import sys
from datetime import UTC, datetime, timedelta
from inbox import mirakl
from inbox.mirakl import deadlines

def load():
    print("ready", flush=True)
    sys.stdin.readline()
    return mirakl.Token("demo", datetime.now().timestamp() + 3600)

auth = mirakl.ClientCredentialsAuth("https://none.example", "id", "secret", load=load)
until = datetime.now(UTC) + timedelta(seconds=deadlines.MARGIN + 1)
try:
    mirakl.MiraklClient(sys.argv[1], auth).reply(
        "t", body="Hello", to=[mirakl.Recipient("CUSTOMER")], send_before=mirakl.Deadline(until)
    )
except mirakl.MiraklError as error:
    print(type(error).__name__)
"""


def started(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, url],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_process_that_was_stopped_in_between_sends_nothing() -> None:
    with listening() as (url, heard):
        sender = started(url)
        assert sender.stdout is not None
        sender.stdout.readline()
        os.kill(sender.pid, signal.SIGSTOP)
        over = datetime.now(UTC) + timedelta(seconds=1)
        eventually(lambda: datetime.now(UTC) > over)
        os.kill(sender.pid, signal.SIGCONT)
        told, _ = sender.communicate("go on\n", timeout=30)

    assert told == "TooLate\n"
    assert heard == [b""]
