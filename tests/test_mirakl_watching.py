"""The callback of a call: operation, outcome, status and duration, and nothing else."""

from collections.abc import Iterator

import httpx
import pytest

from inbox import mirakl
from inbox.mirakl import Call
from tests.answering import KEY, URL, over

Told = list[Call]


@pytest.fixture
def told() -> Told:
    return []


def client(told: Told, answer: httpx.Response | Exception) -> mirakl.MiraklClient:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = mirakl.Transport(http=over(handle))
    auth = mirakl.ShopKeyAuth(KEY)
    return mirakl.MiraklClient(URL, auth, transport=transport, observe=told.append)


def ended(told: Told) -> tuple[str, str, int | None]:
    (call,) = told
    assert call.seconds > 0
    return call.operation, call.outcome, call.status


def test_it_tells_of_a_call_that_went_well(told: Told) -> None:
    client(told, httpx.Response(200, json={"data": []})).list_threads()

    assert ended(told) == ("M11", "ok", 200)


@pytest.mark.parametrize(
    ("answer", "outcome", "status"),
    [
        (httpx.Response(401), "bad_credentials", 401),
        (httpx.Response(404), "not_found", 404),
        (httpx.Response(429), "rate_limited", 429),
        (httpx.Response(500), "unavailable", 500),
        (httpx.Response(200, text="<html>"), "garbled", 200),
        (httpx.ConnectError("refused"), "unreachable", None),
        (httpx.ReadTimeout("late"), "unavailable", None),
    ],
)
def test_it_names_what_went_wrong(
    told: Told, answer: httpx.Response | Exception, outcome: str, status: int | None
) -> None:
    with pytest.raises(mirakl.MiraklError):
        client(told, answer).read_thread("T1")

    assert ended(told) == ("M10", outcome, status)


def test_it_tells_of_a_write_whose_end_is_unknown(told: Told) -> None:
    to = [mirakl.Recipient("CUSTOMER")]

    with pytest.raises(mirakl.Uncertain):
        client(told, httpx.Response(502)).reply("T1", body="Hello", to=to)

    assert ended(told) == ("M12", "uncertain", 502)


def test_it_tells_of_several_attempts_as_one_call(told: Told) -> None:
    with pytest.raises(mirakl.Unavailable):
        client(told, httpx.Response(503)).version()

    assert ended(told) == ("V01", "unavailable", 503)


def test_it_tells_of_a_download_when_it_is_over(told: Told) -> None:
    with client(told, httpx.Response(200, content=b"a picture")).download("A1") as download:
        assert told == []
        assert b"".join(download.chunks) == b"a picture"

    assert ended(told) == ("M13", "ok", 200)


def test_it_tells_of_a_reader_who_went_away(told: Told) -> None:
    def read() -> Iterator[bytes]:
        with client(told, httpx.Response(200, content=b"a picture")).download("A1") as download:
            yield from download.chunks

    reader = read()
    next(reader)
    reader.close()  # type: ignore[attr-defined]

    assert ended(told) == ("M13", "broken_off", 200)


def test_it_tells_nothing_of_what_was_never_asked(told: Told) -> None:
    with pytest.raises(mirakl.Invalid):
        client(told, httpx.Response(201)).reply("T1", body="", to=[mirakl.Recipient("CUSTOMER")])

    assert told == []
