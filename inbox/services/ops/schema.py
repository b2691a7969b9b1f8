"""The database's tables as a release of the desk has left them."""

from typing import Literal

from django.db import connection
from django.db.migrations import AddIndex
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from helpdesk.version import VERSION

APP = "inbox"
# The comment on Django's table of migrations tells which release has migrated last.
RECORDED_ON = "django_migrations"


def list_invalid_indexes() -> list[str]:
    """Indexes that a killed CREATE INDEX CONCURRENTLY has left, but none that is being built."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT class.relname FROM pg_index JOIN pg_class class ON class.oid = indexrelid"
            " WHERE NOT indisvalid AND class.relnamespace = current_schema()::regnamespace"
            " AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)"
            " ORDER BY class.relname"
        )
        return [name for (name,) in cursor.fetchall()]


def describe_newer() -> str:
    """Says which release has migrated the database, if this one does not know all migrations."""
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == APP}
    applied = MigrationRecorder(connection).applied_migrations()
    unknown = sorted(name for app, name in applied if app == APP and name not in known)
    if not unknown:
        return ""
    return f"The database is of release {recorded_release()} ({unknown[-1]}), newer than this one"


def recorded_release() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [RECORDED_ON])
        told = cursor.fetchone()[0]
    return str(told or "unknown")


def record_release() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE {RECORDED_ON} IS %s", [VERSION])


def list_coming_indexes() -> set[str]:
    """Indexes that a migration makes which has not been applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    operations = [one for migration, _backwards in plan for one in migration.operations]
    return {str(one.index.name) for one in operations if isinstance(one, AddIndex)}


def change_index(change: Literal["DROP", "REINDEX"], name: str) -> None:
    """While the table is used."""
    statement = sql.SQL(
        "DROP INDEX CONCURRENTLY {}" if change == "DROP" else "REINDEX INDEX CONCURRENTLY {}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(name)))
