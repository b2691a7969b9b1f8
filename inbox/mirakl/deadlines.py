"""Time-outs that hold for a call and for a whole answer, and the last moment of a write."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx

from inbox.mirakl.errors import TooLate

# Seconds before its end at which a deadline is over: for the write itself, and for clocks that
# differ between machines.
MARGIN = 5
# It goes on while the machine sleeps. macOS has none of this name, but its monotonic clock does so.
SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# The connection stands, and nothing has left; the head has left, and nothing of the body.
LAST_MOMENTS = ("send_request_headers.started", "send_request_body.started")


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds a read with its retries; a write has no bound but its own pace."""

    connect: float = 5
    read: float = 30
    write: float = 30
    pool: float = 5
    total: float = 30


def clocks() -> tuple[float, float]:
    """The seconds of the clock that does not sleep, and of the one on the wall."""
    return time.clock_gettime(SLEEPLESS), time.time()


class Deadline:
    """By when a write must begin to leave; it is over MARGIN seconds before `moment`.

    Two clocks count: one that goes on while the machine sleeps, and the wall clock, which a machine
    that was frozen from outside puts right.
    """

    def __init__(self, moment: datetime) -> None:
        left = moment.timestamp() - MARGIN - clocks()[1]
        self._ends = tuple(now + left for now in clocks())

    @property
    def is_over(self) -> bool:
        return any(now >= end for now, end in zip(clocks(), self._ends, strict=True))

    def watch(self, event: str, _: Any) -> None:
        """The HTTP library's trace: raises TooLate before the first byte, on each connection."""
        if event.endswith(LAST_MOMENTS) and self.is_over:
            raise TooLate("Its time to leave was over.")


class _Span(float):
    """Seconds for a step of a call, and the moment at which they are over."""

    ends: float

    def __new__(cls, seconds: float) -> "_Span":
        span = super().__new__(cls, seconds)
        span.ends = time.monotonic() + seconds
        return span


class TimeLeft(dict[str, float]):
    """Time-outs that shrink: each step of a call gets at most what the steps before left it."""

    def __init__(self, timeouts: Timeouts, seconds: float = float("inf")) -> None:
        super().__init__(asdict(timeouts))
        self.deadline = time.monotonic() + seconds
        self._kind: type[float] = _Span

    def get(self, step: str, default: Any = None) -> Any:
        left = max(self.deadline - time.monotonic(), 0.001)
        return self._kind(min(super().get(step, left), left))

    def lift(self) -> None:
        """It has begun to arrive; from here on it may take as long as it goes on."""
        self.deadline = float("inf")
        self._kind = float


def punctual(limits: httpx.Limits) -> httpx.HTTPTransport:
    """The HTTP library renews its time-out with every byte that arrives; this one does not."""
    http = httpx.HTTPTransport(limits=limits, trust_env=False)
    # There is no public place for it; a test notices when this one is gone.
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
