"""What closing threads would leave behind: running reply clocks and unsent texts."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from inbox.models import Draft, Outgoing, Thread, User, queues
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
    found = Thread.objects.filter(pk__in=pks, status=Thread.Status.OPEN).order_by()
    of_it = Outgoing.objects.filter(thread=OuterRef("pk"))
    under_way = Exists(of_it.filter(state__in=[State.QUEUED, State.SENDING]))
    not_sent = Exists(of_it.filter(state__in=[State.FAILED, State.UNCONFIRMED]))
    begun = Exists(Draft.objects.filter(thread=OuterRef("pk"), user=by))
    counting = found.filter(queues.counting_from(timezone.now() - HISTORICAL_AFTER)).exclude(
        under_way
    )
    return OpenEnds(
        set(counting.values_list("pk", flat=True)),
        set(found.filter(begun | not_sent).values_list("pk", flat=True)),
    )
