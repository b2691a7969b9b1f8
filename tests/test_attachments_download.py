"""Downloads: whole or visibly broken, never executed, with the right name."""

import socket
import sys
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from threading import Thread as Executor

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from helpdesk import processes
from inbox import mirakl as api
from inbox.models import Attachment, Message, Thread, User
from inbox.services.marketplaces import downloads
from tests.tools import move
from tests.worker import environment
from tests.writing import Mirakl

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(300)
GIF = b"GIF89a" + bytes(300)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(300)
PDF = b"%PDF-1.4\n" + bytes(300)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<html><script>alert(1)</script>"


def attached(thread: Thread, mirakl: Mirakl, name: str, content: bytes) -> Attachment:
    """Returns an attachment, mirrored by a display of the thread."""
    message_id = mirakl.write(thread.mirakl_id, "See the file", (name, content))
    (one,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    message = Message.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        mirakl_id=message_id,
        created_at=timezone.now(),
    )
    return Attachment.objects.create(
        marketplace=message.marketplace,
        message=message,
        mirakl_id=one["id"],
        name=one["name"],
        size=one["size"],
    )


def read(streamed: downloads.Streamed) -> bytes:
    try:
        return b"".join(streamed.chunks)
    finally:
        streamed.chunks.close()


def test_it_gives_every_byte_and_says_how_many(thread: Thread, mirakl: Mirakl) -> None:
    content = bytes(range(256)) * 4000
    attachment = attached(thread, mirakl, "noise.bin", content)

    streamed = downloads.stream_attachment(attachment, inline=False)

    assert read(streamed) == content
    assert streamed.headers["Content-Length"] == str(len(content))


def test_a_download_is_saved_whatever_it_is(thread: Thread, mirakl: Mirakl) -> None:
    streamed = downloads.stream_attachment(
        attached(thread, mirakl, "Facture été.pdf", PDF), inline=False
    )

    assert read(streamed) == PDF
    assert streamed.headers["Content-Type"] == "application/octet-stream"
    disposition = streamed.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''Facture%20%C3%A9t%C3%A9.pdf"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
    ],
)
def test_pictures_and_pdfs_are_shown_by_what_they_are(
    thread: Thread, mirakl: Mirakl, content: bytes, kind: str
) -> None:
    attachment = attached(thread, mirakl, "file", content)

    streamed = downloads.stream_attachment(attachment, inline=True)

    assert read(streamed) == content
    assert streamed.headers["Content-Type"] == kind
    assert streamed.headers["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in streamed.headers["Content-Security-Policy"]


@pytest.mark.parametrize("content", [HTML, SVG, b"MZ" + bytes(300), b"plain text"])
def test_nothing_else_is_ever_shown(thread: Thread, mirakl: Mirakl, content: bytes) -> None:
    attachment = attached(thread, mirakl, "lamp.png", content)

    streamed = downloads.stream_attachment(attachment, inline=True)

    assert read(streamed) == content
    assert streamed.headers["Content-Type"] == "application/octet-stream"
    assert streamed.headers["Content-Disposition"].startswith("attachment")
    assert streamed.headers["X-Content-Type-Options"] == "nosniff"


def test_an_empty_file_is_an_empty_file(thread: Thread, mirakl: Mirakl) -> None:
    streamed = downloads.stream_attachment(attached(thread, mirakl, "e.txt", b""), inline=True)

    assert read(streamed) == b""
    assert streamed.headers["Content-Length"] == "0"


@pytest.mark.parametrize(
    ("status", "shown", "words"),
    [(404, 404, "no longer has"), (401, 503, "admin"), (500, 503, "Try again")],
)
def test_it_says_why_a_file_cannot_be_had(
    thread: Thread, mirakl: Mirakl, status: int, shown: int, words: str
) -> None:
    attachment = attached(thread, mirakl, "lamp.png", PNG)
    mirakl.fails("M13", status=status)

    with pytest.raises(downloads.Unavailable) as failure:
        downloads.stream_attachment(attachment, inline=False)

    assert failure.value.status == shown
    assert words in failure.value.words


def test_it_breaks_off_when_mirakl_does(thread: Thread, mirakl: Mirakl) -> None:
    attachment = attached(thread, mirakl, "noise.bin", bytes(500_000))
    mirakl.fails("M13", truncate=200_000)

    streamed = downloads.stream_attachment(attachment, inline=False)

    with pytest.raises(api.Interrupted):
        read(streamed)


@pytest.fixture
def served(transactional_db: None) -> Iterator[str]:
    """Runs the desk behind its real server, which decides how a broken answer looks."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = f"-m gunicorn helpdesk.wsgi --bind {address} --worker-class gthread --log-level error"
    server = processes.start(
        [sys.executable, *command.split(), "--no-control-socket"], env=environment()
    )
    try:
        # Connecting is retried with growing pauses while the server starts.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as patient:
            patient.get(f"http://{address}/healthz").raise_for_status()
        yield f"http://{address}"
    finally:
        server.stop()


def test_a_browser_sees_that_a_file_is_broken(
    served: str, thread: Thread, mirakl: Mirakl, alice: User, client: Client
) -> None:
    attachment = attached(thread, mirakl, "noise.bin", bytes(500_000))
    mirakl.fails("M13", truncate=200_000)
    client.force_login(alice)
    session = {name: cookie.value for name, cookie in client.cookies.items()}

    with pytest.raises(httpx.RemoteProtocolError, match="incomplete|without sending"):
        httpx.get(
            f"{served}/attachments/maison-verte/{attachment.mirakl_id}/",
            cookies=session,
            trust_env=False,
        )


# -- a file without end ---------------------------------------------------


class Endless(BaseHTTPRequestHandler):
    """Sends until the client disconnects."""

    hung_up = Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(65_536))
        except ConnectionError:
            self.hung_up.set()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def endless(thread: Thread, mirakl: Mirakl) -> Iterator[Attachment]:
    attachment = attached(thread, mirakl, "noise.bin", b"short")
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        runner = Executor(target=server.serve_forever, args=(0.02,))
        runner.start()
        move(attachment.message.thread.marketplace, f"http://127.0.0.1:{server.server_port}")
        yield attachment
        server.shutdown()
        runner.join()


def test_mirakl_is_hung_up_on_when_the_browser_goes_away(endless: Attachment) -> None:
    Endless.hung_up.clear()
    streamed = downloads.stream_attachment(endless, inline=False)
    next(iter(streamed.chunks))

    streamed.chunks.close()

    assert Endless.hung_up.wait(30)


def test_mirakl_is_hung_up_on_when_nothing_is_read(endless: Attachment) -> None:
    Endless.hung_up.clear()

    downloads.stream_attachment(endless, inline=False).chunks.close()

    assert Endless.hung_up.wait(30)


def test_memory_stays_flat_whatever_the_size(endless: Attachment) -> None:
    streamed = downloads.stream_attachment(endless, inline=False)
    tracemalloc.start()

    taken = 0
    for chunk in streamed.chunks:
        taken += len(chunk)
        if taken > 30_000_000:
            break
    _now, peak = tracemalloc.get_traced_memory()

    tracemalloc.stop()
    streamed.chunks.close()
    assert peak < 3_000_000
