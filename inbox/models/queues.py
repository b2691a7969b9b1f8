"""The queues: conditions and exact counts, without counting a million rows."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Model, Q, Sum
from django.utils import timezone

from inbox.models.counting import (
    BEGINNING,
    SOMEBODY,
    Counted,
    CountStatement,
    count_together,
)
from inbox.models.marketplaces import Marketplace
from inbox.models.queue_conditions import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    NEEDS_REPLY,
    OPEN,
    UNASSIGNED,
    WITH_OPERATOR,
)
from inbox.models.tallies import Tally
from inbox.models.threads import HISTORICAL_AFTER, Thread, ThreadQuerySet
from inbox.models.users import User

SOON = timedelta(hours=4)
# Equivalent to NEEDS_REPLY. Beside a page's own bound PostgreSQL takes these for one range, but
# "is not null" for a second rare condition, and would then sort thousands rather than walk an
# index.
NEEDS_REPLY_IN_ORDER = Q(due_at__gt=BEGINNING)


def not_snoozed(now: datetime) -> Q:
    """Threads whose snooze has ended, recorded or not."""
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)


def counting_from(since: datetime) -> Q:
    """Threads with a running clock, without those due up to `since`, which are long overdue."""
    return Q(due_at__gt=since)


def condition(queue: str, marketplaces: Iterable[Marketplace], user: User | None) -> Q:
    """The threads of a queue; `mine` is the user's.

    A running clock stays visible: `breaching` includes closed and snoozed threads, and `mine`
    closed ones, until the marketplace says that no reply is due.
    """
    now = timezone.now()
    if queue == "breaching":
        return soon(marketplaces, now)
    return condition_at(queue, user.pk if user else None, now=now, since=now - HISTORICAL_AFTER)


def condition_at(queue: str, user: int | None, *, now: datetime, since: datetime) -> Q:
    """Any queue but `breaching`. Up to `since`, a deadline is historical."""
    conditions = {
        "needs-reply": OPEN & NEEDS_REPLY_IN_ORDER & not_snoozed(now),
        "mine": Q(assignee=user) & at_work(now, since),
        "unassigned": OPEN & NEEDS_REPLY_IN_ORDER & UNASSIGNED & not_snoozed(now),
        "waiting": OPEN & ANSWERED & not_snoozed(now),
        "operator": OPEN & WITH_OPERATOR & not_snoozed(now),
        "snoozed": OPEN & Q(snoozed_until__gt=now),
        "closed": CLOSED,
        "all": Q(),
    }
    return conditions[queue]


def at_work(now: datetime, since: datetime) -> Q:
    """Threads in the queue of the person who is assigned."""
    return ASSIGNED & (OPEN & not_snoozed(now) | CLOSED & counting_from(since))


def soon(marketplaces: Iterable[Marketplace], now: datetime) -> Q:
    """Due within four hours, or past the marketplace's alert, and not historical."""
    spans: dict[timedelta, list[int]] = {}
    for one in marketplaces:
        spans.setdefault(max(SOON, one.alert_before_for), []).append(one.pk)
    longest = max(spans, default=SOON)
    near = counting_from(now - HISTORICAL_AFTER) & Q(due_at__lte=now + longest)
    # Most marketplaces share one range of the index; the others are excluded from it.
    for span in spans.keys() - {longest}:
        near &= ~Q(marketplace__in=spans[span], due_at__gt=now + span)
    return near


# What a condition may read of a user, beside the primary key.
READ_OF_USER = ("is_superuser", "is_active", "notices")
Beside = Callable[[list[Marketplace], User], list[Counted]]


def nothing(_marketplaces: list[Marketplace], _user: User) -> list[Counted]:
    return []


def counts(
    marketplaces: Iterable[Marketplace], user: User, beside: Beside = nothing
) -> dict[int, Counter[str]]:
    """The number of threads in each queue, by marketplace, with the counts of `beside`: one query
    for any number."""
    shown = tuple(marketplaces)
    found = {one.pk: Counter(dict.fromkeys(QUEUES, 0)) for one in shown}
    read = {name: getattr(user, name) for name in READ_OF_USER}
    depends_on = repr(([columns_of(one) for one in shown], read))
    statement = _statement(shown, User(pk=SOMEBODY, **read), beside, depends_on)
    for marketplace, numbers in statement.run(user.pk).items():
        found.setdefault(marketplace, Counter()).update(numbers)
    return found


def shared_counts(marketplaces: Iterable[Marketplace]) -> dict[int, Counter[str]]:
    """The number of threads in each queue but `mine`, by marketplace: one query."""
    shown = list(marketplaces)
    found = {one.pk: Counter(dict.fromkeys(set(QUEUES) - {"mine"}, 0)) for one in shown}
    parts = [_tallied(shown), _breaching(shown), _snoozed(shown)] if shown else []
    for marketplace, numbers in count_together(parts).items() if parts else ():
        found[marketplace].update(numbers)
    return found


def mine_counts(marketplaces: Iterable[Marketplace]) -> dict[int, Counter[int]]:
    """The number of threads in `mine`, by marketplace and person: one query."""
    now = timezone.now()
    theirs = at_work(now, now - HISTORICAL_AFTER)
    rows = Thread.objects.filter(theirs, marketplace__in=list(marketplaces))
    found: dict[int, Counter[int]] = {}
    for marketplace, person, number in (
        rows.order_by().values_list("marketplace", "assignee").annotate(Count("pk"))
    ):
        found.setdefault(marketplace, Counter())[person or 0] = number
    return found


def columns_of(row: Model) -> list[Any]:
    """Rows with equal primary keys are equal: this tells whether they are also alike."""
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


@lru_cache(maxsize=200)
def _statement(
    marketplaces: tuple[Marketplace, ...], user: User, beside: Beside, _depends_on: Hashable
) -> CountStatement:
    """Building a statement takes longer than running it, so it is kept, for all such users.

    Rows are equal if their primary keys are: `_depends_on` has all that a condition may read of
    them.
    """
    now, shown = timezone.now(), list(marketplaces)
    parts = [_tallied(shown), _breaching(shown), _mine(shown, user), _snoozed(shown)]
    return CountStatement.from_parts([*parts, *beside(shown, user)], now)


def counts_of(
    threads: ThreadQuerySet, marketplaces: Collection[Marketplace], user: User | None
) -> dict[str, int]:
    """How many of these few threads are in each queue: one query."""
    held = {queue: condition(queue, marketplaces, user) for queue in QUEUES}
    numbers = threads.order_by().aggregate(
        **{f"in_{queue}": Count("pk", filter=one or None) for queue, one in held.items()}
    )
    return {queue: numbers[f"in_{queue}"] for queue in QUEUES}


def _tallied(marketplaces: list[Marketplace]) -> Counted:
    columns = {
        "all": "everything",
        "needs-reply": "needing",
        **{name: name for name in ("closed", "waiting", "operator", "unassigned")},
    }
    rows = Tally.objects.filter(marketplace__in=marketplaces)
    return Counted(rows, {queue: Sum(column) for queue, column in columns.items()})


def _breaching(marketplaces: list[Marketplace]) -> Counted:
    rows = Thread.objects.filter(condition("breaching", marketplaces, None))
    return Counted(rows.filter(marketplace__in=marketplaces), {"breaching": Count("*")})


def _mine(marketplaces: list[Marketplace], user: User) -> Counted:
    rows = Thread.objects.filter(condition("mine", marketplaces, user))
    return Counted(rows.filter(marketplace__in=marketplaces), {"mine": Count("pk")})


def _snoozed(marketplaces: list[Marketplace]) -> Counted:
    """Snoozed threads that the tallies count as if they were not."""
    rows = Thread.objects.filter(condition("snoozed", marketplaces, None))
    # All of these are open: repeating that condition would prevent an index-only scan.
    numbers = {
        "snoozed": Count("pk"),
        "waiting": -Count("pk", filter=ANSWERED),
        "operator": -Count("pk", filter=WITH_OPERATOR),
        "needs-reply": -Count("pk", filter=NEEDS_REPLY),
        "unassigned": -Count("pk", filter=NEEDS_REPLY & UNASSIGNED),
    }
    return Counted(rows.filter(marketplace__in=marketplaces), numbers)


QUEUES = (
    *("needs-reply", "breaching", "mine", "unassigned", "waiting", "operator", "snoozed"),
    *("closed", "all"),
)
