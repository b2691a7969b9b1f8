"""Reads of Mirakl: what is asked, how often, for how long, and what a failure is called."""

import socket
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest

from inbox import mirakl
from tests.answering import (
    KEY,
    PAGE,
    answering,
    client,
    talking_to,
)


def page(*ids: str, following: str | None = None) -> dict[str, object]:
    data = {"data": [{"id": one} for one in ids]}
    return data | ({"next_page_token": following} if following else {})


# -- what is asked --------------------------------------------------------


def test_it_asks_for_threads_as_mirakl_wants_it() -> None:
    mock = answering(PAGE)
    since = datetime(2026, 3, 1, 9, 0, 0, 5_000, tzinfo=timezone(timedelta(hours=2)))

    client(mock).list_threads(
        entity_type="MMP_ORDER",
        entity_ids=["1-A", "2-A"],
        updated_since=since,
        with_messages=True,
        channel_codes=["FR", "BE"],
        customer_id="c&1",
        customer_organization_id="o",
        limit=100,
    )

    assert mock.asked.url.path == "/api/inbox/threads"
    assert mock.query == {
        "entity_type": "MMP_ORDER",
        "entity_id": "1-A,2-A",
        "updated_since": "2026-03-01T07:00:00.005Z",
        "with_messages": "true",
        "channel_codes": "FR,BE",
        "customer_id": "c&1",
        "customer_organization_id": "o",
        "limit": "100",
    }


def test_it_leaves_out_what_is_not_asked() -> None:
    mock = answering(PAGE)

    client(mock).list_threads()

    assert mock.query == {}


def test_a_page_token_is_sent_with_nothing_but_the_shop() -> None:
    mock = answering(PAGE)

    client(mock, shop_id=7).list_threads(page_token="a=b.c", limit=5, with_messages=True)

    assert mock.query == {"page_token": "a=b.c", "shop_id": "7"}


@pytest.mark.parametrize("role", ["operator", "front"])
def test_only_a_seller_names_a_shop(role: str) -> None:
    mock = answering(PAGE)

    client(mock, role=role, shop_id=7).list_threads()

    assert mock.query == {}


def test_it_says_who_asks() -> None:
    mock = answering(PAGE)
    version = Path(__file__).parent.parent.joinpath("pyproject.toml").read_text()
    version = version.split('\nversion = "')[1].split('"')[0]

    client(mock).list_threads()

    assert mock.asked.headers["User-Agent"] == f"helpdesk/{version}"
    assert mock.asked.headers["Authorization"] == KEY


def test_an_id_cannot_leave_its_place_in_the_address() -> None:
    mock = answering({"id": "x"})

    client(mock).read_thread("../orders?x=1#y", customer_id="c")

    assert mock.asked.url.raw_path == b"/api/inbox/threads/..%2Forders%3Fx%3D1%23y?customer_id=c"


# -- pages ----------------------------------------------------------------


def test_it_follows_every_page() -> None:
    mock = answering(page("1", following="p2"), page("2", following="p3"), page("3"))

    pages = list(client(mock).iter_threads(limit=1))

    assert [one.threads[0].id for one in pages] == ["1", "2", "3"]
    assert [request.url.query for request in mock.requests] == [
        b"limit=1",
        b"page_token=p2",
        b"page_token=p3",
    ]


def test_pages_that_go_in_a_circle_end() -> None:
    mock = answering(
        page("1", following="p2"), page("2", following="p1"), page("1", following="p2")
    )

    pages = list(client(mock).iter_threads())

    assert len(pages) == 3


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
        (b'{"errors": [5, {"message": 7}]}', "7", {}),
        (b"<html>Bad gateway</html>", "", {}),
        (b"", "", {}),
        (b"[1]", "", {}),
        (b"\xff", "", {}),
    ],
)
def test_a_refusal_holds_mirakls_words(body: bytes, message: str, fields: dict[str, str]) -> None:
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
