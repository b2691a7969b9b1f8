"""One marketplace's changes, read page by page during one display.

The high-water mark says: nothing that changed before it is missing. It moves when the last page of
a delta has been written, to the newest change on the delta's *first* page. Mirakl promises no order
of pages, and threads change while they are read; but whatever changes after the first page was made
is newer than all that page holds, so the next delta, which begins at the mark less an overlap,
finds it. A newer date from a later page would not do: a thread that changed in between, on a page
already read, could lie below it.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from inbox import mirakl
from inbox.models import Marketplace, MirrorState, Thread
from inbox.models.mirror_state import MirrorChange
from inbox.services.database_clock import Clock
from inbox.services.marketplaces import breaker, clock_drift
from inbox.services.marketplaces.breaker import Freshness
from inbox.services.mirror import fetching, known_answers, mapping
from inbox.services.mirror.fetching import PageRequest
from inbox.services.mirror.upsert import store_threads

log = logging.getLogger(__name__)

# Mirakl's answers to an expired page token, as far as seen.
REFUSED_TOKEN = {400, 404, 410, 422}

# Weight of a piece of a large answer: some 300 messages, a tenth of a second.
PIECE = 300_000
# Overhead per row of a message and of a thread, beside its text.
MESSAGE_WEIGHT, THREAD_WEIGHT = 1_000, 2_000
SECONDS_PER_WEIGHT = 0.4e-6
# A display with at least this much time left begins any piece.
LONGEST_PIECE_SECONDS = 5.0
# A longer page token fits in no URL.
LONGEST_TOKEN = 10_000
NOWHERE = "Its page tokens lead nowhere."
# Pages without news before M11 is asked how many threads there are.
IDLE_PAGES = 10

NO_DELTA: MirrorChange = {"delta_token": "", "delta_seen_at": None, "delta_idle": 0}
GUARDED = {"high_water_at", "delta_token", "history", "history_token"}


class Overtaken(Exception):  # noqa: N818  it is no error
    """Another display holds the lease and has a newer answer: ours is not written."""


class DeltaRead:
    """One request to M11 under way, and how its answers change the mirror's state."""

    def __init__(self, marketplace: Marketplace, clock: Clock | None = None) -> None:
        self.marketplace = marketplace
        self.clock = clock or Clock()
        # The lease this display has taken. A display that finds another lease in the row writes
        # nothing.
        self.lease = marketplace.mirror.lease_until
        # When the delta's first page was requested; None for a delta that an earlier display began.
        self.began_at: datetime | None = None
        self.tokens: set[str] = set()
        self.has_restarted = False
        pull_back_mark(marketplace, now=self.clock.now())
        self._start_fetch(build_next_request(marketplace))

    def _start_fetch(self, request: PageRequest) -> None:
        self.request = request
        self.pending = fetching.start_fetch(self.marketplace, request, self.clock.now())
        if request.page_token:
            self.tokens.add(request.page_token)
        else:
            self.began_at = self.pending.at

    @property
    def takes(self) -> float:
        """Estimated seconds to write the next piece of the answer."""
        if self.pending.answer.exception():
            return 0
        piece = take_piece(self._changed(), self.pending.written)
        return min(sum(map(weigh, piece)) * SECONDS_PER_WEIGHT, LONGEST_PIECE_SECONDS)

    def give_up(self) -> None:
        """Drop an answer that failed to be stored: the next display requests it again."""
        fetching.forget_fetch(self.marketplace, self.request)

    def advance(self) -> Freshness | None:
        """Write the next piece of the answer; after its last piece, request the next page.

        Returns None while there is more to do.
        """
        try:
            if self._writes_ahead():
                return None
            fetching.forget_fetch(self.marketplace, self.request)
            return self._finish(self.pending.answer.result())
        except Overtaken:
            self.give_up()
            return self._overtaken()
        except mirakl.MiraklError as error:
            return self._fail(error)

    def _changed(self) -> list[mirakl.Thread]:
        """The answer's threads that are not stored already."""
        if self.pending.changed is None:
            threads = self.pending.answer.result().threads
            self.pending.changed = known_answers.select_changed(self.marketplace, threads)
        return self.pending.changed

    def _writes_ahead(self) -> bool:
        """Whether only rows are written now: the marks move with the answer's last piece."""
        if self.pending.answer.exception():
            return False
        threads = self._changed()
        piece = take_piece(threads, self.pending.written)
        if self.pending.written + len(piece) >= len(threads):
            return False
        with transaction.atomic():
            is_news = store_threads(self.marketplace, piece)
            self._check_lease()
        self.pending.is_news |= is_news
        self.pending.written += len(piece)
        return True

    def _finish(self, page: mirakl.ThreadPage) -> Freshness | None:
        last_piece = take_piece(self._changed(), self.pending.written)
        with transaction.atomic():
            is_news = store_threads(self.marketplace, last_piece) or self.pending.is_news
            goes_round = self._goes_round(page, is_news=is_news)
            change = self._change(page, is_news=is_news) | count_without_id(self.marketplace, page)
            if not move_marks(self.marketplace, change, lease_until=self.lease):
                raise Overtaken
        if goes_round:
            raise mirakl.Garbled(NOWHERE, operation="M11")
        if self._ends(page) and self.began_at:
            return breaker.fresh(self.marketplace)
        self._start_fetch(build_next_request(self.marketplace))
        return None

    def _goes_round(self, page: mirakl.ThreadPage, *, is_news: bool) -> bool:
        """Whether a token repeats or fits in no URL, or pages without news never end."""
        if self._ends(page):
            return False
        if len(page.next_page_token or "") > LONGEST_TOKEN:
            return True
        idle = count_idle(self.marketplace.mirror.delta_idle, page, is_news=is_news)
        return page.next_page_token in self.tokens or is_endless(self.marketplace, idle)

    def _ends(self, page: mirakl.ThreadPage) -> bool:
        """Whether the delta ends with this page: at its last one, or at the very first of all."""
        is_opening = not self.request.page_token and self.request.updated_since is None
        return is_opening or not page.next_page_token

    def _change(self, page: mirakl.ThreadPage, *, is_news: bool) -> MirrorChange:
        """The fields of the mirror's state that this page changes."""
        state = self.marketplace.mirror
        if self._goes_round(page, is_news=is_news):
            return NO_DELTA
        newest = state.delta_seen_at
        if not self.request.page_token:
            newest = find_newest_change(page.threads, now=self.clock.now())
        if not self._ends(page):
            # Mirakl answers again: the next display need not wait for the breaker.
            return {
                "delta_token": page.next_page_token,
                "delta_seen_at": newest,
                "delta_idle": count_idle(state.delta_idle, page, is_news=is_news),
                "retry_at": None,
            }
        if state.high_water_at is None:
            return open_mirror(state, page, newest) | self._done()
        mark = max(state.high_water_at, newest or state.high_water_at)
        return NO_DELTA | {"high_water_at": mark} | self._done()

    def _done(self) -> MirrorChange:
        """The mirror is current as of the first page's request, if this display made it."""
        if self.began_at is None:
            return {}
        clock_drift.record_answer(self.marketplace, self.clock.now())
        return breaker.WELL | {"refreshed_at": self.began_at, "lease_until": None}

    def _check_lease(self) -> None:
        mine = MirrorState.objects.filter(pk=self.marketplace.pk, lease_until=self.lease)
        if not mine.exists():
            raise Overtaken

    def _overtaken(self) -> Freshness:
        """Our lease expired and another display took over: show what that one has found."""
        self.marketplace.mirror.refresh_from_db()
        if self.marketplace.mirror.is_fresh(self.clock.now()):
            return breaker.fresh(self.marketplace)
        return breaker.late(self.marketplace)

    def _fail(self, error: mirakl.MiraklError) -> Freshness | None:
        if self._is_refused_token(error) and not self.has_restarted:
            self.has_restarted = True
            self._restart()
            return None
        if isinstance(error, mirakl.Oversized) and fetching.reduce_page_limit(self.marketplace):
            self._restart()
            return None
        breaker.record_failure(self.marketplace, error)
        return breaker.down(self.marketplace)

    def _restart(self) -> None:
        """Start the delta again from its mark; the page token would repeat the same answer."""
        move_marks(self.marketplace, NO_DELTA)
        self._start_fetch(build_next_request(self.marketplace))

    def _is_refused_token(self, error: mirakl.MiraklError) -> bool:
        return bool(self.request.page_token) and is_refused_token(error)


def build_next_request(marketplace: Marketplace) -> PageRequest:
    """Where reading continues: in an unfinished delta, at the mark, or at the very beginning."""
    state = marketplace.mirror
    if state.delta_token:
        return PageRequest(page_token=state.delta_token)
    limit = fetching.get_page_limit(marketplace)
    if state.high_water_at is None:
        return PageRequest(limit=limit)
    overlap = timedelta(seconds=settings.INBOX_OVERLAP_SECONDS)
    return PageRequest(updated_since=state.high_water_at - overlap, limit=limit)


def pull_back_mark(marketplace: Marketplace, *, now: datetime) -> None:
    """Replace a mark in the future: a clock that was ahead set it, and it would hide all changes.

    The newest change in the mirror becomes the mark; without one, reading starts over.
    """
    ahead, horizon = marketplace.mirror.high_water_at, get_horizon(now)
    if ahead is None or ahead <= horizon:
        return
    known = Thread.objects.filter(marketplace=marketplace, updated_at__lte=horizon)
    mark = known.aggregate(newest=Max("updated_at"))["newest"]
    change = NO_DELTA | {"high_water_at": mark}
    marketplace.mirror.write(change, expected={"high_water_at": ahead})


def get_horizon(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.INBOX_OVERLAP_SECONDS)


def open_mirror(
    state: MirrorState, page: mirakl.ThreadPage, newest: datetime | None
) -> MirrorChange:
    """The fields that the very first page sets: it begins the history and sets the mark.

    The mark may be set at once, in any order of pages: each change up to it is on this
    page or in the rest of the history, and what changes from now on is newer than it.
    """
    change: MirrorChange = {"high_water_at": newest}
    if state.history != MirrorState.History.LOADING:
        change |= advance_history(state, page)
    return change


def advance_history(state: MirrorState, page: mirakl.ThreadPage) -> MirrorChange:
    dates = [mapping.clean_moment(thread.date_updated) for thread in page.threads]
    reached = [*filter(None, dates), *filter(None, [state.history_reached_at])]
    following = page.next_page_token or ""
    history = MirrorState.History.LOADING if following else MirrorState.History.DONE
    return {
        "history": history,
        "history_token": following if len(following) <= LONGEST_TOKEN else "",
        "history_reached_at": min(reached, default=None),
        "history_idle": 0,
    }


def count_without_id(marketplace: Marketplace, page: mirakl.ThreadPage) -> MirrorChange:
    """Count threads without an id, which cannot be stored: at least this many exist."""
    if page.skipped <= marketplace.mirror.without_id:
        return {}
    log.warning("M11 of %s: %d conversations without an id", marketplace.slug, page.skipped)
    return {"without_id": page.skipped}


def find_newest_change(threads: Iterable[mirakl.Thread], *, now: datetime) -> datetime | None:
    """The newest date that may become the mark.

    A date ahead of our clock by more than the overlap would hide, until our clock reaches it, all
    changes before it. It does not count: until then, more is read again than needed.
    """
    horizon = get_horizon(now)
    dates = (mapping.clean_moment(thread.date_updated) for thread in threads)
    return max((date for date in dates if date and date <= horizon), default=None)


def is_refused_token(error: mirakl.MiraklError) -> bool:
    return isinstance(error, mirakl.Refused) and error.status in REFUSED_TOKEN


def take_piece(threads: list[mirakl.Thread], written: int) -> list[mirakl.Thread]:
    """The next unwritten threads, as many as take a moment to write; at least one if any."""
    piece: list[mirakl.Thread] = []
    total = 0
    for thread in islice(threads, written, None):
        total += weigh(thread)
        if piece and total > PIECE:
            break
        piece.append(thread)
    return piece


def weigh(thread: mirakl.Thread) -> int:
    messages = (MESSAGE_WEIGHT + len(message.body or "") for message in thread.messages)
    return THREAD_WEIGHT + sum(messages)


def count_idle(idle: int, page: mirakl.ThreadPage, *, is_news: bool) -> int:
    """Number of threads shown in a row by pages without anything new or newer than its row."""
    return 0 if is_news else idle + max(len(page.threads), 1)


def is_endless(marketplace: Marketplace, idle: int) -> bool:
    """Whether pages repeated more threads than exist: such paging never ends."""
    slack = IDLE_PAGES * fetching.PAGE_SIZE
    return idle > slack and idle > slack + Thread.objects.filter(marketplace=marketplace).count()


def move_marks(marketplace: Marketplace, change: MirrorChange, **expected: Any) -> bool:
    """Move the marks if they are where this display found them, else not at all."""
    if "history" in change:
        change["history_loaded"] = Thread.objects.filter(marketplace=marketplace).count()
    state, names = marketplace.mirror, GUARDED & change.keys()
    # The marks of the history and those of the deltas move independently of each other.
    expected |= {name: getattr(state, name) for name in names}
    return state.write(change, expected=expected)
