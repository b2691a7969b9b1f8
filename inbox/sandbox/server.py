"""An HTTP/1.1 server for the sandbox: a thread for each connection, kept open as Mirakl does.

werkzeug's development server closes after each answer, which would hide a client's errors with
pooled connections. This server also closes on command, without an answer or in the middle of one.
"""

import io
import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, cast
from urllib.parse import unquote
from wsgiref.types import WSGIEnvironment

from werkzeug.serving import DechunkedInput
from werkzeug.wsgi import LimitedStream

from inbox.sandbox import seed
from inbox.sandbox.app import Sandbox
from inbox.sandbox.faults import Dropped

DRAIN_LIMIT = 128 * 1024 * 1024
IDLE_SECONDS = 75


class NotLoopback(ValueError):
    """The sandbox has public keys: it must listen on loopback only."""


class CountedBody(io.RawIOBase):
    """A request body that counts its read bytes."""

    def __init__(self, stream: Any) -> None:
        self.count = 0
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size: int = self._stream.readinto(buffer)
        self.count += size
        return size


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # buffered: a small answer is sent in one packet
    timeout = IDLE_SECONDS
    server: "Server"

    def answer(self) -> None:
        body = CountedBody(self._body())
        try:
            self._run(self._environ(body))
            self._drain(body)
        except Dropped:
            self.wfile.flush()  # the part of a cut answer that was sent
            self._hang_up()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def __getattr__(self, name: str) -> Any:
        """Answers every method, if only with a 405: `http.server` would answer 501."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def handle_expect_100(self) -> bool:
        goes_on = super().handle_expect_100()
        self.wfile.flush()  # the client waits for this before it sends the body
        return goes_on

    def _body(self) -> Any:
        stream = cast(IO[bytes], self.rfile)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return DechunkedInput(stream)
        length = self.headers.get("Content-Length", "")
        return LimitedStream(stream, int(length) if length.isdigit() else 0)

    def _environ(self, body: CountedBody) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "sandbox.body": body,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            prefix = "" if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
            environ[prefix + key] = value
        return environ

    def _run(self, environ: WSGIEnvironment) -> None:
        chunks = self.server.sandbox(environ, self._start)
        try:
            for chunk in chunks:
                if self.command != "HEAD":
                    self.wfile.write(chunk)
            self.wfile.flush()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        return self.wfile.write

    def _drain(self, body: CountedBody) -> None:
        """Reads the unread rest of a body: the next request would start in its middle."""
        while body.count < DRAIN_LIMIT:
            if not body.read(64 * 1024):
                return
        self.close_connection = True

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Prints nothing: the log is at `/_sandbox/log`."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, host: str, port: int, sandbox: Sandbox) -> None:
        refuse_unless_loopback(host)
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that disconnect and prints all other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            self.shutdown_request(connection)


def refuse_unless_loopback(host: str) -> None:
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise NotLoopback(f"{host} is not a loopback address; use 127.0.0.1")


@contextmanager
def running(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    threads: int = seed.DEFAULT_THREADS,
    seed: int = seed.DEFAULT_SEED,
    history_days: int = 0,
    token_lifetime: float = 3599,
    page_token_lifetime: float = 3600,
) -> Iterator["Running"]:
    """Runs a sandbox on its own thread until the block ends. Port 0 takes a free port."""
    refuse_unless_loopback(host)
    sandbox = Sandbox(
        threads=threads,
        random_seed=seed,
        history_days=history_days,
        token_lifetime=token_lifetime,
        page_token_lifetime=page_token_lifetime,
    )
    server = Server(host, port, sandbox)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Running(server.url, sandbox)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Running:
    """A sandbox that listens at `url`."""

    def __init__(self, url: str, sandbox: Sandbox) -> None:
        self.url = url
        self.sandbox = sandbox

    def reset(self) -> None:
        self.sandbox.state.reset()
