"""Creates the tables once: migrations would take five seconds of every run and worker."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from helpdesk import embedded

ROOT = Path(__file__).resolve().parent.parent
# Workers inherit the name of the database to copy.
NAMED = "MIGRATED_DATABASE"
STAND_INS = {"SECRET_KEY": "a key for tests only, longer than any guess", "DATABASE_POOL_SIZE": "0"}


def make_tables(url: str, credential_key: str) -> None:
    """Creates the tables in a template database beside that of `url`, or takes those of the last
    run.

    Tables of the last run are dropped after any change of a migration or a requirement.
    """
    kept = ROOT / ".local" / f"migrated-{_digest()}.sql"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    own = urlsplit(url)._replace(path="/migrated").geturl()
    if kept.exists():
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute(kept.read_bytes())
    else:
        _migrate(own, credential_key)
        _keep(own, kept)
    os.environ[NAMED] = "migrated"


def _digest() -> str:
    files = [*sorted((ROOT / "inbox" / "migrations").glob("*.py")), ROOT / "requirements-dev.txt"]
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:12]


def _migrate(url: str, credential_key: str) -> None:
    settings = {"DATABASE_URL": url, "CREDENTIAL_KEYS": credential_key, **STAND_INS}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)


def _keep(url: str, kept: Path) -> None:
    command = [str(embedded.program("pg_dump")), "--inserts", "--no-owner", url]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    # Lines with a backslash are psql commands.
    statements = b"\n".join(one for one in lines if not one.startswith(b"\\"))
    kept.parent.mkdir(exist_ok=True)
    for older in kept.parent.glob("migrated-*"):
        older.unlink()
    whole = kept.with_suffix(f".{os.getpid()}")
    whole.write_bytes(statements)
    whole.rename(kept)
