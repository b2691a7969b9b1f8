"""A whole desk in its own processes. Each process can be killed and started again."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis

from helpdesk import embedded, processes
from tests.chaos.proxy import Proxy
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120
# The Procfile's commands with fewer processes and threads.
WORKER = (
    "celery -A helpdesk worker --pool threads --concurrency 4 --loglevel WARNING"
    " --without-gossip --without-mingle --hostname"
)
DESK = ("web", "worker", "other worker")
COMMANDS = {
    "web": "gunicorn helpdesk.wsgi --bind 127.0.0.1:{web_port} --worker-class gthread --workers 2"
    " --threads 8 --timeout 60 --no-control-socket",
    "worker": f"{WORKER} one@%h",
    "other worker": f"{WORKER} other@%h",
    "sandbox": "{python} manage.py sandbox --port {sandbox_port}",
    "setup": "{python} manage.py demo_data",
}
# A commit must survive a killed PostgreSQL. The machine itself never loses power here.
CAREFUL = {"synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Environment:
    home: Path
    postgresql: embedded.Server
    redis: embedded.Server
    proxy: Proxy
    ports: dict[str, int]
    kills: dict[str, int] = field(default_factory=dict)
    children: dict[str, processes.Child] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['web_port']}"

    @property
    def sandbox_url(self) -> str:
        """The address of the marketplaces without the proxy."""
        return f"http://127.0.0.1:{self.ports['sandbox_port']}"

    # -- processes -------------------------------------------------------

    def start(self, name: str) -> None:
        command = COMMANDS[name].format(**self.ports, python=sys.executable)
        with (self.home / f"{name}.log").open("ab") as output:
            self.children[name] = processes.start(
                ["sh", "-c", f"exec {command}"], env=self._variables(), cwd=ROOT, output=output
            )

    def stop(self, name: str) -> None:
        self.children.pop(name).stop()

    def run(self, name: str) -> None:
        self.start(name)
        wait_until(lambda: self.children[name].exit_code is not None, name)
        assert self.children[name].exit_code == 0, (self.home / f"{name}.log").read_text()
        self.stop(name)

    def kill(self, name: str) -> None:
        """Kill the process and all its children with -9."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.stop()
        self.count(name)

    def kill_and_restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def kill_one_web_worker(self) -> None:
        """Kill one gunicorn worker. gunicorn starts another one."""
        log = (self.home / "web.log").read_text(errors="replace").split()
        pids = [int(word) for word in log if word.isdigit()]
        for pid in reversed(pids):
            with suppress(ProcessLookupError):
                if pid != self.children["web"].pid and os.getpgid(pid) == self.children["web"].pid:
                    os.kill(pid, signal.SIGKILL)
                    self.count("web worker")
                    return

    def count(self, what: str) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1

    def close(self) -> None:
        for name in list(self.children):
            self.stop(name)
        self.proxy.shut()

    # -- PostgreSQL and Redis --------------------------------------------

    def restart_postgresql(self) -> None:
        """As after a crash: connections break, and PostgreSQL recovers from its log."""
        self.postgresql.stop()
        self.postgresql.start()
        self.count("PostgreSQL")

    def restart_redis(self, *, is_emptied: bool) -> None:
        with self._redis() as client:
            if not is_emptied:
                client.save()
        self.redis.stop()
        self.redis.start()
        (self.redis.home / "dump.rdb").unlink(missing_ok=True)
        self.count("Redis, emptied" if is_emptied else "Redis")

    def empty_redis(self) -> None:
        with self._redis() as client:
            client.flushall()
        self.count("Redis flushed")

    def _redis(self) -> Any:
        return redis.Redis.from_url(self.redis.url)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.postgresql.url) as connection:
            cursor = connection.execute(query)
            names = [column.name for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def change(self, statement: str) -> None:
        with psycopg.connect(self.postgresql.url) as connection:
            connection.execute(statement)

    # -- starting --------------------------------------------------------

    def wait_for_web(self) -> None:
        wait_until(lambda: answers(f"{self.url}/healthz"), "the web")

    def wait_until_ready(self) -> None:
        """Wait for the web and for a worker."""
        wait_until(lambda: answers(f"{self.url}/readyz"), "the desk")

    def _variables(self) -> dict[str, str]:
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return os.environ | {
            "PATH": tools,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": self.postgresql.url,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "a key for tests only, longer than any guess",
            "CREDENTIAL_KEYS": "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
            "HTTPS": "false",
            "DEMO": "true",
            "SANDBOX_PORT": str(self.proxy.port),
            "LOCAL_DIR": str(self.home),
            "UPLOAD_DIR": str(self.home / "uploads"),
            "METRICS_DIR": str(self.home / "metrics"),
            "STATIC_ROOT": str(self.home / "static"),
            "LOG_LEVEL": "WARNING",
        }


@contextmanager
def running(seed: int) -> Iterator[Environment]:
    """Yields a desk that reaches a sandbox through a proxy without faults yet."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-")))
        ports = {"web_port": free_port(), "sandbox_port": free_port()}
        proxy = Proxy(("127.0.0.1", ports["sandbox_port"]), seed)
        environment = Environment(
            home,
            stack.enter_context(embedded.postgresql_server(**CAREFUL)),
            stack.enter_context(embedded.redis_process()),
            proxy,
            ports,
        )
        stack.callback(environment.close)
        proxy.open()
        environment.start("sandbox")
        environment.run("setup")
        for name in DESK:
            environment.start(name)
        wait_until(lambda: answers(f"{environment.sandbox_url}/_sandbox/log"), "the sandbox")
        environment.wait_until_ready()
        yield environment


def wait_until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} was not ready in time"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
