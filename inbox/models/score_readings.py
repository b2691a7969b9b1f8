"""Score readings: what a marketplace says of our shop (A21), one row for each day and figure."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from inbox.models.marketplaces import Marketplace
from inbox.models.users import User

# An older reading says nothing about today.
NEWEST_WITHIN = timedelta(days=7)


class ScoreReadingQuerySet(models.QuerySet["ScoreReading"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))

    def newest(self) -> Self:
        """The newest of each figure, for all channels; without readings older than a week."""
        after = timezone.localdate(timezone=timezone.get_default_timezone()) - NEWEST_WITHIN
        figure = ("marketplace_id", "member", "period")
        recent = self.filter(channel="", read_on__gt=after)
        return recent.order_by(*figure, "-read_on").distinct(*figure)


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
