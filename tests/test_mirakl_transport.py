"""The shared connection pool: its deadlines, pauses and connections."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from helpdesk.version import VERSION
from inbox import mirakl
from inbox.mirakl import transport
from tests.answering import (
    KEY,
    PAGE,
    URL,
    Endless,
    answering,
    client,
    over,
    peer,
    read_head,
    says,
    talking_to,
)

# -- as long as asked, and no longer --------------------------------------


PATIENT = mirakl.Timeouts(connect=3600, read=3600, write=3600, total=3600)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize("said", [(), (HEAD,), (HEAD + b'{"data": [', b" ")])
def test_a_deadline_holds(said: tuple[bytes, ...]) -> None:
    endless = Endless(*said)

    with (
        peer(endless) as url,
        talking_to(url, PATIENT) as calls,
        pytest.raises(mirakl.Unavailable),
    ):
        calls.list_threads(timeout=0.5)

    assert endless.was_left()


def test_a_deadline_counts_all_attempts() -> None:
    mock = answering(httpx.Response(503))

    with pytest.raises(mirakl.Unavailable):
        client(mock).list_threads(timeout=0.01)

    assert len(mock.requests) == 1


# -- asked to wait --------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        (None, 30),
        ("soon", 30),
        ("-5", 0),
        ("nan", 0),
        ("inf", 30),
        ("999999999999999", 30),
        ("86400", 3600),
        ("1 Jan 99999999999999999999 00:00:00 GMT", 30),
    ],
)
def test_it_knows_how_long_to_wait(header: str | None, seconds: float) -> None:
    headers = {"Retry-After": header} if header else {}
    now = datetime.now(UTC)

    with pytest.raises(mirakl.RateLimited) as caught:
        client(answering(httpx.Response(429, headers=headers))).list_threads()

    assert abs((caught.value.until - now).total_seconds() - seconds) < 2


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_it_waits_until_a_date(zone: str) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    header = format_datetime(until, usegmt=True).replace("GMT", zone)

    with pytest.raises(mirakl.RateLimited) as caught:
        client(answering(httpx.Response(429, headers={"Retry-After": header}))).list_threads()

    assert caught.value.until == until


def test_a_busy_marketplace_that_says_how_long_is_asked_once() -> None:
    mock = answering(httpx.Response(503, headers={"Retry-After": "600"}), PAGE)
    calls = client(mock)

    for _ in range(3):
        with pytest.raises(mirakl.RateLimited) as caught:
            calls.list_threads()

    assert 590 < (caught.value.until - datetime.now(UTC)).total_seconds() <= 600
    assert len(mock.requests) == 1


def test_a_write_that_met_a_busy_marketplace_is_uncertain_and_the_next_call_waits() -> None:
    mock = answering(httpx.Response(503, headers={"Retry-After": "600"}), PAGE)
    calls = client(mock)
    with pytest.raises(mirakl.Uncertain):
        calls.reply("t", body="Hello", to=[mirakl.Recipient("CUSTOMER")])

    with pytest.raises(mirakl.RateLimited):
        calls.list_threads()

    assert len(mock.requests) == 1


def test_it_does_not_call_before_its_time() -> None:
    mock = answering(httpx.Response(429, headers={"Retry-After": "60"}), PAGE)
    calls = client(mock)
    with pytest.raises(mirakl.RateLimited):
        calls.list_threads()

    with pytest.raises(mirakl.RateLimited):
        calls.reply("t", body="Hello", to=[mirakl.Recipient("CUSTOMER")])

    assert len(mock.requests) == 1


def test_it_calls_again_when_it_is_time() -> None:
    mock = answering(httpx.Response(429, headers={"Retry-After": "0"}), PAGE)
    calls = client(mock)
    with pytest.raises(mirakl.RateLimited):
        calls.list_threads()

    assert calls.list_threads().threads == []


@pytest.mark.parametrize(("key", "calls_made"), [(KEY, 1), ("another key", 2)])
def test_only_the_credential_that_was_asked_to_waits(key: str, calls_made: int) -> None:
    mock = answering(httpx.Response(429), PAGE)
    shared = mirakl.Transport(http=over(mock))
    for one in (KEY, key):
        calls = mirakl.MiraklClient(
            "https://demo.example", mirakl.ShopKeyAuth(one), transport=shared
        )
        try:
            calls.list_threads()
        except mirakl.RateLimited:
            continue

    assert len(mock.requests) == calls_made


# -- one pool -------------------------------------------------------------


def test_all_clients_share_the_process_s_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = answering(PAGE)
    monkeypatch.setattr(transport, "_shared", mirakl.Transport(http=over(mock)))

    for key in ("a", "b"):
        mirakl.MiraklClient("https://demo.example", mirakl.ShopKeyAuth(key)).list_threads()

    assert [request.headers["Authorization"] for request in mock.requests] == ["a", "b"]


def keep_alive(seen: list[socket.socket]) -> Callable[[socket.socket], None]:
    def converse(connection: socket.socket) -> None:
        seen.append(connection)
        while True:
            read_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + PAGE)

    return converse


def test_it_keeps_a_connection() -> None:
    connections: list[socket.socket] = []

    with peer(keep_alive(connections)) as url, talking_to(url) as calls:
        for _ in range(3):
            calls.list_threads()

    assert len(connections) == 1


def test_no_environment_leads_the_key_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + json.dumps({"data": []}).encode()
    with peer(says(raw)) as url, talking_to(url) as calls:
        page = calls.list_threads()

    assert page.threads == []


def test_it_says_who_asks() -> None:
    mock = answering(PAGE)

    client(mock).list_threads()

    assert mock.asked.headers["User-Agent"] == f"helpdesk/{VERSION}"
    assert mock.asked.headers["Authorization"] == KEY


# -- closed ---------------------------------------------------------------


def test_what_is_closed_asks_nobody_and_sends_nothing() -> None:
    mock = answering(httpx.Response(200, content=PAGE))
    closed = mirakl.Transport(http=over(mock))
    closed.close()

    with pytest.raises(mirakl.Unreachable):
        mirakl.MiraklClient(URL, mirakl.ShopKeyAuth(KEY), transport=closed).list_threads()

    assert mock.requests == []


class Pool(httpx.BaseTransport):
    """A pool that is closed during an answer; the answer's connection still returns to it."""

    def __init__(self) -> None:
        self.transport = mirakl.Transport(http=self)
        self.is_empty = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.transport.close()
        self.is_empty = False
        return httpx.Response(200, stream=httpx.ByteStream(PAGE))

    def close(self) -> None:
        self.is_empty = True


def test_what_is_closed_in_the_middle_of_an_answer_keeps_no_connection() -> None:
    pool = Pool()

    mirakl.MiraklClient(URL, mirakl.ShopKeyAuth(KEY), transport=pool.transport).list_threads()

    assert pool.is_empty
