"""Topic paces: how many minutes an answer to each topic takes."""

from typing import Self

from django.db import models

from inbox.models.marketplaces import Marketplace
from inbox.models.users import User


class TopicPaceQuerySet(models.QuerySet["TopicPace"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))


class TopicPace(models.Model):
    """The median of a topic's answers, as last measured; see `services.insight.topic_paces`."""

    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, related_name="topic_paces"
    )
    topic = models.CharField(max_length=255)
    minutes = models.PositiveSmallIntegerField()

    objects = TopicPaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "topic"], include=["minutes"], name="one_pace_per_topic"
            )
        ]

    def __str__(self) -> str:
        return f"{self.marketplace_id} {self.topic} {self.minutes}"
