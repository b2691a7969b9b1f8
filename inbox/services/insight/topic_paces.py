"""How many minutes an answer takes, by topic: the time between two replies of one agent.

Nobody measures how long an agent works on an answer. But who answers one conversation after the
other needs about the time from one reply to the next.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from inbox.models import Marketplace, Span, Thread, TopicPace
from inbox.models.pace_triggers import USUAL_MINUTES
from inbox.services.locks import lock_marketplace

LOOK_BACK = timedelta(days=30)
# After a longer pause the agent did something else in between.
AWAY = timedelta(minutes=30)
A_MINUTE = timedelta(minutes=1)
# Of fewer answers, the median says little.
ENOUGH = 5


class Reply(NamedTuple):
    author: int
    ended_at: datetime
    asked_at: datetime
    marketplace: int
    topic: str


def measure_paces() -> None:
    """Measure all topics anew, and apply that to what waits."""
    since = timezone.now() - LOOK_BACK
    replies = Span.objects.of_the_team().filter(ended_at__gt=since, author__isnull=False)
    rows = replies.order_by("author", "ended_at").values_list(
        "author", "ended_at", "asked_at", "marketplace", "topic"
    )
    found = find_minutes(map(Reply._make, rows.iterator()))
    for marketplace in Marketplace.objects.filter(is_active=True):
        minutes = {topic: one for (pk, topic), one in found.items() if pk == marketplace.pk}
        _store(marketplace, minutes)


def find_minutes(replies: Iterable[Reply]) -> Mapping[tuple[int, str], int]:
    """The median of each topic, in whole minutes; `replies` are by author and time."""
    spent = defaultdict[tuple[int, str], list[float]](list)
    last: Reply | None = None
    for reply in replies:
        if last and last.author == reply.author:
            worked = reply.ended_at - max(last.ended_at, reply.asked_at)
            if worked <= AWAY:
                spent[reply.marketplace, reply.topic].append(worked / A_MINUTE)
        last = reply
    return {
        topic: max(1, math.ceil(median(some)))
        for topic, some in spent.items()
        if len(some) >= ENOUGH
    }


@transaction.atomic
def _store(marketplace: Marketplace, minutes: Mapping[str, int]) -> None:
    lock_marketplace(marketplace)
    known = TopicPace.objects.filter(marketplace=marketplace)
    known.exclude(topic__in=minutes).delete()
    TopicPace.objects.bulk_create(
        [
            TopicPace(marketplace=marketplace, topic=topic, minutes=n)
            for topic, n in minutes.items()
        ],
        update_conflicts=True,
        unique_fields=["marketplace", "topic"],
        update_fields=["minutes"],
    )
    paces = known.filter(topic=OuterRef("topic_value")).values("minutes")
    waiting = Thread.objects.filter(marketplace=marketplace, due_at__isnull=False)
    changed = waiting.annotate(pace=Coalesce(Subquery(paces), USUAL_MINUTES))
    changed.exclude(reply_minutes=F("pace")).update(reply_minutes=F("pace"))
