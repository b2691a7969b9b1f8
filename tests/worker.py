"""A real Celery worker with the test's own database and broker."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import urlsplit

import pytest

from helpdesk import processes

PATIENCE_SECONDS = 60


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[processes.Child]:
    """A worker process that runs the tasks queued by the test."""
    from helpdesk.celery import app

    app.control.purge()
    with running_worker() as worker:
        yield worker


@contextmanager
def running_worker(output: IO[bytes] | None = None, **env: str) -> Iterator[processes.Child]:
    command = "-m celery -A helpdesk worker --pool threads --concurrency 2 --without-mingle"
    worker = processes.start(
        [sys.executable, *command.split(), "--loglevel", env.get("LOG_LEVEL", "WARNING")],
        env=environment() | env,
        output=output,
    )
    try:
        _wait_until_it_answers(worker)
        yield worker
    finally:
        worker.stop()


def environment() -> dict[str, str]:
    """Returns the environment of a process that uses the test's database and broker."""
    from django.db import connection

    # The URL names the database beside which the test's database was created.
    address = urlsplit(os.environ["DATABASE_URL"])
    own = address._replace(path=f"/{connection.settings_dict['NAME']}")
    # With a pool, as in production; the tests' process has none.
    rest = {name: value for name, value in os.environ.items() if name != "DATABASE_POOL_SIZE"}
    return {**rest, "DATABASE_URL": own.geturl()}


def _wait_until_it_answers(worker: processes.Child) -> None:
    from helpdesk.celery import app

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not app.control.ping(timeout=0.2, limit=1):
        assert worker.exit_code is None, "the worker ended at once"
        assert time.monotonic() < deadline, "the worker did not answer in time"
