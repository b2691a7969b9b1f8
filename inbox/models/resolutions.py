"""Resolutions: when a conversation was settled, and whether the other side came back."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.threads import Thread
from inbox.models.users import User


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))


class Resolution(models.Model):
    """A closing of a conversation, or a reply after which the other side was silent.

    Written by `services.insight.resolutions`. A closing resolves its conversation unless a message
    of theirs, thanks apart, follows within a week.
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        QUIET = "quiet", _("Answered and silent")

    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, db_constraint=False, related_name="resolutions"
    )
    thread = models.ForeignKey(
        Thread, models.CASCADE, db_index=False, db_constraint=False, related_name="resolutions"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    # The first wait since the resolution before; null if nobody waited.
    begun_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField()
    # Who closed it; for replies their author, if the desk has sent them.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="resolutions",
    )
    # Messages since the resolution before: ours, and of both sides.
    replies = models.PositiveIntegerField()
    messages = models.PositiveIntegerField()
    # When the other side wrote again within a week of the closing; whether it only thanked.
    followed_at = models.DateTimeField(null=True)
    was_thanked = models.BooleanField(default=False)
    seconds = models.GeneratedField(
        expression=Func(
            F("resolved_at") - F("begun_at"),
            template="(EXTRACT(EPOCH FROM %(expressions)s))::double precision",
            output_field=models.FloatField(),
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        constraints = [
            SameMarketplace(owner="thread", name="resolution_is_of_marketplace"),
            models.UniqueConstraint(
                fields=["thread", "kind", "resolved_at"], name="one_row_per_resolution"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | Q(begun_at__lte=F("resolved_at")),
                name="resolution_after_wait",
            ),
        ]
        indexes = [
            models.Index(
                fields=["marketplace", "kind", "resolved_at"],
                include=["seconds", "replies", "messages", "by", "followed_at"],
                name="resolution_by_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.kind} {self.resolved_at:%Y-%m-%d %H:%M}"
