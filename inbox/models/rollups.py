"""Rollups: sums of the spans and messages by day and month, for reports."""

from django.db import models

from inbox.models.marketplaces import Marketplace


class Kind(models.TextChoices):
    """What spans and messages are counted for, and what the buckets of it say."""

    ASKED = "asked"  # bucket: the hour of the week
    ANSWERED = "answered"  # how long it took: `rollup_triggers.EDGES`
    FIRST = "first"  # the same, of first replies
    REPLIED = "replied"  # whether the desk replied
    DECLARED = "declared"  # always 0
    JUDGED = "judged"  # whether in time
    MESSAGE = "message"  # whether the desk sent it; the asker is the side that wrote it


class RollupState(models.Model):
    """The one row that says in which time zone the rollups are kept, once they were begun.

    They are not used until `is_complete`: all that is stored is counted.
    """

    zone = models.CharField(max_length=64)
    is_complete = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.zone


class Counted(models.Model):
    """A number of spans or messages, and the microseconds that spans waited together.

    `day` is one of `zone`; of a month it is the first. What `bucket` says depends on the kind.
    """

    zone = models.CharField(max_length=64)
    is_month = models.BooleanField()
    kind = models.CharField(max_length=10, choices=Kind)
    # No constraint: rows deleted with their marketplace are subtracted too.
    marketplace = models.ForeignKey(
        Marketplace, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    asker = models.CharField(max_length=10)
    bucket = models.SmallIntegerField()
    n = models.IntegerField()
    micros = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.bucket}: {self.n}"


class RollupChange(Counted):
    """A difference that a statement made. `ROLLUP_TRIGGERS` add it: no writer waits for another.

    `insight.rollups` now and then adds the differences to the sums.
    """


class Rollup(Counted):
    """A sum; the differences since are in `RollupChange`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "is_month", "kind", "marketplace", "day", "asker", "bucket"],
                include=["n", "micros"],
                name="one_row_per_rollup",
            )
        ]
