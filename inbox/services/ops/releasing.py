"""Migrates the database while the desk is used: one run at a time, and no lock that others feel."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection

from inbox.services.ops import postgresql_tools, schema

# Any number that nothing else in the database uses.
LOCK = 7_214_009_316
# A statement that waits for a lock lets nobody after it have the table either.
LOCK_TIMEOUT = "1s"
TRIES = 30
# The names that REINDEX CONCURRENTLY gives to its copies.
HALF_REBUILT = re.compile(r"_cc(new|old)\d*$")
PAUSE_SECONDS = 2.0


class NotReleasedError(Exception):
    """Why the database was not migrated, and what to do."""


def release(tell: Callable[[str], None]) -> None:
    """Migrate the database to this release. Raises NotReleasedError; a repeated run goes on.

    Other runs wait for this one, and then find nothing to do.
    """
    with _only_run(tell):
        if newer := schema.describe_newer():
            raise NotReleasedError(
                f"{newer}. Nothing was changed. Install that release, or restore a backup of this "
                "one."
            )
        _repair_indexes(tell)
        _migrate(tell)
        schema.record_release()


@contextmanager
def _only_run(tell: Callable[[str], None]) -> Iterator[None]:
    """Holds a lock of a connection of its own, which PostgreSQL frees if this run is killed."""
    with postgresql_tools.connect(autocommit=True) as session:
        if not _take(session, "SELECT pg_try_advisory_lock(%s)"):
            tell("Another release is running. Waiting for its end.")
            session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def _take(session: psycopg.Connection[Any], query: str) -> bool:
    found = session.execute(query, [LOCK]).fetchone()
    return bool(found and found[0])


def _repair_indexes(tell: Callable[[str], None]) -> None:
    """A killed run leaves an invalid index, which its migration would find in its way."""
    coming = schema.list_coming_indexes()
    for name in schema.list_invalid_indexes():
        if name in coming or HALF_REBUILT.search(name):
            schema.change_index("DROP", name)
            tell(f"Removed {name}, which was half built.")
        else:
            schema.change_index("REINDEX", name)
            tell(f"Built {name} again.")


def _migrate(tell: Callable[[str], None]) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with connection.execute_wrapper(limit_waits):
                call_command("migrate", interactive=False, verbosity=1)
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            tell(f"A table is in use. Trying again ({attempt} of {TRIES}).")
            connection.close()
            time.sleep(PAUSE_SECONDS)
        else:
            return
    raise NotReleasedError(
        "A table was in use all the time. End long transactions (pg_stat_activity) and run this "
        "again: it goes on where it stopped."
    )


def limit_waits(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Each statement waits a second for a lock, but concurrent indexes: they wait without harm.

    A time-out would leave such an index half built.
    """
    is_patient = "CONCURRENTLY" in str(sql)
    limit = "0" if is_patient else LOCK_TIMEOUT
    context["cursor"].cursor.execute(f"SET lock_timeout = '{limit}'")
    return execute(sql, params, many, context)
