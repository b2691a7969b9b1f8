"""Answers of Mirakl's that displays of all processes share through Redis.

If several displays need an answer at once, one calls and the others wait a moment for its result.
Without Redis each calls for itself.
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

# After this the lease expires and another display may call.
LEASE_SECONDS = 30
LOOK_EVERY_SECONDS = 0.03
# Answers fetched together expire up to a tenth of their life apart.
SPREAD = 0.1
# Failures that callers distinguish; any other reaches the waiting displays as Unavailable.
TOLD_APART = {one.__name__: one for one in (mirakl.BadCredentials, mirakl.Forbidden)}


class StoredAnswer(msgspec.Struct, Generic[T], frozen=True):
    """The last answer, and the failure of the last call if it failed."""

    at: float  # of the last call, as time.time()
    answer: T | None = None
    failure: str = ""


@dataclass(frozen=True)
class AnswerKey(Generic[T]):
    """The key of an answer, its type, and how many seconds it is fresh."""

    key: str
    kind: type[T]
    fresh_for: float
    kept_for: float  # a stale answer can still serve as the last known one
    rest_for: float  # after a failure

    @property
    def lease(self) -> str:
        return f"{self.key}:asked"

    def is_settled(self, kept: StoredAnswer[T] | None) -> bool:
        """Whether no call is needed now."""
        if kept is None or (kept.answer is None and not kept.failure):
            return False
        # A time in the future, from a clock that was ahead, counts as expired.
        return 0 <= time.time() - kept.at < (self.rest_for if kept.failure else self.fresh_for)


def build_key(
    marketplace: Marketplace,
    name: str,
    kind: type[T],
    *about: str,
    fresh_for: float,
    kept_for: float = 0,
    rest_for: float = 0,
) -> AnswerKey[T]:
    """The key changes with the address, the credentials and the shape of the record."""
    account = (marketplace.base_url, marketplace.sealed_credential, marketplace.shop_id)
    whole = sha256(msgspec.json.encode((account, about, _shape(cast(Any, kind))))).hexdigest()
    longest = max(fresh_for, kept_for, rest_for)
    key = f"{name}:{marketplace.pk}:{whole}"
    return AnswerKey(key, kind, fresh_for=fresh_for, kept_for=longest, rest_for=rest_for)


def get_shared_answer(asked: AnswerKey[T], fetch: Callable[[], T], *, wait: float = 0) -> T:
    """The result of `fetch`, called now or by another display a moment ago.

    Raises MiraklError if it fails, has just failed, or another display has no result within `wait`
    seconds.
    """
    kept = read_answer(asked)
    if not asked.is_settled(kept):
        if claim_fetch(asked):
            return fetch_and_store(asked, fetch)
        kept = await_answers([asked], wait).get(asked)
    if kept is None or kept.answer is None or kept.failure:
        failure = TOLD_APART.get(kept.failure if kept else "", mirakl.Unavailable)
        raise failure("It failed for another display, or is still answering it.")
    return kept.answer


def read_answer(asked: AnswerKey[T]) -> StoredAnswer[T] | None:
    """The stored answer, fresh or not; None if there is none."""
    return (read_answers([asked]) or {}).get(asked)


def read_answers(asked: Collection[AnswerKey[T]]) -> dict[AnswerKey[T], StoredAnswer[T]] | None:
    """The answers that exist; None without Redis."""
    found = optional_cache.get_many({one.key: StoredAnswer[one.kind] for one in asked})  # type: ignore[name-defined]
    if found is None:
        return None
    return {one: found[one.key] for one in asked if one.key in found}


def claim_fetch(asked: AnswerKey[Any]) -> bool:
    """Whether the caller gets the lease to fetch and store the answer.

    Nobody gets it for an answer that is there: it may have come since the caller last looked.
    """
    if not optional_cache.claim(asked.lease, LEASE_SECONDS):
        return False
    if asked.is_settled(read_answer(asked)):
        optional_cache.release(asked.lease)
        return False
    return True


def fetch_and_store(asked: AnswerKey[T], fetch: Callable[[], T]) -> T:
    """Fetch and store the answer; the caller must hold the lease."""
    try:
        answer = fetch()
    except mirakl.MiraklError as error:
        last = read_answer(asked)
        answer_before = last.answer if last else None
        _keep(asked, StoredAnswer(time.time(), answer_before, type(error).__name__))
        raise
    else:
        earlier = random.uniform(0, SPREAD) * asked.fresh_for  # noqa: S311
        _keep(asked, StoredAnswer(time.time() - earlier, answer))
        return answer
    finally:
        optional_cache.release(asked.lease)


def _keep(asked: AnswerKey[T], kept: StoredAnswer[T]) -> None:
    if asked.kept_for:
        optional_cache.put(asked.key, kept, asked.kept_for)


def await_answers(
    asked: Collection[AnswerKey[T]], seconds: float
) -> dict[AnswerKey[T], StoredAnswer[T]]:
    """The results and failures that other threads and displays store within `seconds`."""
    began = time.time()
    ends_at, found = time.monotonic() + seconds, dict[AnswerKey[T], StoredAnswer[T]]()
    while len(found) < len(asked):
        kept = read_answers(asked) or {}
        found = {one: last for one, last in kept.items() if last.at > began or one.is_settled(last)}
        if len(found) == len(asked) or time.monotonic() >= ends_at:
            break
        time.sleep(LOOK_EVERY_SECONDS)
    return found


@cache
def _shape(kind: Any) -> Any:
    """Changes with any field of the record: no version of the desk reads another's data."""
    return msgspec.json.schema(StoredAnswer[kind])
