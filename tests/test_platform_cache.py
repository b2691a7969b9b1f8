"""A frozen Redis costs one time-out and is then skipped for a moment."""

import pytest
import redis
from django.core.cache import cache
from redis.backoff import NoBackoff

from helpdesk.cache import RetryUnlessAsleep


class Redis:
    """A fake connection: answers or fails as set, and counts its calls."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.asked, self.closed = iter(failures), 0, 0

    def ask(self) -> str:
        retry = RetryUnlessAsleep(NoBackoff(), 1)
        return retry.call_with_retry(self._answer, self._close)

    def _answer(self) -> str:
        self.asked += 1
        if failure := next(self.failures, None):
            raise failure
        return "PONG"

    def _close(self, _error: Exception) -> None:
        self.closed += 1


@pytest.mark.parametrize("hangs", [redis.TimeoutError(), TimeoutError()])
def test_it_is_not_asked_again_at_once(hangs: Exception) -> None:
    server = Redis(hangs, hangs)

    for _call in range(3):
        with pytest.raises((redis.TimeoutError, TimeoutError)):
            server.ask()

    assert server.asked == server.closed == 2


def test_it_is_asked_again_after_a_moment() -> None:
    server = Redis(redis.TimeoutError(), redis.TimeoutError())
    with pytest.raises(redis.TimeoutError):
        server.ask()

    RetryUnlessAsleep.asleep_until = 0.0

    assert server.ask() == "PONG"


def test_one_hitch_is_none() -> None:
    server = Redis(redis.TimeoutError())

    assert server.ask() == server.ask() == "PONG"


def test_a_connection_that_broke_is_made_again() -> None:
    server = Redis(redis.ConnectionError())

    assert server.ask() == "PONG"
    assert server.asked == 2


def test_the_cache_goes_by_it() -> None:
    RetryUnlessAsleep.asleep_until = float("inf")

    with pytest.raises(redis.TimeoutError):
        cache.get("anything")
