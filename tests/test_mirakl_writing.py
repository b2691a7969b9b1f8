"""Writes to Mirakl: the sent bytes, refusals before sending, and the error of each outcome."""

import socket
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest

from inbox import mirakl
from tests.answering import (
    KEY,
    TOPIC,
    answering,
    client,
    content,
    message,
    part_names,
    parts,
    peer,
    read_head,
    says,
    talking_to,
    upload,
)

CUSTOMER = [mirakl.Recipient("CUSTOMER", "C-1")]
CREATED = {"message_id": "m-1", "thread_id": "t-1"}
QUICK = mirakl.Timeouts(connect=0.5, read=0.5, write=0.5, total=0.5)
BIG = upload("big.bin", b"x" * 5_000_000)


def reply(calls: mirakl.MiraklClient, *files: mirakl.Upload) -> mirakl.SendResult:
    return calls.reply("t-1", body="Hello", to=CUSTOMER, files=files)


# -- what leaves ----------------------------------------------------------


def test_a_reply_is_one_typed_part() -> None:
    mock = answering(CREATED)

    posted = client(mock, shop_id=7).reply(
        "t-1", body="Ça va 👋", to=[*CUSTOMER, mirakl.Recipient("OPERATOR")]
    )

    (part,) = parts(mock.asked)
    assert mock.asked.url.path == "/api/inbox/threads/t-1/message"
    assert mock.query == {"shop_id": "7"}
    assert mock.asked.headers["Authorization"] == KEY
    assert part["Content-Type"] == "application/json"
    assert part["Content-Disposition"] == 'form-data; name="message_input"'
    assert message(mock.asked) == {
        "body": "Ça va 👋",
        "to": [{"type": "CUSTOMER", "id": "C-1"}, {"type": "OPERATOR"}],
    }
    assert posted == mirakl.SendResult("m-1", "t-1")


def test_a_reply_may_change_the_topic() -> None:
    mock = answering(CREATED)

    client(mock).reply("t-1", body="Hello", to=CUSTOMER, topic=mirakl.Topic("REASON_CODE", "21"))

    assert message(mock.asked)["topic"] == {"type": "REASON_CODE", "value": "21"}


def test_files_follow_under_one_name() -> None:
    mock = answering(CREATED)
    every_byte = bytes(range(256))

    reply(client(mock), upload("a.png", every_byte), upload("été 👋.pdf"))

    _, first, second = parts(mock.asked)
    assert part_names(mock.asked) == ["message_input", "files", "files"]
    assert (first.get_filename(), content(first)) == ("a.png", every_byte)
    assert 'filename="été 👋.pdf"'.encode() in mock.asked.content
    assert second["Content-Type"] == "application/octet-stream"


def test_a_name_cannot_leave_its_place_in_the_header() -> None:
    mock = answering(CREATED)

    reply(client(mock), upload('a"; name="b\r\nX: y.png'))

    assert part_names(mock.asked) == ["message_input", "files"]
    assert b"\r\nX: y" not in mock.asked.content


def test_the_length_is_known_and_progress_is_told() -> None:
    mock = answering(CREATED)
    told: list[tuple[int, int]] = []

    client(mock).reply(
        "t-1",
        body="Hello",
        to=CUSTOMER,
        files=[BIG],
        progress=lambda sent, total: told.append((sent, total)),
    )

    total = int(mock.asked.headers["Content-Length"])
    assert len(mock.asked.content) == total
    assert "Transfer-Encoding" not in mock.asked.headers
    assert told[-1] == (total, total)
    assert [sent for sent, _ in told] == sorted({sent for sent, _ in told})
    assert len(told) > 50


def test_files_are_closed() -> None:
    stream = BytesIO(b"pixels")

    reply(client(answering(CREATED)), mirakl.Upload("a.png", lambda: stream, 6))

    assert stream.closed


# -- refused before anything leaves ---------------------------------------

Send = Callable[[mirakl.MiraklClient], object]
DOCUMENT = upload("invoice.pdf")


def says_to(calls: mirakl.MiraklClient, body: str, topic: str = "Topic") -> object:
    wanted = mirakl.Topic("FREE_TEXT", topic)
    return calls.start_order_thread("1-A", body=body, to=["CUSTOMER"], topic=wanted)


def serves(calls: mirakl.MiraklClient, body: str) -> object:
    return calls.start_service_thread("s", body=body, to=["OPERATOR"], topic=TOPIC)


def posts(calls: mirakl.MiraklClient, subject: str, *to: str) -> object:
    return calls.post_order_message("1-A", subject=subject, body="Hello", to=to)


def documents(calls: mirakl.MiraklClient, name: str, type_code: str = "INVOICE") -> None:
    calls.documents.upload("1-A", file=upload(name), type_code=type_code)


def huge(size: int) -> mirakl.Upload:
    return mirakl.Upload("huge.pdf", lambda: BytesIO(), size)


def oversized(calls: mirakl.MiraklClient) -> None:
    calls.documents.upload("1-A", file=huge(30_000_001), type_code="INVOICE")


INVALID: list[tuple[str, Send]] = [
    ("body", lambda calls: calls.reply("t", body="ab", to=CUSTOMER)),
    ("body", lambda calls: calls.reply("t", body="a" * 50_001, to=CUSTOMER)),
    ("body", lambda calls: says_to(calls, "ab")),
    ("body", lambda calls: serves(calls, "a" * 10_001)),
    ("topic", lambda calls: says_to(calls, "Hello", "ab")),
    ("topic", lambda calls: says_to(calls, "Hello", "a" * 201)),
    ("to", lambda calls: calls.reply("t", body="Hello", to=[])),
    ("to", lambda calls: posts(calls, "Subject")),
    ("subject", lambda calls: posts(calls, "ab", "SHOP")),
    ("files", lambda calls: reply(calls, huge(30_000_000))),
    ("files", lambda calls: reply(calls, huge(15_000_000), huge(15_000_000))),
    ("files", oversized),
    ("files", lambda calls: documents(calls, "été.pdf")),
    ("files", lambda calls: documents(calls, "virus.exe")),
    ("files", lambda calls: documents(calls, "invoice")),
    ("type", lambda calls: documents(calls, "a.pdf", "SYSTEM_MESSAGE_ATTACHMENT")),
    ("type", lambda calls: documents(calls, "a.pdf", "SYSTEM_DELIVERY_BILL")),
    ("order_ids", lambda calls: calls.orders.fetch([])),
    ("order_ids", lambda calls: calls.orders.fetch([str(number) for number in range(101)])),
]


@pytest.mark.parametrize(("field", "send"), INVALID)
def test_it_refuses_what_mirakl_would_refuse(field: str, send: Send) -> None:
    mock = answering(CREATED)

    with pytest.raises(mirakl.Invalid) as caught:
        send(client(mock))

    assert caught.value.field == field
    assert caught.value.reason
    assert caught.value.operation
    assert mock.requests == []


VALID: list[Send] = [
    lambda calls: calls.reply("t", body="abc", to=CUSTOMER),
    lambda calls: calls.reply("t", body="é" * 50_000, to=CUSTOMER),
    lambda calls: serves(calls, "a" * 10_000),
    lambda calls: says_to(calls, "Hello", "a" * 200),
    lambda calls: calls.reply("t", body="abc", to=CUSTOMER, topic=mirakl.Topic("REASON_CODE", "1")),
]


@pytest.mark.parametrize("send", VALID)
def test_it_sends_what_is_just_within_the_limits(send: Send) -> None:
    mock = answering(CREATED)

    send(client(mock))

    assert len(mock.requests) == 1


def test_a_file_that_cannot_be_read_leaves_the_message_unsent() -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("gone")

    with pytest.raises(mirakl.Invalid) as caught:
        reply(client(answering(CREATED)), mirakl.Upload("a.png", lambda: Broken(b"abc"), 3))

    assert caught.value.field == "files"


def test_a_file_that_is_gone_leaves_the_message_unsent(tmp_path: Path) -> None:
    mock = answering(CREATED)

    def gone() -> BinaryIO:
        return (tmp_path / "gone.png").open("rb")

    with pytest.raises(mirakl.Invalid) as caught:
        reply(client(mock), mirakl.Upload("a.png", gone, 3))

    assert caught.value.field == "files"
    assert mock.requests == []


# -- how it may end -------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b"{}", b'{"message_id": ', b'{"message_id": null}']
)
def test_accepted_is_sent_whatever_else_is_said(answer: bytes) -> None:
    mock = answering(httpx.Response(201, content=answer))

    assert reply(client(mock)) == mirakl.SendResult(None, None)


@pytest.mark.parametrize("answer", [b"", b"<html>Back soon</html>", b"null"])
def test_a_page_that_is_not_mirakls_accepts_nothing(answer: bytes) -> None:
    with pytest.raises(mirakl.Uncertain):
        reply(client(answering(httpx.Response(200, content=answer))))


def test_accepted_is_sent_although_the_answer_breaks_off() -> None:
    raw = b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n" + b'{"message_id": "m-'

    with peer(says(raw)) as url, talking_to(url) as calls:
        assert reply(calls) == mirakl.SendResult(None, None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("refused"), mirakl.Unreachable),
        (httpx.ConnectTimeout("late"), mirakl.Unreachable),
        (httpx.PoolTimeout("busy"), mirakl.Unreachable),
        (httpx.ReadTimeout("late"), mirakl.Uncertain),
        (httpx.WriteTimeout("late"), mirakl.Uncertain),
        (httpx.ReadError("reset"), mirakl.Uncertain),
        (httpx.WriteError("reset"), mirakl.Uncertain),
        (httpx.RemoteProtocolError("gone"), mirakl.Uncertain),
        (httpx.Response(500), mirakl.Uncertain),
        (httpx.Response(502), mirakl.Uncertain),
        (httpx.Response(503, headers={"Retry-After": "5"}), mirakl.Uncertain),
        (httpx.Response(504), mirakl.Uncertain),
        (httpx.Response(429), mirakl.RateLimited),
        (httpx.Response(302, headers={"Location": "/"}), mirakl.Refused),
        (httpx.Response(400), mirakl.Refused),
        (httpx.Response(401), mirakl.BadCredentials),
        (httpx.Response(403), mirakl.Forbidden),
        (httpx.Response(404), mirakl.NotFound),
        (httpx.Response(410), mirakl.Gone),
        (httpx.Response(413), mirakl.TooLarge),
        (httpx.Response(415), mirakl.Refused),
    ],
    ids=repr,
)
def test_each_end_has_a_name_and_no_write_is_repeated(
    answer: httpx.Response | Exception, kind: type[mirakl.MiraklError]
) -> None:
    mock = answering(answer, CREATED)

    with pytest.raises(mirakl.MiraklError) as caught:
        reply(client(mock))

    assert type(caught.value) is kind
    assert caught.value.operation == "M12"
    assert len(mock.requests) == 1


def test_each_family_of_ends_is_apart() -> None:
    families = [mirakl.NotSent, mirakl.Refused, mirakl.Uncertain, mirakl.Unavailable]
    leaves = [mirakl.Invalid, mirakl.RateLimited, mirakl.Unreachable, mirakl.Gone, mirakl.Garbled]

    for leaf in (*leaves, *families):
        assert len([family for family in families if issubclass(leaf, family)]) == 1


def close_at_once(connection: socket.socket) -> None:
    connection.recv(1)


def close_before_answering(connection: socket.socket) -> None:
    read_head(connection)


def stay_silent(connection: socket.socket) -> None:
    read_head(connection)
    while connection.recv(65_536):
        continue


@pytest.mark.parametrize("converse", [close_at_once, close_before_answering, stay_silent])
def test_a_lost_answer_is_uncertain(converse: Callable[[socket.socket], None]) -> None:
    with (
        peer(converse) as url,
        talking_to(url, QUICK) as calls,
        pytest.raises(mirakl.Uncertain),
    ):
        reply(calls)


def test_nobody_listening_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with talking_to(f"http://127.0.0.1:{port}") as calls, pytest.raises(mirakl.NotSent):
        reply(calls)


def test_a_refusal_in_the_middle_of_an_upload_is_heard() -> None:
    def refuse_early(connection: socket.socket) -> None:
        read_head(connection)
        answer = b'{"message": "Too large"}'
        connection.sendall(
            b"HTTP/1.1 413 X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(answer)
            + answer
        )
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            continue

    with (
        peer(refuse_early) as url,
        talking_to(url) as calls,
        pytest.raises(mirakl.TooLarge) as caught,
    ):
        reply(calls, BIG)

    assert caught.value.message == "Too large"


# -- OR74, which refuses with a 200 ---------------------------------------


def test_a_document_that_is_refused_is_refused() -> None:
    error = {"code": "X", "field": "type_code", "message": "No such type"}
    report = {"errors_count": 1, "order_documents": [{"errors": [error], "input": {}}]}

    with pytest.raises(mirakl.Refused) as caught:
        documents(client(answering(report)), "invoice.pdf")

    assert (caught.value.message, caught.value.fields) == (
        "No such type",
        {"type_code": "No such type"},
    )


@pytest.mark.parametrize("report", [b"", b"<html>", b"{}", b'{"order_documents": null}', b"[]"])
def test_a_document_without_report_is_uncertain(report: bytes) -> None:
    with pytest.raises(mirakl.Uncertain):
        documents(client(answering(report)), "invoice.pdf")


def test_a_document_without_errors_is_there() -> None:
    report = {"errors_count": 0, "order_documents": []}

    client(answering(report)).documents.upload("1-A", file=DOCUMENT, type_code="INVOICE")
