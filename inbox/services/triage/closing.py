"""What closing threads would leave behind: running reply clocks and unsent texts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from inbox.models import Draft, Outgoing, Thread, User, queues
from inbox.models.prepared import prepared
from inbox.models.threads import HISTORICAL_AFTER

State = Outgoing.State


@dataclass(frozen=True)
class OpenEnds:
    """Pks of open threads: those with a running clock, those with an unsent text."""

    counting: set[int]
    unsent: set[int]

    @property
    def pks(self) -> set[int]:
        return self.counting | self.unsent


def find_open_ends(pks: Collection[int], *, by: User) -> OpenEnds:
    """Open ends of these threads. A reply on its way is none: the thread reopens if it fails."""
    threads, since = list(pks), timezone.now() - HISTORICAL_AFTER
    if len(threads) == 1:
        counting = _counting_alone(threads=threads, since=since)
        return OpenEnds(set(counting), set(_unsent_alone(threads=threads, user=by.pk)))
    return OpenEnds(
        set(_counting(threads=threads, since=since)),
        set(_unsent(threads=threads, user=by.pk)),
    )


def _counting(*, threads: list[int], since: datetime) -> QuerySet[Thread, int]:
    under_way = Exists(_replies_in(State.QUEUED, State.SENDING))
    found = _still_open(threads).filter(queues.counting_from(since)).exclude(under_way)
    return found.values_list("pk", flat=True)


def _unsent(*, threads: list[int], user: int) -> QuerySet[Thread, int]:
    not_sent = Exists(_replies_in(State.FAILED, State.UNCONFIRMED))
    begun = Exists(Draft.objects.filter(thread=OuterRef("pk"), user=user))
    return _still_open(threads).filter(begun | not_sent).values_list("pk", flat=True)


# Closing one asks each time; a query for many is built for their number.
_counting_alone, _unsent_alone = prepared(_counting), prepared(_unsent)


def _still_open(threads: list[int]) -> QuerySet[Thread]:
    return Thread.objects.filter(pk__in_array=threads, status=Thread.Status.OPEN).order_by()


def _replies_in(*states: State) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(thread=OuterRef("pk"), state__in=states)
