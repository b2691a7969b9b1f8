"""Pooled connections that are kept, go stale, or lead to another server."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inbox import mirakl
from tests.answering import KEY, Conversation, peer, read_head, talking_to

TO = [mirakl.Recipient("CUSTOMER")]
ONE_ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"data": []}'
CREATED = b'HTTP/1.1 201 Created\r\nContent-Length: 19\r\n\r\n{"message_id": "m"}'


def in_turn(*conversations: Conversation) -> Conversation:
    """Runs each function for one connection in turn, and the last for all others."""
    left = list(conversations)

    def converse(connection: socket.socket) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection)

    return converse


def creates(connection: socket.socket) -> None:
    take_request(connection)
    connection.sendall(CREATED)


def take_request(connection: socket.socket) -> None:
    head, _, body = read_head(connection).partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65_536)


def test_a_write_does_not_go_into_a_connection_that_was_closed_meanwhile() -> None:
    closed = threading.Event()

    def answers_and_closes(connection: socket.socket) -> None:
        take_request(connection)
        connection.sendall(ONE_ANSWER)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with peer(in_turn(answers_and_closes, creates)) as url, talking_to(url) as calls:
        calls.list_threads()
        assert closed.wait(10)

        posted = calls.reply("t-1", body="Hello", to=TO)

    assert posted.message_id == "m"


@pytest.fixture
def closes_on_the_second() -> tuple[Conversation, list[str]]:
    """Answers the first request of a connection, and closes it on the second."""
    seen: list[str] = []

    def converse(connection: socket.socket) -> None:
        take_request(connection)
        connection.sendall(ONE_ANSWER)
        seen.append(read_head(connection).split(b" ", 1)[0].decode())

    return converse, seen


def test_a_write_into_a_connection_that_closes_is_uncertain_and_sent_once(
    closes_on_the_second: tuple[Conversation, list[str]],
) -> None:
    converse, seen = closes_on_the_second
    with peer(converse) as url, talking_to(url) as calls:
        calls.list_threads()

        with pytest.raises(mirakl.Uncertain):
            calls.reply("t-1", body="Hello", to=TO)

    assert seen == ["POST"]


def test_a_read_into_a_connection_that_closes_is_tried_again(
    closes_on_the_second: tuple[Conversation, list[str]],
) -> None:
    converse, seen = closes_on_the_second
    with peer(converse) as url, talking_to(url) as calls:
        calls.list_threads()

        page = calls.list_threads()

    assert page.threads == []
    assert seen == ["GET"]


# -- whom it talks to -----------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine from an unknown authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "demo")])
    now = datetime.now(UTC)
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(host, critical=False).sign(key, hashes.SHA256())
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(pem, kind, serialization.NoEncryption())
    path.write_bytes(secret + signed.public_bytes(pem))
    return path


def secured(certificate: Path, heard: list[bytes]) -> Conversation:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def converse(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as private:
            heard.append(read_head(private))
            private.sendall(ONE_ANSWER)

    return converse


def test_no_impostor_is_told_the_key(certificate: Path) -> None:
    heard: list[bytes] = []

    with (
        peer(secured(certificate, heard)) as url,
        talking_to(url.replace("http:", "https:")) as calls,
        pytest.raises(mirakl.Unreachable) as caught,
    ):
        calls.list_threads()

    assert heard == []
    assert caught.value.kind == mirakl.FailureKind.CERTIFICATE
    assert "127.0.0.1 has a certificate that is not trusted: self" in caught.value.reason


def test_it_speaks_in_private(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The client trusts certifi's authorities only.
    monkeypatch.setattr(certifi, "where", lambda: str(certificate))
    monkeypatch.setattr("httpx._transports.default.create_ssl_context", httpx.create_ssl_context)
    heard: list[bytes] = []

    with (
        peer(secured(certificate, heard)) as url,
        talking_to(url.replace("http:", "https:")) as calls,
    ):
        page = calls.list_threads()

    assert page.threads == []
    assert KEY.encode() in heard[0]
