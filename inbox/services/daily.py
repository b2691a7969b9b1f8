"""Answers of Mirakl's that hold for a day: kept in the cache, asked for by pages that show them.

A page waits a moment for the first answer of a day and no longer: one that comes later is there
for the next display. Of displays that come together one asks, whatever process they are in.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from hashlib import sha256
from typing import Any, TypeVar

import redis
from django.core.cache import cache

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import gateway

log = logging.getLogger(__name__)
T = TypeVar("T")

KEEP_SECONDS = 24 * 3600
# What failed is left alone for a while, or every display would wait for it again.
REST_SECONDS = 60
WAIT_SECONDS = 1.0
LOOK_EVERY = 0.03
# Whoever asks has this long before another display may.
LEASE_SECONDS = 30
# Its own threads: slow answers here never keep those that an inbox waits for.
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="mirakl-daily")


def answers(
    name: str,
    marketplaces: Iterable[Marketplace],
    read: Callable[[mirakl.MiraklClient], T],
    *,
    silent: Collection[Marketplace] = (),
) -> dict[int, T]:
    """By marketplace, what `read` made of it today; those without an answer are left out.

    `read` runs in a thread without a database, and what it returns must be picklable. Nothing is
    asked of marketplaces that are failing or `silent`.
    """
    keys = {_key(name, one): one for one in marketplaces}
    try:
        kept = cache.get_many(keys)
        awaited = [key for key, one in keys.items() if key not in kept and _may_ask(one, silent)]
        for key in awaited:
            _ask(key, keys[key], read)
        kept |= _await(awaited)
    except redis.RedisError:
        log.warning("No cache: what holds for a day is not asked for")
        return {}
    return {keys[key].pk: answer for key, answer in kept.items() if answer is not None}


def _key(name: str, marketplace: Marketplace) -> str:
    # Another address or credential, other answers.
    account = f"{marketplace.base_url} {marketplace.sealed_credential} {marketplace.shop_id}"
    return f"daily:{name}:{marketplace.pk}:{sha256(account.encode()).hexdigest()}"


def _may_ask(marketplace: Marketplace, silent: Collection[Marketplace]) -> bool:
    return marketplace.failing_since is None and marketplace not in silent


def _ask(key: str, marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], Any]) -> None:
    """Ask in the background, unless another display does already."""
    if cache.add(f"{key}:asked", True, LEASE_SECONDS):
        try:
            client = gateway.client_for(marketplace)
        except mirakl.MiraklError:
            cache.set(key, None, REST_SECONDS)
        else:
            _pool.submit(copy_context().run, _keep, key, client, read)


def _keep(
    key: str, client: mirakl.MiraklClient, read: Callable[[mirakl.MiraklClient], Any]
) -> None:
    try:
        answer, seconds = read(client), KEEP_SECONDS
    except mirakl.MiraklError as error:
        log.info("%s is not known today: %s", key, type(error).__name__)
        answer, seconds = None, REST_SECONDS
    try:
        cache.set(key, answer, seconds)
    except redis.RedisError:
        log.warning("No cache: %s is asked for again", key)


def _await(keys: Collection[str]) -> dict[str, Any]:
    """What comes of these in the time that a page has for them."""
    ends_at, found = time.monotonic() + WAIT_SECONDS, dict[str, Any]()
    while len(found) < len(keys) and time.monotonic() < ends_at:
        time.sleep(LOOK_EVERY)
        found = cache.get_many(keys)
    return found
