"""`make demo`: the whole desk on one machine, with production's parts, removed when it stops."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import httpx
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.management.utils import get_random_secret_key

from helpdesk import embedded, processes
from inbox.management.commands.demo_data import LOGINS, PASSWORD

START_SECONDS = 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOG_LINES = 20
LONGEST_HISTORY = 1000


class Command(BaseCommand):
    help = "Run the desk, a worker and a sandbox on this machine until Ctrl-C."
    # This process only starts others, each of which checks its own settings.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        port, sandbox_port = _port("PORT", 8000), _port("SANDBOX_PORT", 8900)
        history_days = _days("DEMO_HISTORY_DAYS", 365)
        if port == sandbox_port:
            raise CommandError("PORT and SANDBOX_PORT are the same. Choose two different ones.")
        if port + 1 == sandbox_port:
            raise CommandError("PORT + 1 is the live channel's. Choose another SANDBOX_PORT.")
        for name, number in (("PORT", port), ("SANDBOX_PORT", sandbox_port)):
            _insist_it_is_free(name, number)
        _insist_it_is_free("PORT", port + 1)
        try:
            self._run(port, sandbox_port, history_days)
        except embedded.NotStarted as error:
            raise CommandError(f"The database did not start.\n{error}") from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _run(self, port: int, sandbox_port: int, history_days: int) -> None:
        self.stdout.write("Starting…")
        self.stdout.flush()
        with _stopping_in_order(), ExitStack() as stack:
            env = _environment(stack, port, sandbox_port)
            demo = Demo(stack, env)
            past = f"--history-days {history_days}"
            demo.start("sandbox", f"python manage.py sandbox --port {sandbox_port} {past}")
            demo.run("setup", "python manage.py demo_data")
            for name, command in _procfile().items():
                demo.start(name, command)
            demo.wait_for(f"http://127.0.0.1:{port}/readyz")
            self._welcome(port, sandbox_port)
            if history_days:
                demo.start_beside("history", f"python manage.py demo_history {history_days}")
            demo.watch()

    def _welcome(self, port: int, sandbox_port: int) -> None:
        self.stdout.write(f"\nThe desk:    http://127.0.0.1:{port}/")
        self.stdout.write(f"The sandbox: http://127.0.0.1:{sandbox_port}/ (play the customer)\n\n")
        for login in LOGINS:
            self.stdout.write(f"  {login.username:<10}{login.what}")
        self.stdout.write(f"\nEach password is “{PASSWORD}”. Logs and mails: {settings.LOCAL_DIR}")
        self.stdout.write("Ctrl-C stops everything.")
        self.stdout.flush()


class Demo:
    """The processes of one demo; the stack stops them in reverse order."""

    def __init__(self, stack: ExitStack, env: Mapping[str, str]) -> None:
        self._stack = stack
        self._env = env
        self._children: dict[str, processes.Child] = {}
        self._logs = settings.LOCAL_DIR / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._parent = os.getppid() if "MAKELEVEL" in os.environ else None

    def start(self, name: str, command: str) -> None:
        """Start a process that runs until the demo ends."""
        self._children[name] = self.start_beside(name, command)

    def start_beside(self, name: str, command: str) -> processes.Child:
        """Start a process that the demo can do without."""
        child = self._launch(name, command)
        self._stack.callback(child.stop)
        return child

    def run(self, name: str, command: str) -> None:
        """Run a command and wait for it."""
        child = self._launch(name, command)
        try:
            while child.exit_code is None:
                self._insist_all_run()
                time.sleep(0.05)
        finally:
            child.stop()
        if child.exit_code:
            self._complain(name)

    def _launch(self, name: str, command: str) -> processes.Child:
        with self._log(name).open("wb") as output:
            return processes.start(
                ["sh", "-c", f"exec {command}"],
                env=self._env,
                cwd=settings.BASE_DIR,
                output=output,
            )

    def wait_for(self, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(url):
            self._insist_all_run()
            if time.monotonic() > deadline:
                self._complain("web")
            time.sleep(0.1)

    def watch(self) -> None:
        """Wait for a signal, or for one of the processes to end."""
        while self._parent in (None, os.getppid()):
            self._insist_all_run()
            time.sleep(0.5)

    def _insist_all_run(self) -> None:
        for name, child in self._children.items():
            if child.exit_code is not None:
                self._complain(name)

    def _complain(self, name: str) -> NoReturn:
        lines = self._log(name).read_text(errors="replace").splitlines()[-LOG_LINES:]
        raise CommandError("\n".join([f"The {name} ended unexpectedly:", *lines]))

    def _log(self, name: str) -> Path:
        return Path(self._logs / f"{name}.log")


# -- surroundings ---------------------------------------------------------


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CommandError(f"{name} is “{value}”. Choose a number between 1 and 65535.")
    return int(value)


def _days(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) > LONGEST_HISTORY:
        raise CommandError(f"{name} is “{value}”. Choose a number from 0 to {LONGEST_HISTORY}.")
    return int(value)


def _insist_it_is_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is not available: {error.strerror}. "
                f"Choose another, such as: {name}={port + 1} make demo"
            ) from error


def _environment(stack: ExitStack, port: int, sandbox_port: int) -> dict[str, str]:
    own = dict(os.environ)
    for name, server in (
        ("DATABASE_URL", embedded.postgresql),
        ("REDIS_URL", embedded.redis_server),
    ):
        if name not in own:
            own[name] = stack.enter_context(server())
    tools = f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', os.defpath)}"
    return (
        own
        | _secrets()
        | {
            "PATH": tools,
            "BIND": "127.0.0.1",
            "PORT": str(port),
            # No proxy leads to it.
            "LIVE_PORT": str(port + 1),
            "LIVE_URL": f":{port + 1}/live/",
            "SANDBOX_PORT": str(sandbox_port),
            "STATIC_ROOT": str(settings.LOCAL_DIR / "static"),
            "DEMO": "true",
            # Mails are files: nothing leaves this machine. The path follows the third slash.
            "EMAIL_URL": f"filemail:///{(settings.LOCAL_DIR / 'mails').absolute()}",
            # A passkey belongs to a name, never to an address.
            "DESK_URL": f"http://localhost:{port}",
            "DEBUG": "false",
            "HTTPS": "false",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "PYTHONUNBUFFERED": "1",
        }
    )


def _secrets() -> dict[str, str]:
    """Created once, so that sessions survive a restart."""
    path: Path = settings.LOCAL_DIR / "secrets"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(f"{get_random_secret_key()}\n{Fernet.generate_key().decode()}\n")
        draft.replace(path)
    secret_key, credential_key = path.read_text().split()
    return {"SECRET_KEY": secret_key, "CREDENTIAL_KEYS": credential_key}


def _procfile() -> dict[str, str]:
    """Production's processes, without the release step, which the demo's own setup replaces."""
    lines = (settings.BASE_DIR / "Procfile").read_text().splitlines()
    entries = dict(line.split(": ", 1) for line in lines)
    return {name: command for name, command in entries.items() if name != "release"}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def _stopping_in_order() -> Iterator[None]:
    """The first Ctrl-C or SIGTERM begins an orderly stop; further ones do not interrupt it."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in STOP_SIGNALS:
        # `nohup make demo` is meant to outlive its terminal.
        if each is not signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, interrupt)
    yield
