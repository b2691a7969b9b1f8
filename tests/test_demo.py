"""`make demo`, from its start to the end of its last process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.html import Page
from tests.ports import free_port

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 90
# In the format of /proc/net/tcp.
LOOPBACK, LISTENING = "0100007F", "0A"


def _until(condition: Callable[[], Any]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(condition())


class Run:
    """A demo in its own process, marked so that all its processes can be found."""

    def __init__(self, local: Path, **changes: str) -> None:
        # The live channel listens beside the web server.
        self.port, sandbox_port = free_port(in_a_row=2), free_port()
        self.mark = f"DEMO_UNDER_TEST={os.getpid()}-{self.port}"
        name, _, value = self.mark.partition("=")
        ports = {"PORT": str(self.port), "SANDBOX_PORT": str(sandbox_port)}
        quick = {"DEMO_HISTORY_DAYS": "0"}
        # Like a new machine: no servers, no settings, no make above it.
        own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env={**own, name: value, "LOCAL_DIR": str(local), **ports, **quick, **changes},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def left(self) -> list[str]:
        """Returns the command lines of processes that this demo has left."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                surroundings = (process / "environ").read_text(errors="replace")
                command = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if self.mark in surroundings.split("\0") and command:
                found.append(command)
        return found

    def output(self) -> str:
        """Returns all output after the demo has ended."""
        return self.process.communicate()[0]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    _until(lambda: run.is_ready() or run.process.poll() is not None)
    if not run.is_ready():
        run.process.kill()
        pytest.fail(run.output())
    yield run
    run.process.kill()
    run.output()


needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")


@needs_proc
def test_it_lets_people_in_and_leaves_no_process_behind(demo: Run) -> None:
    assert _lands_on(demo.port, "agent", "demo") == "/"
    assert len(demo.left()) > 5

    demo.process.send_signal(signal.SIGTERM)

    assert demo.process.wait(PATIENCE_SECONDS) == 0
    assert demo.left() == []


@needs_proc
def test_it_stays_on_loopback_and_leaves_no_process_even_when_killed(demo: Run) -> None:
    assert _listening(demo.port) == {LOOPBACK}

    demo.process.send_signal(signal.SIGKILL)

    assert _until(lambda: not demo.left()), demo.left()


def _lands_on(port: int, username: str, password: str) -> str:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
        form = browser.get("/accounts/login/").text
        token = Page(form).value("csrfmiddlewaretoken")
        person = {"username": username, "password": password, "csrfmiddlewaretoken": token}
        return str(browser.post("/accounts/login/", data=person).headers["Location"])


def _listening(port: int) -> set[str]:
    """Returns the addresses in the kernel's format that listen on this port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = [row[1].split(":") for row in rows if row[3] == LISTENING]
    return {address for address, number in sockets if int(number, 16) == port}


def test_it_names_the_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        run = Run(tmp_path, PORT=taken)
        output = run.output()

    assert run.process.returncode == 1
    assert f"Port {taken} is not available" in output
    assert "PORT=" in output


@pytest.mark.parametrize("value", ["web", "0", "70000"])
def test_it_names_a_port_that_is_none(tmp_path: Path, value: str) -> None:
    run = Run(tmp_path, PORT=value)
    output = run.output()

    assert run.process.returncode == 1
    assert f"PORT is “{value}”" in output


def test_it_names_days_that_are_none(tmp_path: Path) -> None:
    run = Run(tmp_path, DEMO_HISTORY_DAYS="a year")
    output = run.output()

    assert run.process.returncode == 1
    assert "DEMO_HISTORY_DAYS is “a year”" in output
