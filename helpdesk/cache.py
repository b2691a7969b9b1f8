"""Stores cache values as JSON, and makes calls to Redis fail at once after a time-out."""

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
    """Stores values as JSON: reading one never executes data from Redis.

    A value that cannot be read counts as missing (None).
    """

    def dumps(self, value: Any) -> bytes:
        # INCR needs plain digits.
        return msgspec.json.encode(value)

    def loads(self, data: bytes) -> Any:
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class RetryUnlessAsleep(Retry):
    """A frozen Redis costs a page one time-out, not one for each call."""

    # Shared by the process: each connection has its own copy of this object.
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


# By default redis-py retries for seconds, and the page shows nothing meanwhile.
QUICK: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": RetryUnlessAsleep(NoBackoff(), 1),
}
