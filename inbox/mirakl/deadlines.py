"""Time-outs that hold for a call and for a whole answer, not only for each byte of it."""

import time
from dataclasses import asdict, dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `total` bounds a read with its retries; a write has no bound but its own pace."""

    connect: float = 5
    read: float = 30
    write: float = 30
    pool: float = 5
    total: float = 30


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
