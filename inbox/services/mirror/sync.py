"""The mirror of Mirakl's threads, refreshed by the displays that show them.

Nothing else calls Mirakl for threads: no schedule, no prefetch. A display waits for the slowest
marketplace up to its deadline, writes what has arrived, and shows the rest as of its last reading.
"""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox import mirakl
from inbox.models import Marketplace, MirrorState, Thread
from inbox.models.prepared import prepared
from inbox.models.threads import ThreadQuerySet
from inbox.services import database_clock
from inbox.services.database_clock import Clock
from inbox.services.marketplaces import breaker, clients, customers
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.mirror import fetching
from inbox.services.mirror.delta import DeltaRead
from inbox.services.mirror.upsert import store_thread, store_threads

# Share of a page's time spent waiting; the rest goes into writing answers and rendering.
WAITED = 0.9
# Seconds between two looks at the row of a marketplace that another display is reading.
LOOK_EVERY = 0.05
# Displays of one thread within this span share an answer.
THREAD_FRESH_FOR = timedelta(seconds=3)
# Longer than a list's: a thread's page has nothing to show without the thread.
THREAD_PATIENCE_SECONDS = 3
LEASE_MARGIN = timedelta(seconds=3)


@dataclass(frozen=True)
class OpenedThread:
    thread: Thread | None
    freshness: Freshness


# -- the inbox ------------------------------------------------------------


def refresh(
    marketplaces: Iterable[Marketplace], *, deadline: float | None = None
) -> list[Freshness]:
    """Refresh the mirror, all marketplaces at once, within `deadline` seconds or the page's time.

    Storefront connections are left out: they show one customer at a time.
    """
    shown = [one for one in marketplaces if one.is_active and one.is_in_inbox]
    seconds = settings.INBOX_DEADLINE_SECONDS * WAITED if deadline is None else deadline
    return _Display(shown, seconds).bring_up_to_date()


class _Display:
    """One page's wait for its marketplaces."""

    def __init__(self, marketplaces: list[Marketplace], seconds: float) -> None:
        self.marketplaces = marketplaces
        self.ends_at = time.monotonic() + seconds
        self.clock = Clock()
        now = self.clock.now()
        self.lease_until = now + timedelta(seconds=seconds) + LEASE_MARGIN
        self.waiting = {one.pk: one for one in marketplaces if not one.mirror.is_fresh(now)}
        self.failures = {one.pk: one.mirror.failures for one in marketplaces}
        self.readings: dict[int, DeltaRead] = {}
        self.outcomes = {
            one.pk: breaker.fresh(one) for one in marketplaces if one.pk not in self.waiting
        }

    def bring_up_to_date(self) -> list[Freshness]:
        try:
            # As the page has just read them: a claim succeeds on unchanged rows only.
            self._look_at([one.mirror for one in self.waiting.values()])
            while (self.waiting or self.readings) and self._time_left() > 0:
                self._await_answers()
                self._look()
        finally:
            for one in self.readings.values():
                fetching.hand_over_lease(one.marketplace.mirror)
        return [self.outcomes.get(one.pk) or breaker.late(one) for one in self.marketplaces]

    def _time_left(self) -> float:
        return self.ends_at - time.monotonic()

    def _look(self) -> None:
        """Request marketplaces that no display is reading; take over what other displays found."""
        if self.waiting:
            self._look_at(list(MirrorState.objects.filter(pk__in=self.waiting)))

    def _look_at(self, states: list[MirrorState]) -> None:
        for state in states:
            marketplace = self.waiting[state.pk]
            marketplace.mirror = state
            if outcome := self._known_outcome(marketplace):
                self._settle(outcome)
            elif fetching.claim_lease(state, self.lease_until, now=self.clock.now()):
                self._begin(marketplace)

    def _known_outcome(self, marketplace: Marketplace) -> Freshness | None:
        now = self.clock.now()
        if marketplace.mirror.is_fresh(now):
            return breaker.fresh(marketplace)
        # Displays that arrive together share a failure too.
        if (
            breaker.is_resting(marketplace.mirror, now)
            or marketplace.mirror.failures > self.failures[marketplace.pk]
        ):
            return breaker.down(marketplace)
        return None

    def _begin(self, marketplace: Marketplace) -> None:
        try:
            with breaker.guarded(marketplace, "M11"):
                self.readings[marketplace.pk] = DeltaRead(marketplace, self.clock)
        except mirakl.MiraklError as error:
            breaker.record_failure(marketplace, error)
            self._settle(breaker.down(marketplace))
        else:
            del self.waiting[marketplace.pk]

    def _settle(self, outcome: Freshness) -> None:
        pk = outcome.marketplace.pk
        self.outcomes[pk] = outcome
        self.waiting.pop(pk, None)
        self.readings.pop(pk, None)
        if outcome.marketplace.mirror.lease_until == self.lease_until:
            fetching.release_lease(outcome.marketplace.mirror)

    def _await_answers(self) -> None:
        answers = {one.pending.answer: one for one in self.readings.values()}
        timeout = self._time_left()
        if self.waiting:
            timeout = min(timeout, LOOK_EVERY)
        if not answers:
            time.sleep(max(timeout, 0))
            return
        done, _pending = wait(answers, timeout, FIRST_COMPLETED)
        # One piece of each in turn: a large answer does not delay the others.
        for answer in done:
            reading = answers[answer]
            if reading.takes > self._time_left():
                self._leave_for_later(reading)
            elif outcome := self._advance(reading):
                self._settle(outcome)

    def _advance(self, reading: DeltaRead) -> Freshness | None:
        try:
            with breaker.guarded(reading.marketplace, "M11"):
                return reading.advance()
        except mirakl.MiraklError as error:
            reading.give_up()
            breaker.record_failure(reading.marketplace, error)
            return breaker.down(reading.marketplace)

    def _leave_for_later(self, reading: DeltaRead) -> None:
        """Keep the answer: the next display continues writing it."""
        fetching.hand_over_lease(reading.marketplace.mirror)
        self._settle(breaker.late(reading.marketplace))


# -- a thread, an order ---------------------------------------------------


def open_thread(
    marketplace: Marketplace,
    mirakl_id: str,
    *,
    deadline: float | None = None,
    force: bool = False,
) -> OpenedThread:
    """The thread from M10, or the mirrored one with an error text if Mirakl does not answer.

    `deadline`: seconds after which a mirrored thread is shown as is, marked late. A thread that is
    not mirrored yet waits longer. `force` calls M10 even if another display has just done so, e.g.
    before a reply is sent.
    """
    thread = next(iter(_mirrored(marketplace=marketplace.pk, mirakl_id=mirakl_id)), None)
    if not mirakl.fits_path(mirakl_id):
        return OpenedThread(thread, _not_askable(marketplace, thread))
    read_at = thread.read_at if thread else None
    now = vars(thread).pop("now") if thread else database_clock.now()
    if not force and database_clock.is_within(read_at, THREAD_FRESH_FOR, now=now):
        return OpenedThread(thread, breaker.fresh(marketplace, read_at))
    customer_id = customers.find_id_by_thread(marketplace, mirakl_id)
    if marketplace.is_storefront and not customer_id:
        return OpenedThread(None, _gone(marketplace, None))
    retry_at = marketplace.mirror.retry_at
    if not breaker.may_call(marketplace):
        return OpenedThread(thread, breaker.down(marketplace, read_at))
    patience = settings.INBOX_DEADLINE_SECONDS + THREAD_PATIENCE_SECONDS
    timeout = deadline if thread and deadline else patience
    try:
        with breaker.guarded(marketplace, "M10"):
            client = clients.build_client(marketplace)
            record = client.read_thread(mirakl_id, customer_id=customer_id or None, timeout=timeout)
            breaker.record_success(marketplace)
            stored = store_thread(marketplace, record, read_at=now)
            if stored and stored.mirakl_id == mirakl_id:
                thread = stored
            if thread and customer_id:
                customers.adopt_threads(marketplace, [record], customer_id)
                thread.customer_id = thread.customer_id or customer_id
    except (mirakl.NotFound, mirakl.Gone):
        return OpenedThread(thread, _gone(marketplace, read_at))
    except mirakl.MiraklError as error:
        if timeout < patience and error.kind == mirakl.FailureKind.TIMEOUT:
            return OpenedThread(thread, _late(marketplace, read_at, retry_at))
        words = _("%(name)s can't show this conversation") % {"name": marketplace.name}
        return OpenedThread(thread, breaker.failed(marketplace, error, read_at, words))
    return OpenedThread(thread, breaker.fresh(marketplace, now))


@prepared
def _mirrored(*, marketplace: int, mirakl_id: str) -> ThreadQuerySet:
    """With the time of the database."""
    found = Thread.objects.filter(marketplace=marketplace, mirakl_id=mirakl_id)
    return found.select_related("assignee").defer("search").annotate(now=database_clock.NOW)


def report_as_stored(thread: Thread) -> Freshness:
    """The freshness of a stored thread while its marketplace is asked."""
    late = breaker.late(thread.marketplace)
    return replace(late, as_of=_newer(thread.read_at, late.as_of))


def _late(
    marketplace: Marketplace, read_at: datetime | None, retry_at: datetime | None
) -> Freshness:
    """Late is no failure: a caller with more time may call, even during a rest."""
    state = marketplace.mirror
    if state.retry_at != retry_at:
        state.write({"retry_at": retry_at}, expected={"retry_at": state.retry_at})
    return replace(breaker.late(marketplace), as_of=_newer(read_at, state.refreshed_at))


def _newer(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, [one, other]), default=None)


def _gone(marketplace: Marketplace, as_of: datetime | None) -> Freshness:
    words = _("%(name)s no longer shows this conversation.") % {"name": marketplace.name}
    return Freshness(marketplace, "gone", as_of, words)


def _not_askable(marketplace: Marketplace, thread: Thread | None) -> Freshness:
    words = _(
        "This conversation's ID from %(name)s isn't valid, so only the last synced "
        "version is shown. Reply in the back office."
    )
    state = "down" if thread else "gone"
    return Freshness(marketplace, state, None, words % {"name": marketplace.name})


def report_not_openable(
    marketplaces: Iterable[Marketplace], known: Mapping[int, int]
) -> list[Freshness]:
    """The number of threads that cannot be opened here, for each marketplace that has some.

    `known` is that of stored threads, by marketplace.
    """
    counts = [(one, known.get(one.pk, 0) + one.mirror.without_id) for one in marketplaces]
    return [_not_openable(one, count) for one, count in counts if count]


def _not_openable(marketplace: Marketplace, count: int) -> Freshness:
    words = ngettext(
        "%(name)s: %(count)d conversation can't be opened here. Open it in the back office.",
        "%(name)s: %(count)d conversations can't be opened here. Open them in the back office.",
        count,
    )
    return Freshness(marketplace, "odd", None, words % {"name": marketplace.name, "count": count})


def fetch_order_threads(
    marketplace: Marketplace, order_id: str, *, customer_id: str = ""
) -> tuple[ThreadQuerySet, Freshness]:
    """An order's threads from M11, mirrored, newest first. A storefront needs `customer_id`."""
    threads = Thread.objects.filter(
        marketplace=marketplace, entity_type="MMP_ORDER", entity_id=order_id
    )
    question = {"entity_type": "MMP_ORDER", "entity_ids": [order_id]}
    return _read_all(marketplace, threads, customer_id, **question)


def fetch_customer_threads(
    marketplace: Marketplace, customer_id: str, *, organization_id: str = ""
) -> tuple[ThreadQuerySet, Freshness]:
    """The threads of a storefront's customer from M11, mirrored, newest first."""
    threads = Thread.objects.filter(marketplace=marketplace)
    question = {"customer_organization_id": organization_id or None}
    return _read_all(marketplace, threads, customer_id, **question)


def _read_all(
    marketplace: Marketplace, threads: ThreadQuerySet, customer_id: str, **question: Any
) -> tuple[ThreadQuerySet, Freshness]:
    """Reads as many pages of M11 as time allows; `threads` are the rows they are about."""
    threads = threads.by_newest()
    if marketplace.is_storefront:
        if not customer_id:
            raise ValueError("A storefront reads nothing before its customer is known.")
        threads = threads.filter(customer_id=customer_id)
    if not marketplace.has_threads:
        return threads, breaker.fresh(marketplace)
    if not breaker.may_call(marketplace):
        return threads, breaker.down(marketplace)
    asked_at = database_clock.now()
    ends_at = time.monotonic() + settings.INBOX_DEADLINE_SECONDS + THREAD_PATIENCE_SECONDS
    try:
        with breaker.guarded(marketplace, "M11"):
            pages = clients.build_client(marketplace).iter_threads(
                **question,
                customer_id=customer_id or None,
                with_messages=True,
                limit=fetching.PAGE_SIZE,
                timeout=ends_at - time.monotonic(),
            )
            for page in pages:
                store_threads(marketplace, page.threads)
                if customer_id:
                    customers.adopt_threads(marketplace, page.threads, customer_id)
                if time.monotonic() > ends_at:
                    return threads, breaker.late(marketplace)
    except mirakl.NotFound:
        return threads, _gone(marketplace, None)
    except mirakl.MiraklError as error:
        words = _("%(name)s can't show these conversations") % {"name": marketplace.name}
        return threads, breaker.failed(marketplace, error, None, words)
    breaker.record_success(marketplace)
    return threads, breaker.fresh(marketplace, asked_at)
