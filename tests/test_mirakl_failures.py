"""Failing reads: their errors, and the ones that are retried."""

import socket

import httpx
import pytest

from inbox import mirakl
from tests.answering import (
    PAGE,
    answering,
    client,
    talking_to,
)

# -- failures, by name ----------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, mirakl.Refused),
        (401, mirakl.BadCredentials),
        (403, mirakl.Forbidden),
        (404, mirakl.NotFound),
        (410, mirakl.Gone),
        (413, mirakl.TooLarge),
        (415, mirakl.Refused),
        (500, mirakl.Unavailable),
        (503, mirakl.Unavailable),
        (302, mirakl.Refused),
    ],
)
def test_each_refusal_has_a_name(status: int, kind: type[mirakl.MiraklError]) -> None:
    mock = answering(httpx.Response(status, json={"status": status, "message": "No."}))

    with pytest.raises(mirakl.MiraklError) as caught:
        client(mock).list_threads()

    assert type(caught.value) is kind
    assert caught.value.operation == "M11"


@pytest.mark.parametrize(
    ("body", "message", "fields"),
    [
        (b'{"status": 400, "message": "Too short"}', "Too short", {}),
        (
            b'{"errors": [{"field": "body", "message": "Too short"}, {"message": "Bad"}]}',
            "Too short Bad",
            {"body": "Too short"},
        ),
        (b'{"errors": null, "message": null}', "", {}),
        (b'{"errors": [5, {"message": 7}]}', "", {}),
        (b"<html>Bad gateway</html>", "", {}),
        (b"", "", {}),
        (b"[1]", "", {}),
        (b"\xff", "", {}),
    ],
)
def test_a_refusal_contains_mirakls_message(
    body: bytes, message: str, fields: dict[str, str]
) -> None:
    with pytest.raises(mirakl.Refused) as caught:
        client(answering(httpx.Response(400, content=body))).list_threads()

    assert (caught.value.message, caught.value.fields) == (message, fields)
    assert caught.value.reason == (message or "It answered 400.")


def test_it_is_not_sent_elsewhere() -> None:
    mock = answering(httpx.Response(302, headers={"Location": "https://thief.example/"}))

    with pytest.raises(mirakl.Refused):
        client(mock).list_threads()

    assert [request.url.host for request in mock.requests] == ["demo.example"]


@pytest.mark.parametrize("address", ["http://[half", "ftp://demo.example", "nonsense", ""])
def test_an_address_that_is_none_cannot_be_reached(address: str) -> None:
    with talking_to(address) as calls, pytest.raises(mirakl.Unreachable):
        calls.list_threads()


def test_it_knows_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with talking_to(f"http://127.0.0.1:{port}") as calls, pytest.raises(mirakl.Unreachable):
        calls.list_threads()


# -- once more ------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(502),
        httpx.Response(503),
        httpx.Response(504),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("stale"),
    ],
    ids=repr,
)
def test_a_read_is_tried_again(failure: httpx.Response | Exception) -> None:
    mock = answering(failure, PAGE)

    client(mock).list_threads()

    assert len(mock.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_what_will_not_pass_is_not_tried_again(status: int) -> None:
    mock = answering(httpx.Response(status), PAGE)

    with pytest.raises(mirakl.MiraklError):
        client(mock).list_threads()

    assert len(mock.requests) == 1


def test_it_tries_three_times_at_most() -> None:
    mock = answering(httpx.Response(503))

    with pytest.raises(mirakl.Unavailable):
        client(mock).list_threads()

    assert len(mock.requests) == 3
