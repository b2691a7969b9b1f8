"""Tallies: exact counts of the queues whose threads are too many to count."""

from django.db import models
from django.db.models import Q

from inbox.models.marketplaces import Marketplace
from inbox.models.queue_conditions import (
    ANSWERED,
    CLOSED,
    NEEDS_REPLY,
    OPEN,
    UNASSIGNED,
    WITH_OPERATOR,
)

# The threads that each column counts. The triggers of migration 0002 hold these conditions as SQL:
# a test compares them, and a changed condition needs another migration.
TALLIED = {
    "everything": Q(),
    "closed": CLOSED,
    "waiting": OPEN & ANSWERED,
    "operator": OPEN & WITH_OPERATOR,
    "needing": OPEN & NEEDS_REPLY,
    "unassigned": OPEN & NEEDS_REPLY & UNASSIGNED,
}


class Tally(models.Model):
    """Counts of threads for kinds too many to count: the sum of these rows.

    Triggers add a row with the differences of each statement. No row is updated, so no writer waits
    for another. `triage.queue_tallies` now and then replaces many rows by one.
    """

    # No constraint: threads deleted with their marketplace are tallied too.
    marketplace = models.ForeignKey(
        Marketplace, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    everything = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    operator = models.IntegerField(default=0)
    needing = models.IntegerField(default=0)
    unassigned = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.marketplace_id}: {self.everything}"
