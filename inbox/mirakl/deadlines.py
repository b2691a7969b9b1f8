"""Time-outs for whole calls and answers, and deadlines of writes."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx

from inbox.mirakl.errors import TooLate

# A deadline ends so many seconds early: for the write itself, and for clocks that differ between
# machines.
MARGIN = 5
# Keeps counting while the machine sleeps. macOS has no CLOCK_BOOTTIME, but its monotonic clock
# counts too.
SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# First: connected, nothing has left. Second: the head has left, nothing of the body.
LAST_MOMENTS = ("send_request_headers.started", "send_request_body.started")


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds a read with its retries; a write is bounded by its pace only."""

    connect: float = 5
    read: float = 30
    write: float = 30
    pool: float = 5
    total: float = 30


def clocks() -> tuple[float, float]:
    """Seconds of a clock that counts during sleep, and of the wall clock."""
    return time.clock_gettime(SLEEPLESS), time.time()


class Deadline:
    """When a write must have begun; it is over MARGIN seconds before `moment`.

    Two clocks count: one that counts while the machine sleeps, and the wall clock, which is right
    again after the machine was frozen from outside.
    """

    def __init__(self, moment: datetime) -> None:
        left = moment.timestamp() - MARGIN - clocks()[1]
        self._ends = tuple(now + left for now in clocks())

    @property
    def is_over(self) -> bool:
        return any(now >= end for now, end in zip(clocks(), self._ends, strict=True))

    def watch(self, event: str, _: Any) -> None:
        """Trace hook of the HTTP library: raises TooLate before a connection's first byte."""
        if event.endswith(LAST_MOMENTS) and self.is_over:
            raise TooLate("Its time to leave was over.")


class _Span(float):
    """Seconds for one step of a call, and when they are over."""

    ends: float

    def __new__(cls, seconds: float) -> "_Span":
        span = super().__new__(cls, seconds)
        span.ends = time.monotonic() + seconds
        return span


class TimeLeft(dict[str, float]):
    """Shrinking time-outs: each step of a call gets at most what the steps before left."""

    def __init__(self, timeouts: Timeouts, seconds: float = float("inf")) -> None:
        super().__init__(asdict(timeouts))
        self.deadline = time.monotonic() + seconds
        self._kind: type[float] = _Span

    def get(self, step: str, default: Any = None) -> Any:
        left = max(self.deadline - time.monotonic(), 0.001)
        return self._kind(min(super().get(step, left), left))

    def lift(self) -> None:
        """Remove the bound: the answer has begun, and may take as long as it makes progress."""
        self.deadline = float("inf")
        self._kind = float


def punctual(limits: httpx.Limits) -> httpx.HTTPTransport:
    """The HTTP library renews its time-out with every byte that arrives; this one does not."""
    http = httpx.HTTPTransport(limits=limits, trust_env=False)
    # There is no public API for this; a test notices if the attribute disappears.
    pool: Any = http._pool
    pool._network_backend = _Network(pool._network_backend)
    return http


class _Network:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect_tcp(self, *args: Any, **kwargs: Any) -> "_Stream":
        return _Stream(self._inner.connect_tcp(*args, **kwargs))


class _Stream:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if isinstance(timeout, _Span):
            timeout = max(timeout.ends - time.monotonic(), 0.001)
        data: bytes = self._inner.read(max_bytes, timeout=timeout)
        return data

    def start_tls(self, *args: Any, **kwargs: Any) -> "_Stream":
        return _Stream(self._inner.start_tls(*args, **kwargs))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
