"""Mirakl's error messages in any format, and other failures of a call."""

import json
import socket
from collections.abc import Callable

import httpx
import pytest

from inbox import mirakl
from inbox.mirakl import FailureKind
from tests.answering import answering, client, peer, talking_to

TO = [mirakl.Recipient("CUSTOMER")]
PROBLEM = {"type": "about:blank", "title": "Bad Request", "detail": "Recipient is not authorized"}
XML = """<?xml version="1.0"?><error xmlns="urn:mirakl"><status>400</status>
<message>Body must not contain &lt;email&gt; &amp; phone</message></error>"""
CDATA = "<e:error><e:Message lang='en'><![CDATA[No <b>links</b>, please]]></e:Message></e:error>"

JSON, PLAIN = "application/json", "text/plain;charset=UTF-8"
WORDS = [
    (JSON, {"message": "Closed order"}, "Closed order"),
    (JSON, {"errors": [{"message": "Too short"}, {"message": "No links"}]}, "Too short No links"),
    (
        JSON,
        {"error": "invalid_client", "error_description": "It was withdrawn"},
        "It was withdrawn",
    ),
    (JSON, {"errors": ["Too short", "No links"]}, "Too short No links"),
    (JSON, {"errors": {"body": "Too short"}}, "Too short"),
    (JSON, {"errors": [{"code": "X-1", "detail": "Too short"}]}, "Too short"),
    (JSON, {"error": {"code": 7, "message": "Too short"}}, "Too short"),
    (JSON, [{"message": "Too short"}], "Too short"),
    (JSON, {"message": "Invalid.", "errors": [{"message": "Too short"}]}, "Invalid: Too short"),
    (JSON, {"message": "Too short!", "errors": [{"message": "Too short"}]}, "Too short!"),
    ("application/problem+json", PROBLEM, "Recipient is not authorized"),
    (JSON, {"title": "Bad Request"}, "Bad Request"),
    (JSON, {"error": "Unsupported Media Type"}, "Unsupported Media Type"),
    (JSON, "Message contains forbidden content", "Message contains forbidden content"),
    ("application/xml", XML, "Body must not contain <email> & phone"),
    ("text/xml", CDATA, "No links , please"),
    ("application/xml", "<problem><title>Too short</title></problem>", "Too short"),
    ("", "<e><error><error_description>Too short</error_description></error></e>", "Too short"),
    (PLAIN, "Message contains forbidden content", "Message contains forbidden content"),
    ("", "Message contains forbidden content", "Message contains forbidden content"),
    (JSON, {"message": "<p>No <b>links</b>:\r\n\t&eacute;\u202e\u0007</p>"}, "No links : é"),
    (JSON, {"message": "1 < 2 and 3 > 2"}, "1 < 2 and 3 > 2"),
    # Not readable text.
    (JSON, {"message": {"fr": "non"}}, ""),
    (JSON, {"message": ["no"], "errors": {"message": 5}, "detail": 5}, ""),
    ("application/xml", "<error><code>5</code></error>", ""),
    (JSON, {"message": " \n", "errors": [{"message": None}, 5]}, ""),
    (PLAIN, "x" * 501, ""),
    ("text/html", "<html><title>No</title><message>No</message></html>", ""),
    ("text/html", "<!-- x -->\n<!DOCTYPE html><p>No", ""),
    ("application/octet-stream", "No", ""),
]


@pytest.mark.parametrize(("kind", "body", "words"), WORDS)
@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_read_in_every_form(status: int, kind: str, body: object, words: str) -> None:
    as_it_is = isinstance(body, str) and kind != JSON
    content = str(body) if as_it_is else json.dumps(body)
    answer = httpx.Response(status, headers={"Content-Type": kind}, content=content.encode())

    with pytest.raises(mirakl.Refused) as caught:
        client(answering(answer)).reply("t", body="Hello", to=TO)

    assert caught.value.message == words
    assert caught.value.reason == (words or f"It answered {status}.")


def test_a_long_message_is_cut() -> None:
    answer = httpx.Response(400, json={"message": "No links. " * 5_000})

    with pytest.raises(mirakl.Refused) as caught:
        client(answering(answer)).list_threads()

    assert len(caught.value.message) == 500


@pytest.mark.parametrize(
    ("told", "kept"), [("7f-3a.b:c_1", "7f-3a.b:c_1"), ("no\nid", ""), (5, "")]
)
def test_the_correlation_id_is_kept_for_admins(told: object, kept: str) -> None:
    told_of: list[mirakl.Call] = []
    mock = answering(httpx.Response(400, json={"message": "No.", "correlationId": told}))

    with pytest.raises(mirakl.Refused) as caught:
        client(mock, observe=told_of.append).list_threads()

    assert caught.value.message == "No."
    assert caught.value.correlation_id == told_of[0].correlation_id == kept
    assert (kept in str(caught.value)) or not kept


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_keeps_its_message_and_its_correlation_id(status: int) -> None:
    told: list[mirakl.Call] = []
    mock = answering(httpx.Response(status, json={"message": "Boom.", "correlationId": "c-1"}))

    with pytest.raises(mirakl.Uncertain) as caught:
        client(mock, observe=told.append).reply("t", body="Hello", to=TO)

    assert "“Boom.”" in caught.value.reason
    assert caught.value.correlation_id == told[0].correlation_id == "c-1"


# -- by kind --------------------------------------------------------------

LOGIN = b"<html><form><input name=p type='password'></form></html>"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(302, headers={"Location": "https://demo.example/app"}), "redirect"),
        (httpx.Response(302, headers={"Location": "/login?next=/api"}), "sign_in"),
        (httpx.Response(301, headers={"Location": "https://sso.example/saml"}), "sign_in"),
        (httpx.Response(307), "redirect"),
        (httpx.Response(502, html="<html>Bad Gateway</html>"), "gateway"),
        (httpx.Response(504), "gateway"),
        (httpx.Response(200, html="<!doctype html><h1>Hello</h1>"), "web_page"),
        (httpx.Response(200, content=LOGIN), "sign_in"),
        (httpx.Response(500), None),
        (httpx.Response(400), None),
        (httpx.Response(200, json=[]), None),
    ],
)
def test_the_kind_of_answer_is_told(answer: httpx.Response, kind: str | None) -> None:
    told: list[mirakl.Call] = []

    with pytest.raises(mirakl.MiraklError) as caught:
        client(answering(answer), observe=told.append).list_threads()

    assert (caught.value.kind, told[0].kind) == (kind, kind)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (closed_port, FailureKind.PORT),
        (lambda: "https://no-such-host.invalid", FailureKind.DNS),
        (lambda: "ftp://demo.example", FailureKind.ADDRESS),
        (lambda: "http://x:port/", FailureKind.ADDRESS),
    ],
    ids=["port", "dns", "scheme", "nonsense"],
)
def test_the_kind_of_silence_is_told(address: Callable[[], str], kind: FailureKind) -> None:
    with talking_to(address()) as calls, pytest.raises(mirakl.Unreachable) as caught:
        calls.list_threads()

    assert caught.value.kind == kind


def test_no_tls_is_told() -> None:
    def speak_plainly(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with (
        peer(speak_plainly) as url,
        talking_to(url.replace("http:", "https:")) as calls,
        pytest.raises(mirakl.Unreachable) as caught,
    ):
        calls.list_threads()

    assert caught.value.kind == FailureKind.TLS


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadTimeout("late"), FailureKind.TIMEOUT),
        (httpx.ConnectTimeout("late"), FailureKind.TIMEOUT),
        (httpx.PoolTimeout("late"), FailureKind.POOL),
        (httpx.ReadError("reset"), FailureKind.BROKEN_OFF),
        (httpx.RemoteProtocolError("stale"), FailureKind.BROKEN_OFF),
    ],
)
def test_a_write_that_got_no_answer_tells_how(error: Exception, kind: FailureKind) -> None:
    with pytest.raises(mirakl.MiraklError) as caught:
        client(answering(error)).reply("t", body="Hello", to=TO)

    assert caught.value.kind == kind
