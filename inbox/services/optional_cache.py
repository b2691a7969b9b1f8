"""A cache for callers that can do without it: without Redis, every value is missing.

A value of an unexpected type counts as missing too: other programs may write to Redis.
"""

import logging
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from django.core.cache import cache
from redis import RedisError

T = TypeVar("T")

log = logging.getLogger(__name__)
NOT_THERE = "Redis does not answer: %s is neither read nor kept"


def get(key: str, kind: type[T]) -> T | None:
    value: T | None = (get_many({key: kind}) or {}).get(key)
    return value


def get_many(kinds: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values that exist and have the type given for their key; None without Redis."""
    try:
        found: dict[str, Any] = cache.get_many(kinds)
    except RedisError:
        log.warning(NOT_THERE, list(kinds))
        return None
    read = {key: _convert(value, kinds[key]) for key, value in found.items()}
    return {key: value for key, value in read.items() if value is not None}


def _convert(value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None


def put(key: str, value: Any, seconds: float) -> None:
    try:
        cache.set(key, value, seconds)
    except RedisError:
        log.warning(NOT_THERE, key)


def claim(key: str, seconds: float) -> bool:
    """True for one caller within `seconds`; without Redis for every caller."""
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
