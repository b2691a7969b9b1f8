"""Starts the desk in production mode: PostgreSQL, Redis, the stub of Mirakl, gunicorn, Celery."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.desk import world
from tests.ports import free_port

if TYPE_CHECKING:
    from inbox.models import Marketplace, User

ROOT = Path(__file__).resolve().parent.parent.parent
# As a server with 2 GB for its database would have them; the rest is the embedded server's.
POSTGRESQL = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    # As docs/deploying.md sets it.
    "max_parallel_workers_per_gather": "0",
    # Would vacuum at any moment of a measurement.
    "autovacuum": "off",
}
# Digests of answers take a minute for so many conversations.
MOST_DIGESTS = 200_000


@dataclass(frozen=True)
class Plan:
    """The marketplaces and conversations of a desk."""

    marketplaces: int = 3
    threads: int = 10_000  # in the marketplaces together
    small_marketplaces: int = 0  # with a hundred conversations each
    per_thread: int = world.PER_THREAD
    agents: int = 8


@dataclass(frozen=True)
class Desk:
    folder: Path
    mirakl: str
    marketplaces: "list[Marketplace]"
    agents: "list[User]"
    newest_at: datetime


@contextmanager
def desk(plan: Plan) -> Iterator[Desk]:
    """Yields a desk with its conversations and people, and Django set up; no web server yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(stack, folder)
        newest_at = datetime.now(UTC).replace(microsecond=0)
        mirakl = stack.enter_context(stub(newest_at, plan.per_thread))
        yield lay(plan, folder, mirakl, newest_at)


def prepare(stack: ExitStack, folder: Path) -> None:
    """Starts PostgreSQL and Redis, and sets up Django and the database."""
    from helpdesk import embedded

    os.environ |= {
        "DATABASE_URL": stack.enter_context(embedded.postgresql_server(**POSTGRESQL)).url,
        "REDIS_URL": stack.enter_context(embedded.redis_server()),
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "SECRET_KEY": "for this run, and as long as Django wants it to be: 0123456789",
        "CREDENTIAL_KEYS": "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdC0=",
        "HTTPS": "false",
        "ADMIN_FACTOR": "false",
        "UPLOAD_DIR": f"{folder}/uploads",
        "METRICS_DIR": f"{folder}/metrics",
        "STATIC_ROOT": f"{folder}/static",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "ERROR",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def stub(newest_at: datetime, per_thread: int) -> Iterator[str]:
    """Yields the address of the marketplaces."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = f"python -m benchmarks.desk.stub --newest {newest_at.isoformat()}"
    with running(f"{command} --per-thread {per_thread} --port {port}"):
        wait_for(url)
        yield url


def lay(plan: Plan, folder: Path, mirakl: str, newest_at: datetime) -> Desk:
    from django.db import connection

    from benchmarks.desk import laying, people

    marketplaces = people.connect(mirakl, plan.marketplaces + plan.small_marketplaces)
    agents = people.hire(plan.agents, marketplaces[: plan.marketplaces])
    each = -(-plan.threads // plan.marketplaces)
    counts = [each] * plan.marketplaces + [100] * plan.small_marketplaces
    threads = dict(zip(marketplaces, counts, strict=True))
    laying.lay(threads, agents, newest_at, plan.per_thread)
    if plan.threads <= MOST_DIGESTS:
        laying.store_digests(newest_at, plan.per_thread)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Desk(folder, mirakl, marketplaces, agents, newest_at)


# -- processes of the Procfile --------------------------------------------------


@contextmanager
def web(**settings: str) -> Iterator[tuple[int, str]]:
    """Yields process id and address of gunicorn."""
    with server(line_of("web"), **settings) as running:
        yield running


@contextmanager
def floor(pages: Path, mirakl: str) -> Iterator[str]:
    """Yields the address of the bare pages, under gunicorn as the desk is."""
    line = line_of("web").replace("helpdesk.wsgi", "benchmarks.desk.floor")
    more = {"FLOOR_PAGES": str(pages), "FLOOR_MIRAKL": mirakl}
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.desk.floor_settings"}
    with server(line, path="/nothing/", **more, **settings) as (_pid, url):
        yield url


@contextmanager
def worker(**settings: str) -> Iterator[int]:
    with running(line_of("worker"), **settings) as pid:
        yield pid


@contextmanager
def live() -> Iterator[str]:
    """Yields the address of the live channel's process."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    with running(line_of("live"), BIND="127.0.0.1", LIVE_PORT=str(port)):
        wait_for(f"{url}/healthz")
        yield url


@contextmanager
def server(line: str, path: str = "/healthz", **settings: str) -> Iterator[tuple[int, str]]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    with running(line, BIND="127.0.0.1", PORT=str(port), **settings) as pid:
        wait_for(f"{url}{path}")
        yield pid, url


def wait_for(url: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as patient:
        patient.get(url)


def line_of(name: str) -> str:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)[name]


@contextmanager
def running(line: str, **settings: str) -> Iterator[int]:
    """Runs a line of Procfile in its own session, which ends with us; yields its process id."""
    from helpdesk import processes

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    child = processes.start(
        ["sh", "-c", f"exec {line}"],
        env={**os.environ, "PATH": path, "LOG_LEVEL": "INFO"} | settings,
        cwd=ROOT,
        output=subprocess.DEVNULL,
    )
    try:
        yield child.pid
    finally:
        child.stop()
