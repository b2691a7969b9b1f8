"""A backup that breaks off, in whatever way, is none, and leaves the older ones untouched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpdesk import embedded
from inbox.services.ops import backups, postgresql_tools
from tests import migrated
from tests.forking import Forks
from tests.serving import ROOT
from tests.test_backups import Desk, database
from tests.writing import eventually

pytestmark = pytest.mark.long

# Where a program waits to be killed: half-way through the dump, after it, and after its check.
MOMENTS = [("pg_dump", "half"), ("pg_dump", "whole"), ("pg_restore", "whole")]


@pytest.fixture(scope="module")
def desk(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with database(template=os.environ[migrated.NAMED]) as url:
        yield Desk(forks, url, tmp_path_factory.mktemp("uploads"))


@pytest.fixture(scope="module")
def good(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with one good backup."""
    directory = tmp_path_factory.mktemp("backups")
    desk.manage("backup", directory)
    return directory


def files(directory: Path) -> dict[Path, int]:
    """Returns the files of all finished backups, and when they changed."""
    return {
        path: path.stat().st_mtime_ns
        for backup in backups.all_in(directory)
        for path in backup.iterdir()
    }


def write_tool(folder: Path, tool: str, moment: str) -> Path:
    """Writes a program that does its work up to the moment, and then sleeps for good."""
    real = embedded.program(tool)
    folder.mkdir(exist_ok=True)
    path, mark = folder / tool, folder / "reached"
    work = {
        "half": 'for one; do case $one in --file=*) echo half > "${one#--file=}";; esac; done',
        "whole": f'"{real}" "$@" > /dev/null',
    }[moment]
    path.write_text(
        f'#!/bin/sh\ncase $1 in --version) exec "{real}" "$1";; esac\n'
        f"{work}\ntouch {mark}\nexec sleep 600\n"
    )
    path.chmod(0o755)
    return mark


@pytest.mark.parametrize(("tool", "moment"), MOMENTS)
def test_a_killed_backup_is_none(
    desk: Desk, good: Path, tmp_path: Path, tool: str, moment: str
) -> None:
    before = files(good)
    reached = write_tool(tmp_path / "tools", tool, moment)
    path = f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}"
    killed = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(good), "--keep", "1"],
        cwd=ROOT,
        env={**os.environ, **desk.env, "PATH": path},
        start_new_session=True,
    )
    eventually(reached.exists)

    os.killpg(killed.pid, 9)
    killed.wait()

    assert files(good) == before
    assert list(good.glob("*.unfinished"))


def test_the_next_backup_removes_what_a_killed_one_has_left(
    desk: Desk, good: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "backups"
    left = directory / "helpdesk-20260101-023000-1.unfinished"
    left.mkdir(parents=True)
    (left / "database.dump").write_text("half")

    desk.manage("backup", directory, "--keep", "1")

    assert not left.exists()
    assert len(list(directory.iterdir())) == 1


def test_two_backups_at_once_do_not_remove_each_others_files(desk: Desk, tmp_path: Path) -> None:
    with backups._only_run(tmp_path):
        told = desk.manage("backup", tmp_path, status=1)

    assert "Another backup is being made" in told


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk that is soon full; only root can mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_no_backup_and_the_older_ones(desk: Desk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "60k") as disk:
        old = disk / "helpdesk-20260101-023000-1"
        old.mkdir()
        (old / "manifest.json").write_text("{}")

        told = desk.manage("backup", disk, "--keep", "1", status=1)

        assert "failed" in told or "not made" in told
        assert list(disk.iterdir()) == [old]


def test_programs_older_than_the_server_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgresql_tools, "_candidates", lambda _tool: iter([old]))
    monkeypatch.setattr(postgresql_tools, "server_version", lambda: 18)

    with pytest.raises(postgresql_tools.ToolProblem, match="newest pg_dump here is 9"):
        postgresql_tools._find("pg_dump")


def test_a_database_that_lets_nobody_in_is_told(desk: Desk, good: Path) -> None:
    before = files(good)
    nobody = desk.url.replace("postgres@", "nobody:wrong@")

    told = desk.manage("backup", good, status=1, DATABASE_URL=nobody)

    assert "nobody" in told
    assert files(good) == before
