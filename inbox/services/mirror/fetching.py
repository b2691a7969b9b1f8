"""Requests to Mirakl shared by several displays, within a process and between processes.

Within a process, a request under way is kept and displays that need the same page join it. So a
slow marketplace that answers after its page was rendered is not called twice: the page's next
request finds the answer here. An answer that no display collects is dropped. Nothing is lost: marks
and tokens move only when an answer has been written, so the next display requests it again.

Between processes, a lease in the mirror's state says which one calls; the others watch the row.
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
from inbox.models import Marketplace, MirrorState
from inbox.models.mirror_state import MirrorChange
from inbox.services import database_clock
from inbox.services.marketplaces import breaker, clients

PAGE_SIZE = 100
# A marketplace whose page was too large is pending for smaller pages for this long.
SMALLER_FOR = timedelta(hours=1)
# Longer than the deadline of any display.
LONGEST_LEASE = timedelta(minutes=5)
# What a claim relies on: where reading goes on, and whether it may begin.
EXPECTED = ("lease_until", "refreshed_at", "retry_at", "high_water_at", "delta_token")

# The pool's threads only fetch: they touch neither database nor request.
_pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="mirakl")
_under_way: dict[tuple[int, "PageRequest"], "PendingFetch"] = {}
_registry = Lock()


@dataclass(frozen=True)
class PageRequest:
    """One page of M11: the changes since a moment, or the page that a token stands for."""

    updated_since: datetime | None = None
    page_token: str = ""
    # Threads on the page; 0: the usual number, without their messages. A token carries its own
    # limit.
    limit: int | None = None


@dataclass
class PendingFetch:
    answer: "Future[mirakl.ThreadPage]"
    at: datetime  # by the database's clock
    began: float  # as database_clock.seconds()
    # Its threads that are not in the mirror as they are here, once compared; how many of these have
    # been written, and whether one was new. A large answer is written piece by piece, perhaps by
    # several displays.
    changed: list[mirakl.Thread] | None = None
    written: int = 0
    is_news: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether the answer is too old to be shown as current."""
        patience: float = max(settings.INBOX_FRESH_SECONDS, settings.INBOX_PATIENCE_SECONDS)
        return database_clock.seconds() - self.began > patience


def start_fetch(marketplace: Marketplace, request: PageRequest, at: datetime) -> PendingFetch:
    """Start this request, or join it if it is under way, until it is `settled`."""
    key = (marketplace.pk, request)
    with _registry:
        _forget_stale()
        known = _under_way.get(key)
        if known is None or known.at < (marketplace.mirror.refreshed_at or known.at):
            client, codes = clients.build_client(marketplace), marketplace.channel_codes
            # Runs in the request's context, so that the call's log line carries the request id.
            answer = _pool.submit(copy_context().run, fetch_page, client, request, codes)
            _under_way[key] = PendingFetch(answer, at, database_clock.seconds())
        return _under_way[key]


def forget_fetch(marketplace: Marketplace, request: PageRequest) -> None:
    """Forget a request whose answer is written: the same page is then fetched again."""
    with _registry:
        _under_way.pop((marketplace.pk, request), None)


def fetch_page(
    client: mirakl.MiraklClient, request: PageRequest, channel_codes: Iterable[str]
) -> mirakl.ThreadPage:
    if request.page_token:
        # A token contains its filters: Mirakl would ignore any others.
        return client.list_threads(
            page_token=request.page_token, timeout=settings.INBOX_PATIENCE_SECONDS
        )
    limit = PAGE_SIZE if request.limit is None else request.limit
    return client.list_threads(
        updated_since=request.updated_since,
        with_messages=limit > 0,
        channel_codes=list(channel_codes),
        limit=limit or PAGE_SIZE,
        timeout=settings.INBOX_PATIENCE_SECONDS,
    )


def _forget_stale() -> None:
    stale = [
        key for key, pending in _under_way.items() if pending.is_stale and pending.answer.done()
    ]
    for key in stale:
        del _under_way[key]


# -- pages that are too large ---------------------------------------------


def get_page_limit(marketplace: Marketplace) -> int | None:
    """How many threads to request per page; None for the usual number."""
    state, now = marketplace.mirror, timezone.now()
    is_in_force = database_clock.is_within(state.page_limited_at, SMALLER_FOR, now=now)
    return state.page_limit if is_in_force else None


def reduce_page_limit(marketplace: Marketplace) -> bool:
    """Halve the page size, in the end drop the messages; False if it cannot get smaller.

    A thread without its messages gets them when it is opened.
    """
    limit = get_page_limit(marketplace)
    limit = PAGE_SIZE if limit is None else limit
    if limit == 0:
        return False
    change: MirrorChange = {"page_limit": limit // 2, "page_limited_at": timezone.now()}
    return marketplace.mirror.write(change)


# -- the lease ------------------------------------------------------------


def claim_lease(state: MirrorState, until: datetime, *, now: datetime) -> bool:
    """True for the one display that may call; False if `state` is no longer as it was read."""
    # A lease that ends later than the longest one was set by a clock that was ahead.
    if state.lease_until and now < state.lease_until <= now + LONGEST_LEASE:
        return False
    expected = {name: getattr(state, name) for name in EXPECTED}
    change: MirrorChange = {"lease_until": until}
    if state.retry_at:
        # The first call after a rest: no other display tries until its result is known.
        change["retry_at"] = now + breaker.PROBE_FOR
    return state.write(change, expected=expected)


def release_lease(state: MirrorState) -> None:
    state.write({"lease_until": None}, expected={"lease_until": state.lease_until})


def hand_over_lease(state: MirrorState) -> None:
    """Release the lease with the answer under way: other displays may join, even after a rest."""
    change: MirrorChange = {"lease_until": None, "retry_at": None}
    state.write(change, expected={"lease_until": state.lease_until})
