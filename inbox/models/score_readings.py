"""Score readings: what a marketplace says of our shop (A21), one row for each day and figure."""

from typing import Self

from django.db import models

from inbox.models.marketplaces import Marketplace
from inbox.models.users import User


class ScoreReadingQuerySet(models.QuerySet["ScoreReading"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))


class ScoreReading(models.Model):
    """One figure of A21 for one of Mirakl's periods, as first read on a day."""

    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, related_name="score_readings"
    )
    # Empty for all channels together.
    channel = models.CharField(max_length=40, blank=True)
    # A day of the team's time zone.
    read_on = models.DateField()
    period = models.CharField(max_length=40)
    member = models.CharField(max_length=60)
    value = models.FloatField()
    # When Mirakl last calculated it.
    last_updated = models.DateTimeField(null=True)

    objects = ScoreReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "member", "period", "channel", "read_on"],
                include=["value", "last_updated"],
                name="one_reading_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.marketplace_id} {self.read_on} {self.member} {self.period}"
