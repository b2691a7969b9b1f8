"""Answers of Mirakl's that hold for a day: kept in Redis, asked for by pages that show them.

A page waits a moment for the first answer of a day and no longer: one that comes later is there
for the next display. Of displays that come together one asks, whatever process they are in.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services.marketplaces import clients, shared_answers
from inbox.services.marketplaces.shared_answers import Kept, Question

log = logging.getLogger(__name__)
T = TypeVar("T")

DAY_SECONDS = 24 * 3600
# The last answer is shown while the next is asked for.
KEEP_SECONDS = 2 * DAY_SECONDS
# What failed is left alone for a while, or every display would wait for it again.
REST_SECONDS = 60
WAIT_SECONDS = 1.0
# Its own threads: slow answers here never keep those that an inbox waits for.
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="mirakl-daily")


def answers(
    name: str,
    kind: type[T],
    marketplaces: Iterable[Marketplace],
    read: Callable[[mirakl.MiraklClient], T],
    *,
    silent: Collection[Marketplace] = (),
) -> dict[int, T]:
    """By marketplace, what `read` made of it today; those without an answer are left out.

    `read` runs in a thread without a database. Nothing is asked of marketplaces that are failing
    or `silent`, and nothing at all without Redis: each display would ask anew.
    """
    asked = {_question(name, kind, one): one for one in marketplaces}
    kept = shared_answers.read_many(asked)
    if kept is None:
        return {}
    wanted = [one for one in asked if not one.is_settled(kept.get(one))]
    wanted = [one for one in wanted if _may_ask(asked[one], silent)]
    for one in wanted:
        _ask(one, asked[one], read)
    kept |= _await([one for one in wanted if one not in kept])
    told = {asked[one].pk: last.answer for one, last in kept.items()}
    return {pk: answer for pk, answer in told.items() if answer is not None}


def _question(name: str, kind: type[T], marketplace: Marketplace) -> Question[T]:
    return shared_answers.question(
        marketplace,
        f"daily:{name}",
        kind,
        fresh_for=DAY_SECONDS,
        kept_for=KEEP_SECONDS,
        rest_for=REST_SECONDS,
    )


def _may_ask(marketplace: Marketplace, silent: Collection[Marketplace]) -> bool:
    return marketplace.failing_since is None and marketplace not in silent


def _ask(
    asked: Question[T], marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], T]
) -> None:
    """Ask in the background, unless another display does already."""
    if shared_answers.claim(asked):
        _pool.submit(copy_context().run, _fetch, asked, marketplace, read)


def _fetch(
    asked: Question[T], marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], T]
) -> None:
    try:
        shared_answers.fetch_and_keep(asked, lambda: read(clients.client_for(marketplace)))
    except mirakl.MiraklError as error:
        log.info("%s is not known today: %s", asked.key, type(error).__name__)


def _await(asked: Collection[Question[T]]) -> dict[Question[T], Kept[T]]:
    """What comes of these in the time that a page has for them."""
    ends_at, found = time.monotonic() + WAIT_SECONDS, dict[Question[T], Kept[T]]()
    while len(found) < len(asked) and time.monotonic() < ends_at:
        time.sleep(shared_answers.LOOK_EVERY_SECONDS)
        found = shared_answers.read_many(asked) or {}
    return found
