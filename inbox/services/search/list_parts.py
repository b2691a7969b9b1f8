"""The parts of a list of threads, each a range of an index, read page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from inbox.models import Thread, queues
from inbox.models.keyset import COUNTING, HISTORICAL, WITHOUT, Cursor
from inbox.models.prepared import prepared_for_each
from inbox.models.threads import ThreadQuerySet


@dataclass(frozen=True)
class ListPart:
    """A list in this order; by deadline, one range of it.

    It begins below the cursor, if there is one. Or it ends there (`is_above`), from its end.
    """

    order: str
    key: int | None
    cursor: Cursor | None
    is_above: bool = False

    def select_from(self, threads: ThreadQuerySet, since: datetime) -> ThreadQuerySet:
        """These threads, in order."""
        if self.key is not None:
            threads = threads.filter(ranges_at(since)[self.key])
        if self.order == "deadline" and self.key != WITHOUT:
            return self._by_deadline(threads)
        is_by_newest = (self.order != "oldest") is not self.is_above
        if is_by_newest:
            below = threads.filter(self.cursor.after_by_newest()) if self.cursor else threads
            return below.by_newest()
        below = threads.filter(self.cursor.after_by_oldest()) if self.cursor else threads
        return below.by_oldest()

    def _by_deadline(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        cursor = self.cursor
        if self.is_above:
            above = threads.filter(cursor.before_by_deadline()) if cursor else threads
            return above.order_by("-due_at", "last_message_at", "pk")
        return (threads.filter(cursor.after_by_deadline()) if cursor else threads).by_deadline()


def list_parts(
    order: str,
    ranges: Sequence[int],
    cursor: Cursor | None,
    since: datetime,
    *,
    is_above: bool = False,
) -> Iterator[ListPart]:
    """The parts below the cursor, or above it, the nearest first."""
    if order != "deadline":
        yield ListPart(order, None, cursor, is_above)
        return
    start = cursor.part(since) if cursor else COUNTING
    for key in reversed(ranges) if is_above else ranges:
        if key == start:
            yield ListPart(order, key, cursor, is_above)
        elif (key < start) is is_above:
            yield ListPart(order, key, None, is_above)


def ranges_at(since: datetime) -> dict[int, Q]:
    """The parts of any list by deadline, in order; a deadline up to `since` is historical."""
    return {
        COUNTING: Q(due_at__gt=since),
        WITHOUT: Q(due_at__isnull=True),
        HISTORICAL: Q(due_at__lte=since),
    }


@prepared_for_each
def read_queue(
    view: str,
    order: str,
    key: int | None,
    is_above: bool,
    most: int,
    *,
    marketplaces: list[int],
    user: int | None,
    now: datetime,
    since: datetime,
    due_at: datetime | None,
    last_message_at: datetime | None,
    pk: int | None,
) -> ThreadQuerySet:
    """Rows of a queue that no filter narrows."""
    cursor = Cursor(due_at, last_message_at, pk) if pk and last_message_at else None
    threads = Thread.objects.filter(marketplace__in=marketplaces)
    threads = threads.filter(queues.condition_at(view, user, now=now, since=since))
    return (
        ListPart(order, key, cursor, is_above).select_from(threads, since).for_light_rows()[:most]
    )
