"""Tallies: exact counts of the queues whose threads are too many to count."""

from django.db import models

from inbox.models.marketplaces import Marketplace


class Tally(models.Model):
    """Counts of threads for kinds too many to count: the sum of these rows.

    `TALLY_TRIGGERS` add a row with the differences of each statement. No row is updated, so no
    writer waits for another. `triage.queue_tallies` now and then replaces many rows by one.
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
