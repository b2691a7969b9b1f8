"""The web server and the live process as in production, with the test's own database and broker."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import httpx

from helpdesk import processes
from tests.ports import free_port
from tests.worker import environment
from tests.writing import eventually

if TYPE_CHECKING:
    from inbox.models import User

ROOT = Path(__file__).resolve().parent.parent
CSRF = "a" * 64


@dataclass(frozen=True)
class Server:
    """A process that answers under `url`."""

    process: processes.Child
    url: str

    def is_up(self) -> bool:
        assert self.process.exit_code is None, "the server ended at once"
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).is_success
        except httpx.TransportError:
            return False


class Web(Server):
    def browser(self, user: "User") -> httpx.Client:
        """Returns a client that is logged in and has a CSRF token."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user)
        cookies = {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.CSRF_COOKIE_NAME: CSRF,
        }
        headers = {"X-CSRFToken": CSRF}
        return httpx.Client(
            base_url=self.url, cookies=cookies, headers=headers, timeout=30, trust_env=False
        )


S = TypeVar("S", bound=Server)


@contextmanager
def _running(
    kind: type[S], command: list[str], port: str, output: IO[bytes] | None, env: dict[str, str]
) -> Iterator[S]:
    process = processes.start(command, env=environment() | env, cwd=ROOT, output=output)
    server = kind(process, f"http://127.0.0.1:{port}")
    try:
        eventually(server.is_up)
        yield server
    finally:
        process.stop()


@contextmanager
def running_web(output: IO[bytes] | None = None, **env: Any) -> Iterator[Web]:
    """Runs the web server with the line of Procfile."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    command = dict(line.split(": ", 1) for line in lines)["web"]
    port = str(free_port())
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "BIND": "127.0.0.1",
        "PORT": port,
        # Each one loads the whole desk.
        "WEB_WORKERS": "1",
        # An existing directory: collectstatic has not run.
        "STATIC_ROOT": str(ROOT / "static"),
    }
    with _running(Web, ["sh", "-c", f"exec {command}"], port, output, own | env) as web:
        yield web


@contextmanager
def running_live(
    output: IO[bytes] | None = None,
    command: Sequence[str] = ("-m", "tests.quick_live"),
    **env: Any,
) -> Iterator[Server]:
    """Runs the process of the live channel, whose beat no test has to wait for."""
    port = env.setdefault("LIVE_PORT", str(free_port()))
    with _running(Server, [sys.executable, *command], port, output, env) as live:
        yield live
