"""The cache for callers that can do without it: with Redis gone, nothing is there."""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from redis import RedisError

log = logging.getLogger(__name__)
NOT_THERE = "Redis does not answer: %s is neither read nor kept"


def get(key: str) -> Any | None:
    return (get_many([key]) or {}).get(key)


def get_many(keys: Iterable[str]) -> dict[str, Any] | None:
    """The values that are there; None where Redis is gone."""
    keys = list(keys)
    try:
        found: dict[str, Any] = cache.get_many(keys)
    except RedisError:
        log.warning(NOT_THERE, keys)
        return None
    return found


def put(key: str, value: Any, seconds: float) -> None:
    try:
        cache.set(key, value, seconds)
    except RedisError:
        log.warning(NOT_THERE, key)


def claim(key: str, seconds: float) -> bool:
    """True for one of all who ask within `seconds`; without Redis for each of them."""
    try:
        return bool(cache.add(key, True, seconds))
    except RedisError:
        log.warning(NOT_THERE, key)
        return True


def release(key: str) -> None:
    try:
        cache.delete(key)
    except RedisError:
        log.warning(NOT_THERE, key)
