"""How common a part of a search is, told without looking for it everywhere."""

import json
from typing import Any

from django.db.models import Model, Q, QuerySet

from inbox.models import Thread

# A walk is tried on so many threads. To find a page of 50 it costs as much as looking up three rows
# in the index for each thread that it passes.
TRIED, COST_OF_PAGE = 2_000, 50 * 3


def estimate(rows: QuerySet[Model, Any]) -> int:
    """How many rows PostgreSQL expects by its statistics."""
    plans = json.loads(rows.order_by().values("pk").explain(format="json"))
    return int(plans[0]["Plan"]["Plan Rows"])


def are_few(threads: QuerySet[Thread]) -> bool:
    """Whether checking each of them costs little."""
    return estimate(threads) <= TRIED


def is_walk_cheaper(threads: QuerySet[Thread], condition: Q, uses: int) -> bool:
    """Than looking up so many uses: it soon meets enough with the condition."""
    enough = max(1, TRIED * COST_OF_PAGE // uses)
    some = threads.order_by().values("pk")[:TRIED]
    meeting = Thread.objects.filter(condition, pk__in=some)
    return has_more(meeting, than=enough - 1)


def has_more(threads: QuerySet[Thread], *, than: int) -> bool:
    return threads.order_by()[than : than + 1].exists()
