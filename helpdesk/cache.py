"""How values lie in Redis, and how calls to it fail: at once, where the last one timed out."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

Answer = TypeVar("Answer")

ASLEEP_SECONDS = 5.0


class JsonSerializer:
    """JSON, so that reading a value runs nothing, whatever somebody wrote into Redis.

    A value that cannot be read is None, as one that is not there.
    """

    def dumps(self, value: Any) -> bytes:
        # Integers are their digits, as INCR wants them.
        return msgspec.json.encode(value)

    def loads(self, data: bytes) -> Any:
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class RetryUnlessAsleep(Retry):
    """A Redis that hangs costs a page the time-outs of one call, not those of each it makes."""

    # Of the process: each connection has a copy of its own of this.
    asleep_until = 0.0

    def call_with_retry(
        self, do: Callable[[], Answer], fail: Callable[..., Any], *args: Any, **named: Any
    ) -> Answer:
        if time.monotonic() < RetryUnlessAsleep.asleep_until:
            raise redis.TimeoutError("Redis did not answer a moment ago")
        try:
            return super().call_with_retry(do, fail, *args, **named)
        except (redis.TimeoutError, TimeoutError):
            RetryUnlessAsleep.asleep_until = time.monotonic() + ASLEEP_SECONDS
            raise


# By itself redis-py tries for seconds, in which a page would show nothing.
QUICK: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": RetryUnlessAsleep(NoBackoff(), 1),
}
