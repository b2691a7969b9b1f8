"""Checks a backup, or restores it and holds sending."""

import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from inbox.services.marketplaces import sealing
from inbox.services.ops import backups, holds, postgresql_tools
from inbox.services.ops.backups import BackupProblem, Manifest
from inbox.services.ops.postgresql_tools import ToolProblem
from inbox.services.privacy import erasing
from inbox.services.privacy.erasing import StoredMarks


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    files: int
    on_their_way: int  # replies to check at Mirakl before they can be sent again
    erased_again: int  # marks of erasures since the backup


def check(backup: Path) -> Manifest:
    """Restore into a temporary database, count its rows, open credentials; then drop the database.

    Raises BackupProblem or ToolProblem.
    """
    manifest = backups.read_manifest(backup)
    _require_keys(manifest)
    scratch = f"helpdesk_check_{secrets.token_hex(4)}"
    _administer("CREATE DATABASE {} TEMPLATE template0", scratch)
    try:
        _load(backup, manifest, scratch)
    finally:
        _administer("DROP DATABASE {} WITH (FORCE)", scratch)
    return manifest


def restore(backup: Path, *, replaces: bool = False) -> Restored:
    """Replace the database by the backup, in one transaction, and hold sending.

    `replaces` allows it if the database already holds a desk. Raises BackupProblem or ToolProblem;
    then the database is unchanged.
    """
    manifest = backups.read_manifest(backup)
    _require_keys(manifest)
    _require_known(manifest)
    _require_alone()
    _put_back()
    with postgresql_tools.connect() as connection:
        if backups.count_rows(connection) and not replaces:
            raise BackupProblem("There is a desk in this database. To overwrite it, add --replace.")
    erased = _read_erasures(backup)
    with _set_aside():
        _load(backup, manifest, "")
        # A backup of an older release is migrated to this one.
        call_command("migrate", interactive=False, verbosity=0)
        on_their_way = holds.hold()
        again = sum(erasing.erase_again(stored) for stored in erased)
    # Searches are planned by statistics, which a backup does not hold.
    _change("ANALYZE")
    return Restored(manifest, _unpack_files(backup), on_their_way, again)


def _read_erasures(backup: Path) -> list[StoredMarks]:
    """From beside the backups, from ERASURES_FILE, and from the desk that is replaced."""
    paths = [backup.parent / backups.ERASURES, Path(settings.ERASURES_FILE)]
    found = [stored for path in paths if (stored := erasing.read_file(path))]
    with postgresql_tools.connect() as connection:
        has_marks = connection.execute("SELECT to_regclass('inbox_erasuremark')").fetchone()
    if has_marks and has_marks[0]:
        found.append(erasing.read_marks())
    return found


@contextmanager
def _set_aside() -> Iterator[None]:
    """Provide an empty schema; drop the old one on success, put it back on failure."""
    connections.close_all()
    _change("ALTER SCHEMA public RENAME TO before_restore", "CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        _put_back()
        raise
    connections.close_all()
    _change("DROP SCHEMA before_restore CASCADE")


def _put_back() -> None:
    """Undo a restore that failed, or one whose process was killed before its end."""
    connections.close_all()
    with postgresql_tools.connect() as connection:
        aside = connection.execute("SELECT to_regnamespace('before_restore')").fetchone()
    if aside and aside[0]:
        _change("DROP SCHEMA public CASCADE", "ALTER SCHEMA before_restore RENAME TO public")


def _change(*statements: LiteralString) -> None:
    """Run the statements in one transaction."""
    with postgresql_tools.connect() as connection:
        for statement in statements:
            connection.execute(statement)


def _load(backup: Path, manifest: Manifest, dbname: str) -> None:
    path = backup / backups.DATABASE
    postgresql_tools.run(
        *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"),
        *("--single-transaction", f"--dbname={dbname or postgresql_tools.database_name()}"),
        path,
        dbname=dbname,
    )
    with postgresql_tools.connect(**({"dbname": dbname} if dbname else {})) as connection:
        rows = backups.count_rows(connection)
        _require_opening(connection)
    if rows != manifest.rows:
        every = rows.keys() | manifest.rows
        tables = sorted(one for one in every if rows.get(one) != manifest.rows.get(one))
        raise BackupProblem(f"Rows are missing or too many in: {', '.join(tables)}")


def _require_keys(manifest: Manifest) -> None:
    ours = {backups.fingerprint(key) for key in settings.CREDENTIAL_KEYS}
    if not ours & set(manifest.credential_keys):
        raise BackupProblem(
            "CREDENTIAL_KEYS are not those of the backup: its marketplaces' keys could not be "
            f"opened. Take them from its {backups.SECRETS}."
        )


def _require_known(manifest: Manifest) -> None:
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == "inbox"}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupProblem(
            f"The backup is of a newer release ({newer[-1]}). Install that release first."
        )


def _require_alone() -> None:
    """Raises if other connections exist: a worker would send the replies in the backup."""
    connections.close_all()
    with postgresql_tools.connect() as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    if others and others[0]:
        raise BackupProblem(
            f"{others[0]} others are connected to the database. Stop web and worker first."
        )


def _require_opening(connection: psycopg.Connection[tuple[str, str]]) -> None:
    query = "SELECT slug, sealed_credential FROM inbox_marketplace WHERE sealed_credential <> ''"
    for slug, sealed in connection.execute(query):
        if sealing.unseal(sealed) is None:
            raise BackupProblem(f"The key of {slug} cannot be opened with CREDENTIAL_KEYS.")


def _administer(statement: LiteralString, name: str) -> None:
    with postgresql_tools.connect() as connection:
        connection.autocommit = True
        try:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ToolProblem(
                "Checking a backup makes a database of its own: let the role create databases,"
                " ALTER ROLE … CREATEDB."
            ) from error


def _unpack_files(backup: Path) -> int:
    count = 0
    with tarfile.open(backup / backups.FILES) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is None or default_storage.exists(member.name):
                continue
            default_storage.save(member.name, File(content, name=member.name))
            count += 1
    return count
