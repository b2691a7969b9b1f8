"""Child processes that end with this process, however it ends."""

import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TypedDict

# The watcher reads the other end of our pipe. A line means that the child has stopped and the
# watcher can exit. End of file means that this process is gone, perhaps by `kill -9`: the watcher
# stops the child and deletes its temporary directory. It is plain sh, because Linux forgets
# PR_SET_PDEATHSIG when the user changes, and macOS has none.
LIFELINE = """
exec 3<&0 </dev/null
(
    read -r farewell <&3 && exit
    kill -s "$0" $$
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        kill -s 0 $$ || break
        sleep 0.25
    done
    if [ -n "$THROW_AWAY" ]; then rm -rf "$THROW_AWAY"; fi
    kill -s KILL -- -$$
) >/dev/null 2>&1 &
unset THROW_AWAY
exec "$@" 3<&-
"""


class Identity(TypedDict, total=False):
    """The user of a process in subprocess' arguments; empty for the current user."""

    user: int
    group: int
    extra_groups: list[int]


def identity_of(user: str) -> Identity:
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Child:
    """A running command in its own session: Ctrl-C reaches only this process, which stops the
    child."""

    def __init__(self, process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
        self._process = process
        self._stop_signal = stop_signal

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, or None while the process runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        self._process.send_signal(self._stop_signal)

    def stop(self, patience: float = 15) -> None:
        """Terminates, waits, then kills: no process of the session is left on return."""
        self.ask_to_stop()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
        # Ends the watcher. communicate() ignores a pipe without a reader.
        self._process.communicate(b"\n")
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def start(
    command: Sequence[str | Path],
    *,
    stop_signal: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity | None = None,
    output: IO[bytes] | int | None = None,
    throw_away: Path | None = None,
) -> Child:
    """Starts `command`. If this process dies, the child is stopped and `throw_away` is deleted."""
    process = subprocess.Popen(
        ["sh", "-c", LIFELINE, stop_signal.name.removeprefix("SIG"), *map(str, command)],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env={**(os.environ if env is None else env), "THROW_AWAY": str(throw_away or "")},
        cwd=cwd,
        start_new_session=True,
        **(identity or {}),
    )
    return Child(process, stop_signal)
