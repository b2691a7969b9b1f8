"""Questions to Mirakl that several displays share: within a process, and between processes.

Within one, a question under way is kept, and whoever asks the same again joins it: a slow
marketplace whose answer comes after its page has gone is not asked twice, because the page's next
request finds the answer here. One that nobody comes for is dropped, and nothing is lost by that:
marks and tokens move only when an answer has been written, so the next display asks again.

Between processes, a lease on the marketplace's row says who asks; the others watch the row.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.utils import timezone

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import database_clock
from inbox.services.marketplaces import breaker, clients

PAGE_SIZE = 100
# A marketplace whose page was too large to take is asked for smaller ones for so long.
SMALLER_FOR = timedelta(hours=1)
# No display has as much time as this.
LONGEST_LEASE = timedelta(minutes=5)

# Threads of the pool only fetch: they touch neither database nor request.
_pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="mirakl")
_under_way: dict[tuple[int, "Question"], "Asked"] = {}
_registry = Lock()


@dataclass(frozen=True)
class Question:
    """One page of M11: what changed since a moment, or the page that a token stands for."""

    updated_since: datetime | None = None
    page_token: str = ""
    # Threads on it; 0: as many as usual, without their messages. A token carries its own.
    limit: int | None = None


@dataclass
class Asked:
    answer: "Future[mirakl.ThreadPage]"
    at: datetime  # by the database's clock
    began: float  # as shared_clock.seconds()
    # How many of its threads are in the mirror, and whether one was news: a large answer is
    # written piece by piece, perhaps by several displays.
    written: int = 0
    is_news: bool = False

    @property
    def is_stale(self) -> bool:
        """Too old to be shown as what Mirakl says now."""
        patience: float = max(settings.INBOX_FRESH_SECONDS, settings.INBOX_PATIENCE_SECONDS)
        return database_clock.seconds() - self.began > patience


def ask(marketplace: Marketplace, question: Question, at: datetime) -> Asked:
    """Put the question, or join it where it is under way, until it is `settled`."""
    key = (marketplace.pk, question)
    with _registry:
        _forget_stale()
        known = _under_way.get(key)
        if known is None or known.at < (marketplace.refreshed_at or known.at):
            client, codes = clients.client_for(marketplace), marketplace.channel_codes
            # In the request's own context, whose id stands in the log of the call.
            answer = _pool.submit(copy_context().run, read_page, client, question, codes)
            _under_way[key] = Asked(answer, at, database_clock.seconds())
        return _under_way[key]


def settled(marketplace: Marketplace, question: Question) -> None:
    """All of the answer is written: from here on the same question is a new one."""
    with _registry:
        _under_way.pop((marketplace.pk, question), None)


def read_page(
    client: mirakl.MiraklClient, question: Question, channel_codes: Iterable[str]
) -> mirakl.ThreadPage:
    if question.page_token:
        # A token holds its own filters: everything else would be ignored.
        return client.list_threads(
            page_token=question.page_token, timeout=settings.INBOX_PATIENCE_SECONDS
        )
    limit = PAGE_SIZE if question.limit is None else question.limit
    return client.list_threads(
        updated_since=question.updated_since,
        with_messages=limit > 0,
        channel_codes=list(channel_codes),
        limit=limit or PAGE_SIZE,
        timeout=settings.INBOX_PATIENCE_SECONDS,
    )


def _forget_stale() -> None:
    stale = [key for key, asked in _under_way.items() if asked.is_stale and asked.answer.done()]
    for key in stale:
        del _under_way[key]


# -- pages that are too large ---------------------------------------------


def limit_of(marketplace: Marketplace) -> int | None:
    """How many threads a page of it is to have; None for as many as usual."""
    since, now = marketplace.page_limited_at, timezone.now()
    is_in_force = database_clock.is_within(since, SMALLER_FOR, now=now)
    return marketplace.page_limit if is_in_force else None


def ask_for_less(marketplace: Marketplace) -> bool:
    """Halve its pages, at last leave the messages out; False where there is no less to ask for.

    A conversation without its messages gets them when it is opened.
    """
    limit = limit_of(marketplace)
    limit = PAGE_SIZE if limit is None else limit
    if limit == 0:
        return False
    return breaker.put(marketplace, {"page_limit": limit // 2, "page_limited_at": timezone.now()})


# -- the lease ------------------------------------------------------------


def claim(row: Marketplace, until: datetime, *, now: datetime) -> bool:
    """True for the one display that is to ask; `row` is as just read."""
    # A lease that ends later than any lasts was given by a clock that was ahead.
    if row.asking_until and now < row.asking_until <= now + LONGEST_LEASE:
        return False
    found = {name: getattr(row, name) for name in ("asking_until", "refreshed_at", "retry_at")}
    change = {"asking_until": until}
    if row.retry_at:
        # The first after a rest: until it knows more, no other tries.
        change["retry_at"] = now + breaker.PROBE_FOR
    return breaker.put(row, change, found=found)


def release(row: Marketplace) -> None:
    breaker.put(row, {"asking_until": None}, found={"asking_until": row.asking_until})


def leave(row: Marketplace) -> None:
    """Release while the answer is under way: whoever comes next may join, even after a rest."""
    change = {"asking_until": None, "retry_at": None}
    breaker.put(row, change, found={"asking_until": row.asking_until})
