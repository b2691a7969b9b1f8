"""M13 and other downloads: whole, named, streamed, or reported as broken."""

import socket
import time

import httpx
import pytest

from inbox import mirakl
from tests.answering import answering, client, peer, read_head, says, talking_to

QUICK = mirakl.Timeouts(connect=1, read=1, write=1, total=1)


def download(calls: mirakl.MiraklClient) -> tuple[mirakl.Download, bytes]:
    with calls.download("a-1") as found:
        return found, b"".join(found.chunks)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="photo.png"', "photo.png"),
        ("attachment; filename=photo.png", "photo.png"),
        ("attachment; filename*=UTF-8''%C3%A9t%C3%A9.pdf", "été.pdf"),
        ("attachment; filename=\"ete.pdf\"; filename*=UTF-8''%C3%A9t%C3%A9.pdf", "été.pdf"),
        ("attachment; filename*=iso-8859-1'fr'%E9t%E9.pdf", "été.pdf"),
        ('attachment; filename="=?UTF-8?B?w6l0w6kucGRm?="', "été.pdf"),
        ('attachment; filename="=?UTF-8?Q?=C3=A9t=C3=A9.pdf?="', "été.pdf"),
        ('attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'),
        ("attachment", None),
        ("", None),
        ("filename*=", None),
        ("attachment; filename*=utf-8''%FF", "\ufffd"),
        ("attachment; filename*=nonsense''%C3%A9t%C3%A9.pdf", "été.pdf"),
        ('attachment; filename="=?nonsense?B?w6l0w6kucGRm?="', "=?nonsense?B?w6l0w6kucGRm?="),
        ('attachment; filename="=?utf-8?B?w6l0w6k?="', "été"),
        ('attachment; filename="half', None),
        (None, None),
    ],
)
def test_a_download_has_its_name(header: str | None, name: str | None) -> None:
    headers = {"Content-Disposition": header} if header is not None else {}

    found, content = download(client(answering(httpx.Response(200, headers=headers, content=b"x"))))

    assert (found.name, content) == (name, b"x")


def test_a_download_comes_as_it_lies_there() -> None:
    mock = answering(
        httpx.Response(200, headers={"Content-Type": "application/octet-stream"}, content=b"abc")
    )

    found, _ = download(client(mock, shop_id=7))

    assert mock.asked.url.path == "/api/inbox/threads/a-1/download"
    assert mock.query == {"shop_id": "7"}
    assert mock.asked.headers["Accept-Encoding"] == "identity"
    assert (found.size, found.content_type) == (3, "application/octet-stream")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"


@pytest.mark.parametrize("raw", [HEAD + b"hello", HEAD, CHUNKED])
def test_a_download_that_breaks_off_is_no_download(raw: bytes) -> None:
    with (
        peer(says(raw)) as url,
        talking_to(url) as calls,
        pytest.raises(mirakl.Interrupted) as caught,
    ):
        download(calls)

    assert caught.value.operation == "M13"


@pytest.mark.timing
def test_a_download_may_take_longer_than_a_read() -> None:
    def slowly(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(HEAD)
        for _ in range(10):
            time.sleep(0.15)
            connection.sendall(b"x")

    with peer(slowly) as url, talking_to(url, QUICK) as calls:
        _, content = download(calls)

    assert content == b"x" * 10


def test_a_download_that_stands_still_is_interrupted() -> None:
    def stand_still(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(HEAD + b"x")
        connection.recv(1)

    with (
        peer(stand_still) as url,
        talking_to(url, QUICK) as calls,
        pytest.raises(mirakl.Interrupted),
    ):
        download(calls)


def test_a_file_that_is_gone_is_not_found() -> None:
    with pytest.raises(mirakl.NotFound):
        download(client(answering(httpx.Response(404, json={"message": "No."}))))


# -- a part of one --------------------------------------------------------

REST = mirakl.Part("bytes=4-", '"v1"')
PART = {"Content-Range": "bytes 4-6/7", "ETag": '"v1"', "Accept-Ranges": "bytes"}


def test_the_rest_is_asked_for_and_given() -> None:
    mock = answering(httpx.Response(206, headers=PART, content=b"end"))

    with client(mock).download("a-1", REST) as found:
        content = b"".join(found.chunks)

    assert (mock.asked.headers["Range"], mock.asked.headers["If-Range"]) == ("bytes=4-", '"v1"')
    assert (found.part, found.size, content) == ("bytes 4-6/7", 3, b"end")
    assert found.resumable_by == {"ETag": '"v1"', "Accept-Ranges": "bytes"}


def test_all_of_it_is_as_good_where_parts_are_not_known() -> None:
    mock = answering(httpx.Response(200, content=b"all of it"))

    with client(mock).download("a-1", REST) as found:
        assert (found.part, b"".join(found.chunks)) == ("", b"all of it")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Range": "bytes 0-2/7"},
        {"Content-Range": "bytes 4-5/7"},
        {"Content-Range": "?"},
        {"Content-Range": f"bytes 4-{'9' * 5000}/*"},
    ],
    ids=["unsaid", "its beginning", "another length", "garbage", "endless"],
)
def test_another_part_than_was_asked_for_is_none(headers: dict[str, str]) -> None:
    calls = client(answering(httpx.Response(206, headers=headers, content=b"end")))

    with pytest.raises(mirakl.Garbled), calls.download("a-1", REST):
        pass


def test_a_part_that_nobody_asked_for_is_not_taken_for_the_whole() -> None:
    calls = client(answering(httpx.Response(206, headers=PART, content=b"end")))

    with pytest.raises(mirakl.Garbled), calls.download("a-1"):
        pass


@pytest.mark.parametrize("span", ["bytes=0-", "bytes=5-9", "bytes=-500"])
def test_one_span_of_bytes_is_a_part(span: str) -> None:
    assert mirakl.part(span, '"v1"') == mirakl.Part(span, '"v1"')


@pytest.mark.parametrize("span", ["", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=٣-"])
def test_nothing_else_is(span: str) -> None:
    assert mirakl.part(span) is None


# -- a file in a storage --------------------------------------------------

SIGNED = "https://storage.example/files/a-1?signature=sso%2Fx"


def moved(address: str, status: int = 302) -> httpx.Response:
    headers = [("Location", address), ("Set-Cookie", "SESSION=1; Domain=.example")]
    return httpx.Response(status, headers=headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_file_in_a_storage_is_fetched_there_without_the_key(status: int) -> None:
    mock = answering(moved(SIGNED, status), httpx.Response(200, content=b"pixels"))

    _, content = download(client(mock, shop_id=7))

    assert content == b"pixels"
    assert str(mock.requests[1].url) == SIGNED
    assert not {"Authorization", "Cookie"} & set(mock.requests[1].headers)


def test_the_rest_of_a_file_in_a_storage_is_asked_for_there() -> None:
    mock = answering(moved(SIGNED), httpx.Response(206, headers=PART, content=b"end"))

    with client(mock).download("a-1", REST) as found:
        assert (found.part, b"".join(found.chunks)) == ("bytes 4-6/7", b"end")

    assert mock.requests[1].headers["Range"] == "bytes=4-"


@pytest.mark.parametrize(
    "address",
    [
        "http://storage.example/a-1",
        "http://127.0.0.1/a-1",
        "ftp://storage.example",
        "https://x:port/",
    ],
)
def test_it_is_fetched_over_a_safe_connection_alone(address: str) -> None:
    mock = answering(moved(address), httpx.Response(200, content=b"pixels"))

    with pytest.raises(mirakl.Refused) as caught:
        download(client(mock))

    assert caught.value.kind == mirakl.FailureKind.REDIRECT
    assert len(mock.requests) == 1


def test_it_is_led_on_once() -> None:
    mock = answering(moved(SIGNED), moved(SIGNED), httpx.Response(200, content=b"pixels"))

    with pytest.raises(mirakl.Refused):
        download(client(mock))

    assert len(mock.requests) == 2
