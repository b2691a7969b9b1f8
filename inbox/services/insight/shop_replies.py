"""How long an operator's shops let customers and the operator wait.

Computed from the stored messages when it is shown: spans are our own waits, these are the shops'.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from statistics import quantiles

from django.db.models import Q

from inbox.models import Marketplace, Thread
from inbox.models.threads import ThreadQuerySet
from inbox.reply_calendar import deadline, working_seconds
from inbox.services.insight.stored_messages import read_messages
from inbox.services.insight.waits import OPERATOR, REPLY, SHOP, Wait, find_waits

PERIOD = timedelta(days=30)
# Threads in one statement.
STEP = 500
READ = (
    *("shop_name", "current_participants", "authorized_participants"),
    "no_store_reply_needed",
)


@dataclass(frozen=True)
class ShopWait:
    """A wait for a shop; `seconds` are by the marketplace's calendar, None while it is open."""

    thread: int
    wait: Wait
    seconds: float | None
    limit_at: datetime | None


@dataclass(frozen=True)
class ShopReplies:
    """What is known of one shop at `as_of`; `name` is empty if Mirakl does not say."""

    id: str
    name: str
    as_of: datetime
    waits: Sequence[ShopWait]

    @cached_property
    def answered(self) -> list[ShopWait]:
        """Replies of the last thirty days."""
        return self._replied(self.as_of - PERIOD, self.as_of)

    @cached_property
    def before(self) -> list[ShopWait]:
        """Replies of the thirty days before these."""
        return self._replied(self.as_of - 2 * PERIOD, self.as_of - PERIOD)

    @cached_property
    def silent(self) -> list[ShopWait]:
        """Open waits beyond the limit, the oldest first."""
        late = (one for one in self.waits if one.wait.ended_at is None and self._is_over(one))
        return sorted(late, key=lambda one: one.wait.asked_at)

    def _is_over(self, one: ShopWait) -> bool:
        return one.limit_at is not None and one.limit_at <= self.as_of

    def _replied(self, begin: datetime, end: datetime) -> list[ShopWait]:
        replies = (one for one in self.waits if one.wait.ended_by == REPLY)
        return [one for one in replies if one.wait.ended_at and begin < one.wait.ended_at <= end]


def find_ninetieth(waits: Iterable[ShopWait]) -> float | None:
    """The seconds that nine in ten took at most, interpolated; None of no replies."""
    seconds = [one.seconds for one in waits if one.seconds is not None]
    if len(seconds) < 2:
        return seconds[0] if seconds else None
    return quantiles(seconds, n=10, method="inclusive")[-1]


def read_shops(marketplace: Marketplace, as_of: datetime) -> list[ShopReplies]:
    """All shops with a wait of the last sixty days, or with one that is still open."""
    waits, names = defaultdict[str, list[ShopWait]](list), dict[str, str]()
    threads = list(_threads(marketplace, as_of))
    for at in range(0, len(threads), STEP):
        some = threads[at : at + STEP]
        messages, _now = read_messages([one.pk for one in some])
        for thread in some:
            shop = find_shop(thread)
            names[shop] = thread.shop_name or names.get(shop, "")
            known = [one for one in messages.get(thread.pk, []) if one.at <= as_of]
            declared = [moment for moment in _declared(thread) if moment <= as_of]
            found = find_waits(known, declared, SHOP, has_beginning=False)
            waits[shop] += _measured(marketplace, thread.pk, found)
    return [ShopReplies(shop, names[shop], as_of, its) for shop, its in waits.items() if shop]


def find_shop(thread: Thread) -> str:
    """The id of the thread's shop; empty if Mirakl names none."""
    everybody = [*thread.current_participants, *thread.authorized_participants]
    return next((one.id for one in everybody if one.type == SHOP and one.id), "")


def _threads(marketplace: Marketplace, as_of: datetime) -> ThreadQuerySet:
    is_recent = Q(last_message_at__gt=as_of - 2 * PERIOD)
    waits = Q(shop_reply_needed_since__isnull=False)
    threads = Thread.objects.filter(is_recent | waits, marketplace=marketplace).order_by("pk")
    return threads.only(*READ)


def _declared(thread: Thread) -> Iterator[datetime]:
    dates = (one.get("date") for one in thread.no_store_reply_needed)
    return (datetime.fromisoformat(one) for one in dates if one)


def _measured(marketplace: Marketplace, thread: int, waits: Iterable[Wait]) -> Iterator[ShopWait]:
    calendar = marketplace.calendar
    for wait in waits:
        if wait.asker == OPERATOR and not marketplace.counts_operator:
            continue
        ended_at = wait.ended_at
        seconds = working_seconds(wait.asked_at, ended_at, calendar) if ended_at else None
        limit_at = deadline(wait.asked_at, marketplace.reply_limit_for, calendar)
        yield ShopWait(thread, wait, seconds, limit_at)
