"""Checks of PostgreSQL: its version, sort order and indexes, and the desk's migrations."""

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from inbox.services.ops import backups, schema
from inbox.services.ops.doctor.findings import Finding, ok, problem, warning

OLDEST = 14
# Collations of databases are versioned since then.
VERSIONED_SINCE = 15


def check_database() -> Iterator[Finding]:
    version = _one("SHOW server_version").split()[0]
    if int(version.split(".")[0]) < OLDEST:
        remedy = f"Upgrade to PostgreSQL {OLDEST} or newer."
        yield problem("database", f"PostgreSQL {version} is too old", remedy)
    else:
        yield ok("database", f"PostgreSQL {version}")


def check_migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if newer := schema.describe_newer():
        yield problem("migrations", newer, "Install that release, or restore a backup of yours.")
    elif missing:
        yield problem("migrations", f"{missing} not applied", "Run: manage.py release")
    else:
        yield ok("migrations", "all applied")


def check_collation() -> Iterator[Finding]:
    """A new C library sorts differently: indexes on text then miss rows, and let doubles in."""
    if int(_one("SHOW server_version_num")) < VERSIONED_SINCE * 10000:
        return
    stored, actual, name = _row(
        "SELECT coalesce(datcollversion, ''),"
        " coalesce(pg_database_collation_actual_version(oid), ''), datname"
        " FROM pg_database WHERE datname = current_database()"
    )
    if stored == actual:
        yield ok("sort order", f"version {stored}" if stored else "without a version")
        return
    yield problem(
        "sort order",
        f"indexes were built with version {stored}, the server now has {actual}",
        f'Run in psql: REINDEX DATABASE "{name}";'
        f' then: ALTER DATABASE "{name}" REFRESH COLLATION VERSION;',
    )


def check_indexes() -> Iterator[Finding]:
    names = schema.list_invalid_indexes()
    if names:
        remedy = "Run: manage.py release. It builds the desk's own again."
        yield problem("indexes", f"invalid: {', '.join(names)}", remedy)
    else:
        yield ok("indexes", "all valid")


def check_backup() -> Iterator[Finding]:
    age = backups.age_of_newest()
    remedy = "Make one: manage.py backup DIRECTORY, and see that a timer does so every night."
    if age is None:
        yield warning("backup", "there is none", remedy)
    elif age > backups.OLD_AFTER:
        yield problem("backup", f"the last one is {age.days} days old", remedy)
    else:
        yield ok("backup", f"the last one is {age.total_seconds() / 3600:.0f} hours old")


def _one(query: str) -> str:
    return str(_row(query)[0])


def _row(query: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: tuple[str, ...] = cursor.fetchone()
    return found
