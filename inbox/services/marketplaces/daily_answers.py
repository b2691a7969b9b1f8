"""Answers of Mirakl's that are valid for a day: kept in Redis, fetched by pages that show them.

A page waits a moment for the first answer of a day: a later one is there for the next display. If
several displays need it at once, one of them calls, across all processes.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services.marketplaces import clients, shared_answers
from inbox.services.marketplaces.shared_answers import AnswerKey

log = logging.getLogger(__name__)
T = TypeVar("T")

DAY_SECONDS = 24 * 3600
# The last answer is shown while the next is fetched.
KEEP_SECONDS = 2 * DAY_SECONDS
# After a failure, displays do not try again for this long: each would wait for it.
REST_SECONDS = 60
WAIT_SECONDS = 1.0
# A pool of its own: slow answers here must not delay those the inbox waits for.
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="mirakl-daily")


def get_daily_answers(
    name: str,
    kind: type[T],
    marketplaces: Iterable[Marketplace],
    read: Callable[[mirakl.MiraklClient], T],
    *,
    silent: Collection[Marketplace] = (),
) -> dict[int, T]:
    """Today's results of `read` by marketplace pk; marketplaces without an answer are left out.

    `read` runs in a thread without a database. Marketplaces that fail or are in `silent` are not
    called. Without Redis none is: each display would call them again.
    """
    asked = {_question(name, kind, one): one for one in marketplaces}
    kept = shared_answers.read_answers(asked)
    if kept is None:
        return {}
    wanted = [one for one in asked if not one.is_settled(kept.get(one))]
    wanted = [one for one in wanted if _may_ask(asked[one], silent)]
    for one in wanted:
        _ask(one, asked[one], read)
    missing = [one for one in wanted if one not in kept]
    kept |= shared_answers.await_answers(missing, WAIT_SECONDS)
    told = {asked[one].pk: last.answer for one, last in kept.items()}
    return {pk: answer for pk, answer in told.items() if answer is not None}


def read_daily_answer(
    name: str, kind: type[T], marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], T]
) -> T:
    """Today's result of `read`, which is called here if no display has. Raises MiraklError."""
    asked = _question(name, kind, marketplace)
    return shared_answers.get_shared_answer(
        asked, lambda: read(clients.build_client(marketplace)), wait=WAIT_SECONDS
    )


def _question(name: str, kind: type[T], marketplace: Marketplace) -> AnswerKey[T]:
    return shared_answers.build_key(
        marketplace,
        f"daily:{name}",
        kind,
        fresh_for=DAY_SECONDS,
        kept_for=KEEP_SECONDS,
        rest_for=REST_SECONDS,
    )


def _may_ask(marketplace: Marketplace, silent: Collection[Marketplace]) -> bool:
    return marketplace.mirror.failing_since is None and marketplace not in silent


def _ask(
    asked: AnswerKey[T], marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], T]
) -> None:
    """Fetch in the background, unless another display does already."""
    if shared_answers.claim_fetch(asked):
        _pool.submit(copy_context().run, _fetch, asked, marketplace, read)


def _fetch(
    asked: AnswerKey[T], marketplace: Marketplace, read: Callable[[mirakl.MiraklClient], T]
) -> None:
    try:
        shared_answers.fetch_and_store(asked, lambda: read(clients.build_client(marketplace)))
    except mirakl.MiraklError as error:
        log.info("%s is not known today: %s", asked.key, type(error).__name__)
