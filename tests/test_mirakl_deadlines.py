"""Time-outs against answers that come drop by drop, each drop in time."""

import socket
import time

import pytest

from inbox import mirakl
from tests.answering import Conversation, peer, read_head, talking_to, upload

QUICK = mirakl.Timeouts(connect=1, read=0.5, write=1, total=0.5)
TO = [mirakl.Recipient("CUSTOMER")]
HEAD = b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n"


def drips(begun: bytes, drop: bytes) -> Conversation:
    """Begins well, and then sends drops for as long as anybody listens, or for five seconds."""

    def converse(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(begun)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(drop)

    return converse


DRIPPING = [drips(HEAD, b"X-Drop: 1\r\n"), drips(HEAD + b"\r\n{", b" ")]


@pytest.mark.parametrize("converse", DRIPPING, ids=["head", "body"])
def test_a_read_ends_in_time(converse: Conversation) -> None:
    with peer(converse) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()

        with pytest.raises(mirakl.Unavailable):
            calls.list_threads(timeout=0.3)

    assert time.monotonic() - started < 0.6


def test_a_download_begins_in_time() -> None:
    with peer(DRIPPING[0]) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()

        with pytest.raises(mirakl.Unavailable), calls.download("a-1"):
            pass

    assert time.monotonic() - started < 0.9


def test_a_write_whose_answer_never_ends_is_uncertain() -> None:
    with peer(DRIPPING[0]) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()

        with pytest.raises(mirakl.Uncertain):
            calls.reply("t-1", body="Hello", to=TO)

    assert time.monotonic() - started < 0.9


def test_a_write_that_was_accepted_is_sent_although_its_answer_never_ends() -> None:
    with peer(DRIPPING[1]) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()

        posted = calls.reply("t-1", body="Hello", to=TO)

    assert posted == mirakl.Posted(None, None)
    assert time.monotonic() - started < 1.2


def test_an_upload_may_take_longer_than_an_answer() -> None:
    content = b"0" * 12_000_000

    def take_slowly(connection: socket.socket) -> None:
        received = len(read_head(connection))
        while received < len(content):
            # Slow for the first half: more than the buffers on the way hold.
            time.sleep(0.05 if received < len(content) / 2 else 0)
            received += len(connection.recv(400_000))
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    with peer(take_slowly) as url, talking_to(url, QUICK) as calls:
        started = time.monotonic()
        calls.reply("t-1", body="Hello", to=TO, files=[upload("large.bin", content)])

    assert time.monotonic() - started > QUICK.read
