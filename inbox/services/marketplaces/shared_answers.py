"""Answers of Mirakl's that displays share through Redis, whatever process they are in.

Of those who want an answer at once, one asks; the others wait a moment for what it gets. Without
Redis each asks for itself.
"""

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Generic, TypeVar, cast

import msgspec

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import optional_cache

T = TypeVar("T")

# The one who asks has this long before another may.
LEASE_SECONDS = 30
LOOK_EVERY_SECONDS = 0.03
# What was fetched together ends up to a tenth of its time apart.
SPREAD = 0.1
# Failures that a caller tells apart; any other is Unavailable to those who did not ask themselves.
TOLD_APART = {one.__name__: one for one in (mirakl.BadCredentials, mirakl.Forbidden)}


class Kept(msgspec.Struct, Generic[T], frozen=True):
    """The last answer, and the failure of a question since."""

    at: float  # of the last question, as time.time()
    answer: T | None = None
    failure: str = ""


@dataclass(frozen=True)
class Question(Generic[T]):
    """Where an answer lies, its type, and how many seconds it holds."""

    key: str
    kind: type[T]
    fresh_for: float
    kept_for: float  # an answer that is no longer fresh can still be the last one
    rest_for: float  # after a failure

    @property
    def lease(self) -> str:
        return f"{self.key}:asked"

    def is_settled(self, kept: Kept[T] | None) -> bool:
        """Whether nobody needs to ask now."""
        if kept is None or (kept.answer is None and not kept.failure):
            return False
        # One from a clock that was ahead is as old as can be.
        return 0 <= time.time() - kept.at < (self.rest_for if kept.failure else self.fresh_for)


def question(
    marketplace: Marketplace,
    name: str,
    kind: type[T],
    *about: str,
    fresh_for: float,
    kept_for: float = 0,
    rest_for: float = 0,
) -> Question[T]:
    """Another address or credential, or another shape of the record, is another question."""
    account = (marketplace.base_url, marketplace.sealed_credential, marketplace.shop_id)
    whole = sha256(msgspec.json.encode((account, about, _shape(cast(Any, kind))))).hexdigest()
    longest = max(fresh_for, kept_for, rest_for)
    key = f"{name}:{marketplace.pk}:{whole}"
    return Question(key, kind, fresh_for=fresh_for, kept_for=longest, rest_for=rest_for)


def shared_answer(asked: Question[T], fetch: Callable[[], T], *, wait: float = 0) -> T:
    """What `fetch` gives, now or for another display a moment ago.

    Raises MiraklError where it fails, has just failed, or gives another display nothing within
    `wait` seconds.
    """
    kept = read(asked)
    if not asked.is_settled(kept):
        if claim(asked):
            return fetch_and_keep(asked, fetch)
        kept = _await(asked, wait)
    if kept is None or kept.answer is None or kept.failure:
        failure = TOLD_APART.get(kept.failure if kept else "", mirakl.Unavailable)
        raise failure("It failed for another display, or is still answering it.")
    return kept.answer


def read(asked: Question[T]) -> Kept[T] | None:
    """Fresh or not; None where there is none."""
    return (read_many([asked]) or {}).get(asked)


def read_many(asked: Collection[Question[T]]) -> dict[Question[T], Kept[T]] | None:
    """Of those that are there; None where Redis is gone."""
    found = optional_cache.get_many({one.key: Kept[one.kind] for one in asked})  # type: ignore[name-defined]
    if found is None:
        return None
    return {one: found[one.key] for one in asked if one.key in found}


def claim(asked: Question[Any]) -> bool:
    """Whether the caller is the one to fetch and keep the answer."""
    return optional_cache.claim(asked.lease, LEASE_SECONDS)


def fetch_and_keep(asked: Question[T], fetch: Callable[[], T]) -> T:
    """For the one who has claimed the question."""
    try:
        answer = fetch()
    except mirakl.MiraklError as error:
        last = read(asked)
        answer_before = last.answer if last else None
        _keep(asked, Kept(time.time(), answer_before, type(error).__name__))
        raise
    else:
        earlier = random.uniform(0, SPREAD) * asked.fresh_for  # noqa: S311
        _keep(asked, Kept(time.time() - earlier, answer))
        return answer
    finally:
        optional_cache.release(asked.lease)


def _keep(asked: Question[T], kept: Kept[T]) -> None:
    if asked.kept_for:
        optional_cache.put(asked.key, kept, asked.kept_for)


def _await(asked: Question[T], seconds: float) -> Kept[T] | None:
    """What another display gets, a failure too; None where nothing comes of it in time."""
    began = time.time()
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        time.sleep(LOOK_EVERY_SECONDS)
        kept = read(asked)
        if kept and (kept.at > began or asked.is_settled(kept)):
            return kept
    return None


@cache
def _shape(kind: Any) -> Any:
    """Changes with any field of the record: no version of the desk reads another's."""
    return msgspec.json.schema(Kept[kind])
