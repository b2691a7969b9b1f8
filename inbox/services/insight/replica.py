"""The database that reports read: the desk's own, or the read-only copy in REPORTS_DATABASE_URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

ALIAS = "reports"
_reading: ContextVar[str | None] = ContextVar("reading", default=None)
# A copy that has applied all it received is of now: its primary has had nothing to write.
AS_OF = """
    SELECT CASE WHEN pg_is_in_recovery()
            AND pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn()
        THEN coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()) ELSE now() END
"""


def alias() -> str:
    return ALIAS if ALIAS in connections.databases else DEFAULT_DB_ALIAS


@contextmanager
def reading() -> Iterator[None]:
    """All queries in here read the reports' database."""
    token = _reading.set(alias())
    try:
        yield
    finally:
        _reading.reset(token)


def as_of() -> datetime | None:
    """What the copy has is of this moment; None if reports read the desk's own database."""
    if alias() == DEFAULT_DB_ALIAS:
        return None
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(AS_OF)
        found: datetime | None = cursor.fetchone()[0]
        return found


class Router:
    """Sends what a report reads to its database, and all that is written to the desk's own."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str | None:
        return _reading.get()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
