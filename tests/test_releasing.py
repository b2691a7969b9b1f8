"""`manage.py release` migrates while the desk is used: one at a time, and refused in words."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from helpdesk.version import VERSION
from inbox.services.ops import releasing, schema
from tests import migrated
from tests.forking import Forks
from tests.serving import ROOT
from tests.test_backups import database
from tests.worker import environment
from tests.writing import eventually

pytestmark = pytest.mark.long

NEWER = "0999_of_tomorrow"
RECORDED = "SELECT obj_description('django_migrations'::regclass)"

Admin: TypeAlias = "psycopg.Connection[tuple[object, ...]]"
Run = Callable[[], tuple[int, str]]


class Release:
    """A run of the command in its own process."""

    def __init__(self, url: str) -> None:
        env = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "manage.py", "release"],
            cwd=ROOT,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.output = ""

    def end(self) -> int:
        self.output, _ = self._process.communicate(timeout=120)
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def url() -> Iterator[str]:
    with database(template=os.environ[migrated.NAMED]) as url:
        yield url


@pytest.fixture
def admin(url: str) -> Iterator[Admin]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def released(forks: Forks, url: str) -> Run:
    """Runs the command to its end."""

    def run() -> tuple[int, str]:
        env = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        status, output, errors = forks.manage("release", env=env)
        return status, output + errors

    return run


def asks(admin: Admin, query: str) -> object:
    row = admin.execute(query).fetchone()
    return row[0] if row else None


def test_it_records_which_release_the_tables_are_of(released: Run, admin: Admin) -> None:
    status, told = released()

    assert status == 0, told
    assert asks(admin, RECORDED) == VERSION


def test_an_older_release_refuses_a_newer_database(released: Run, admin: Admin) -> None:
    admin.execute("COMMENT ON TABLE django_migrations IS '9.1.0'")
    admin.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('inbox', %s, now())", [NEWER]
    )

    status, told = released()

    assert status == 1
    assert f"of release 9.1.0 ({NEWER}), newer than this one. Nothing was changed" in told
    assert asks(admin, RECORDED) == "9.1.0"


def test_a_second_run_waits_for_the_first(url: str, admin: Admin) -> None:
    admin.execute("SELECT pg_advisory_lock(%s)", [releasing.LOCK])
    killed, run = Release(url), Release(url)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    eventually(lambda: asks(admin, waiting) == 2)

    killed.kill()
    admin.execute("SELECT pg_advisory_unlock(%s)", [releasing.LOCK])

    assert run.end() == 0, run.output
    assert "Another release is running" in run.output


# -- indexes ---------------------------------------------------------------


@pytest.fixture
def half_built(transactional_db: None) -> Iterator[str]:
    """As a kill in the middle of CREATE INDEX CONCURRENTLY leaves it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX tag_names ON inbox_tag (name)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tag_names'::regclass"
        )
        yield "tag_names"
        cursor.execute("DROP INDEX IF EXISTS tag_names")


def test_an_index_is_removed_for_the_migration_that_builds_it(
    half_built: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "list_coming_indexes", lambda: {half_built})
    told: list[str] = []

    releasing._repair_indexes(told.append)

    assert told == ["Removed tag_names, which was half built."]
    assert half_built not in indexes()


def test_an_index_of_an_applied_migration_is_built_again(half_built: str) -> None:
    told: list[str] = []

    releasing._repair_indexes(told.append)

    assert told == ["Built tag_names again."]
    assert half_built in indexes()
    assert schema.list_invalid_indexes() == []


@pytest.mark.django_db
def test_a_migration_to_come_names_its_indexes() -> None:
    assert schema.list_coming_indexes() == set()

    later = MigrationRecorder.Migration.objects.filter(app="inbox", name__gte="0017_span_ended")
    later.delete()

    assert "span_ended" in schema.list_coming_indexes()


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'inbox_tag'")
        return [name for (name,) in cursor.fetchall()]


# -- locks -----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_table_in_use_is_tried_again_and_blocks_nobody_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A waiting ALTER would let nobody after it have the table either."""
    told: list[str] = []
    monkeypatch.setattr(releasing, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(releasing, "call_command", lambda *_, **__: _alter("ADD COLUMN more int"))
    with psycopg.connect(environment()["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE inbox_tag IN ROW EXCLUSIVE MODE")

        def tell(words: str) -> None:
            told.append(words)
            other.rollback()

        releasing._migrate(tell)

    assert told == ["A table is in use. Trying again (1 of 30)."]
    _alter("DROP COLUMN more")


def _alter(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE inbox_tag {change}")


@pytest.mark.django_db(transaction=True)
def test_only_an_index_that_is_built_beside_the_desk_waits_without_end() -> None:
    """A time-out would leave it half built."""
    with connection.execute_wrapper(releasing.limit_waits), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX CONCURRENTLY tag_names ON inbox_tag (name)")
        cursor.execute("DROP INDEX CONCURRENTLY tag_names")
        patient = cursor.connection.execute("SHOW lock_timeout").fetchone()
        cursor.execute("SELECT 1")
        hasty = cursor.connection.execute("SHOW lock_timeout").fetchone()

    assert (patient, hasty) == (("0",), ("1s",))
