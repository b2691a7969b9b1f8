"""Backups: the database, the staged files and the secrets, in a directory of their own.

A backup is complete or absent: it is made under another name and renamed at the end.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.db.models.functions import Now

from inbox.models import Backup, DraftFile, OutgoingFile
from inbox.services import audit
from inbox.services.ops import audit_chain, postgresql_tools
from inbox.services.privacy import erasing

DATABASE, FILES, SECRETS, MANIFEST = "database.dump", "files.tar", "secrets.env", "manifest.json"
# Beside the backups: newer than each of them.
ERASURES = "erasures.json"
PREFIX, UNFINISHED = "helpdesk-", ".unfinished"
# Backups are made every night: after two days one has failed.
OLD_AFTER = timedelta(days=2)
# Changes with each display, and says nothing about a backup.
UNCOUNTED = {"django_session"}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Contents of a backup: rows by table, digests by file, fingerprints of its secrets."""

    made_at: datetime
    postgresql: int
    migrations: list[str]
    rows: dict[str, int]
    missing_files: list[str]
    secret_key: str
    credential_keys: list[str]
    digests: dict[str, str]
    # Number and hash of the newest entry of the audit log.
    audit_head: str = ""


class BackupProblem(Exception):
    """Why a backup was not made or is not good, and what to do."""


def make(directory: Path, *, keeps: int = 0, with_secrets: bool = True) -> Path:
    """Make a backup below `directory`; then delete all but the `keeps` newest, unless that is 0.

    Raises BackupProblem or ToolProblem and leaves the older ones as they are.
    """
    try:
        with _only_run(directory):
            done = _make(directory, with_secrets=with_secrets)
            Backup.objects.create()
            details = {"name": done.name, "with_secrets": with_secrets}
            audit.record(audit.Kind.BACKED_UP, details=details)
            erasing.write_file(directory / ERASURES)
            if keeps:
                for old in all_in(directory)[:-keeps]:
                    shutil.rmtree(old)
            return done
    except OSError as error:
        raise BackupProblem(f"The backup was not made: {error}") from error


@contextmanager
def _only_run(directory: Path) -> Iterator[None]:
    """Holds the directory; removes what killed runs have left in it. Raises BackupProblem."""
    directory.mkdir(parents=True, mode=0o700, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in directory.glob(f"{PREFIX}*{UNFINISHED}"):
            shutil.rmtree(left)
        yield
    except BlockingIOError as error:
        raise BackupProblem(f"Another backup is being made in {directory}.") from error
    finally:
        os.close(handle)


def _make(directory: Path, *, with_secrets: bool) -> Path:
    name = f"{PREFIX}{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    unfinished = directory / f"{name}{UNFINISHED}"
    try:
        unfinished.mkdir(mode=0o700)
        _fill(unfinished, with_secrets=with_secrets)
        done = unfinished.rename(directory / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _sync(directory)
    return done


def age_of_newest() -> timedelta | None:
    """By the database's clock; None if there is none."""
    aged = Backup.objects.annotate(age=Now() - F("made_at"))
    return aged.values_list("age", flat=True).first()


def all_in(directory: Path) -> list[Path]:
    """Finished backups, the oldest first."""
    return sorted(
        path
        for path in directory.glob(f"{PREFIX}*")
        if path.suffix != UNFINISHED and (path / MANIFEST).exists()
    )


def read_manifest(backup: Path) -> Manifest:
    """Raises BackupProblem if it is no backup, or if its files have changed since."""
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
        digests = {name: _digest(backup / name) for name in manifest.digests}
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupProblem(f"{backup} is no whole backup: {error}") from error
    if digests != manifest.digests:
        damaged = sorted(name for name in digests if digests[name] != manifest.digests[name])
        raise BackupProblem(f"{backup} is damaged: {', '.join(damaged)} changed since it was made.")
    return manifest


def fingerprint(secret: str) -> str:
    """Tells secrets apart without revealing them."""
    return hashlib.sha256(b"helpdesk backup\0" + secret.encode()).hexdigest()[:16]


def count_rows(connection: Any) -> dict[str, int]:
    """Rows by table of the desk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = sorted({name for (name,) in cursor.fetchall()} - UNCOUNTED)
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  names from the catalogue
            counts[table] = cursor.fetchone()[0]
        return counts


def _fill(place: Path, *, with_secrets: bool) -> None:
    rows, audit_head = _dump(place / DATABASE)
    missing = _pack_files(place / FILES)
    if with_secrets:
        _write_secrets(place / SECRETS)
    manifest = Manifest(
        made_at=datetime.now(UTC),
        postgresql=postgresql_tools.server_version(),
        migrations=_migrations(),
        rows=rows,
        missing_files=missing,
        secret_key=fingerprint(settings.SECRET_KEY),
        credential_keys=[fingerprint(key) for key in settings.CREDENTIAL_KEYS],
        digests={path.name: _digest(path) for path in sorted(place.iterdir())},
        audit_head=str(audit_head),
    )
    text = json.dumps(msgspec.to_builtins(manifest), indent=2)
    (place / MANIFEST).write_text(text)
    for path in place.iterdir():
        _sync(path)
    _sync(place)


def _dump(path: Path) -> tuple[dict[str, int], audit_chain.Head]:
    """Dump the database; returns the rows by table and the head of the audit log, both as in the
    snapshot of the dump."""
    with postgresql_tools.connect() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        rows, audit_head = count_rows(connection), audit_chain.read_head(connection)
        postgresql_tools.run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
            *(f"--snapshot={snapshot[0] if snapshot else ''}", f"--file={path}"),
        )
    listed = postgresql_tools.run("pg_restore", "--list", path)
    lost = [table for table in rows if f" TABLE DATA public {table} " not in listed]
    if lost:
        raise BackupProblem(f"The dump lacks tables: {', '.join(lost)}")
    return rows, audit_head


def _pack_files(path: Path) -> list[str]:
    """Pack staged files into an archive; returns the names of missing files."""
    missing = []
    with tarfile.open(path, "w") as archive:
        for name in _staged():
            try:
                with default_storage.open(name) as file:
                    member = tarfile.TarInfo(name)
                    member.size = file.size
                    archive.addfile(member, file.file)
            except FileNotFoundError:
                missing.append(name)
    return missing


def _staged() -> list[str]:
    names: list[str] = []
    for model in (DraftFile, OutgoingFile):
        names += model.objects.exclude(file="").values_list("file", flat=True)
    return sorted(set(names))


def _write_secrets(path: Path) -> None:
    path.touch(mode=0o600)
    keys = ",".join(settings.CREDENTIAL_KEYS)
    path.write_text(f"SECRET_KEY='{settings.SECRET_KEY}'\nCREDENTIAL_KEYS='{keys}'\n")


def _migrations() -> list[str]:
    recorded = MigrationRecorder.Migration.objects.filter(app="inbox").order_by("name")
    return list(recorded.values_list("name", flat=True))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Flush to disk, to survive a crash of the machine."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
