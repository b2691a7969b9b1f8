"""Findings of checks that run side by side, each with a deadline."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db import OperationalError, connections
from redis import RedisError

# A check that has not ended by then is a finding of its own.
DEADLINE_SECONDS = 10.0


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"  # works now, and may not for long
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What a check has seen; `remedy` says what to do about it."""

    part: str
    state: State
    words: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


Check = Callable[[], Iterator[Finding]]


def ok(part: str, words: str) -> Finding:
    return Finding(part, State.OK, words)


def warning(part: str, words: str, remedy: str) -> Finding:
    return Finding(part, State.WARNING, words, remedy)


def problem(part: str, words: str, remedy: str) -> Finding:
    return Finding(part, State.PROBLEM, words, remedy)


class Run(threading.Thread):
    """One check in its own thread. A hanging one does not keep the process from ending."""

    def __init__(self, part: str, check: Check) -> None:
        super().__init__(daemon=True, name=f"doctor {part}")
        self._part, self._check = part, check
        self._findings: list[Finding] = []

    def run(self) -> None:
        try:
            self._findings = list(self._check())
        except Exception as error:  # one broken check hides no other
            self._findings = [problem(self._part, _told(error), _remedy_of(error))]
        finally:
            connections.close_all()

    def findings(self, seconds: float) -> list[Finding]:
        self.join(seconds)
        if self.is_alive():
            words = f"no answer within {DEADLINE_SECONDS:.0f} seconds"
            return [problem(self._part, words, "See if the part hangs, and its log.")]
        return self._findings


def run_checks(checks: dict[str, Check]) -> list[Finding]:
    """Findings in the order of the checks, after DEADLINE_SECONDS at the latest."""
    runs = [Run(part, check) for part, check in checks.items()]
    until = time.monotonic() + DEADLINE_SECONDS
    for one in runs:
        one.start()
    return [finding for one in runs for finding in one.findings(max(0, until - time.monotonic()))]


def _remedy_of(error: Exception) -> str:
    if isinstance(error, OperationalError):
        return "Start PostgreSQL, or correct DATABASE_URL."
    if isinstance(error, RedisError):
        return "Start Redis, or correct REDIS_URL."
    return "Repair what this names, then run this again."


def _told(error: Exception) -> str:
    """The first line of an error: a driver's message has several."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
