"""Stores cache values as JSON, and makes calls to Redis fail at once after a time-out."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import msgspec
import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
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


class QuickRedis(RedisCacheClient):
    """Keeps its client: Django makes one for each command, which takes longer than the command."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)


class QuickCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = QuickRedis


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
