"""Time-outs for answers that arrive in small pieces, each in time."""

import socket
import time

import pytest

from inbox import mirakl
from tests.answering import Endless, peer, read_head, talking_to, upload

# An hour, so that only the other deadline counts.
PATIENT = mirakl.Timeouts(connect=3600, read=3600, write=3600, total=3600)
QUICK = mirakl.Timeouts(connect=1, read=0.5, write=1, total=0.5)
TO = [mirakl.Recipient("CUSTOMER")]
HEAD = b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n"


DRIPPING = {"head": (HEAD, b"X-Drop: 1\r\n"), "body": (HEAD + b"\r\n{", b" ")}


@pytest.fixture
def dripping_head() -> Endless:
    return Endless(*DRIPPING["head"])


@pytest.mark.parametrize("where", DRIPPING)
def test_a_read_ends_in_time(where: str) -> None:
    dripping = Endless(*DRIPPING[where])

    with (
        peer(dripping) as url,
        talking_to(url, PATIENT) as calls,
        pytest.raises(mirakl.Unavailable),
    ):
        calls.list_threads(timeout=0.3)

    assert dripping.was_left()


def test_a_download_begins_in_time(dripping_head: Endless) -> None:
    with (
        peer(dripping_head) as url,
        talking_to(url, QUICK) as calls,
        pytest.raises(mirakl.Unavailable),
        calls.download("a-1"),
    ):
        pass

    assert dripping_head.was_left()


def test_a_write_whose_answer_never_ends_is_uncertain(dripping_head: Endless) -> None:
    with (
        peer(dripping_head) as url,
        talking_to(url, QUICK) as calls,
        pytest.raises(mirakl.Uncertain),
    ):
        calls.reply("t-1", body="Hello", to=TO)

    assert dripping_head.was_left()


def test_a_write_that_was_accepted_is_sent_although_its_answer_never_ends() -> None:
    dripping = Endless(*DRIPPING["body"])

    with peer(dripping) as url, talking_to(url, QUICK) as calls:
        posted = calls.reply("t-1", body="Hello", to=TO)

    assert posted == mirakl.SendResult(None, None)
    assert dripping.was_left()


@pytest.mark.timing
def test_an_upload_may_take_longer_than_an_answer() -> None:
    content = b"0" * 12_000_000

    def take_slowly(connection: socket.socket) -> None:
        received = len(read_head(connection))
        while received < len(content):
            # Slow for the first half, which exceeds the buffers on the way.
            time.sleep(0.05 if received < len(content) / 2 else 0)
            received += len(connection.recv(400_000))
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    with peer(take_slowly) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()
        calls.reply("t-1", body="Hello", to=TO, files=[upload("large.bin", content)])

    assert time.monotonic() - started > QUICK.read
