"""Spans: how long the other sides waited for us. Reports count these rows."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.rollup_triggers import SPAN_ROLLUP_TRIGGERS
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.threads import Thread
from inbox.models.users import User


class SpanQuerySet(models.QuerySet["Span"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))

    def of_the_team(self) -> Self:
        """Without waits from before the desk was connected."""
        return self.filter(is_history=False)


class Span(models.Model):
    """One wait of another side: from its first message to us until we answer it.

    Written by `services.insight.spans`, in the transaction that stores the messages. All times are
    Mirakl's. A span is judged at `judged_at`; afterwards its `limit_at` no longer changes.
    """

    class Asker(models.TextChoices):
        CUSTOMER = "CUSTOMER", _("Customer")
        SHOP = "SHOP", _("Shop")
        OPERATOR = "OPERATOR", _("Operator")

    class EndedBy(models.TextChoices):
        REPLY = "reply", _("Reply")
        NO_REPLY_NEEDED = "no_reply_needed", _("No reply needed")

    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, db_index=False, db_constraint=False, related_name="spans"
    )
    thread = models.ForeignKey(
        Thread, models.CASCADE, db_index=False, db_constraint=False, related_name="spans"
    )
    # From 1 if the other side began the thread, from 2 if we did; null while its beginning is
    # not stored.
    ordinal = models.PositiveIntegerField(null=True)
    asker = models.CharField(max_length=10, choices=Asker)
    asked_at = models.DateTimeField()
    last_asked_at = models.DateTimeField()
    messages_in = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, choices=EndedBy, blank=True)
    # The id of the message that ended it.
    answer_id = models.CharField(max_length=255, blank=True)
    # Whether the desk sent that message; the author of it, until their account is deleted.
    is_from_desk = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False, related_name="spans"
    )
    # The first reply of a thread that the other side began.
    is_first_reply = models.BooleanField(default=False)
    seconds = models.GeneratedField(
        expression=Func(
            F("ended_at") - F("asked_at"),
            template="(EXTRACT(EPOCH FROM %(expressions)s))::double precision",
            output_field=models.FloatField(),
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )
    # By the marketplace's calendar when the span ended.
    working_seconds = models.FloatField(null=True)
    # The reply deadline; null if the marketplace sets none for this side.
    limit_at = models.DateTimeField(null=True)
    judged_at = models.GeneratedField(
        expression=Least("ended_at", "limit_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    # Asked before the marketplace was connected, or long before it was first read.
    is_history = models.BooleanField(default=False)

    # The thread's, for filters.
    topic = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=8, blank=True)
    shop = models.CharField(max_length=200, blank=True)

    objects = SpanQuerySet.as_manager()

    class Meta:
        triggers = SPAN_ROLLUP_TRIGGERS
        constraints = [
            SameMarketplace(owner="thread", name="span_is_of_marketplace"),
            models.UniqueConstraint(
                fields=["thread", "asker", "asked_at"], name="one_row_per_span"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="", answer_id="")
                | Q(ended_at__gte=F("asked_at"), ended_by="reply") & ~Q(answer_id="")
                | Q(ended_at__gte=F("asked_at"), ended_by="no_reply_needed", answer_id=""),
                name="span_ended_somehow",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, working_seconds__isnull=True)
                | Q(ended_at__isnull=False, working_seconds__gte=0),
                name="span_working_once_ended",
            ),
            models.CheckConstraint(
                condition=Q(is_from_desk=True) | Q(author__isnull=True),
                name="span_author_is_of_desk",
            ),
            models.CheckConstraint(
                condition=Q(ended_by="reply") | Q(is_from_desk=False, is_first_reply=False),
                name="span_reply_has_author",
            ),
        ]
        indexes = [
            models.Index(
                fields=["marketplace", "ended_at"],
                include=["asker", "seconds", "author", "ended_by", "is_first_reply"],
                condition=Q(is_history=False),
                name="span_by_end",
            ),
            models.Index(
                fields=["marketplace", "judged_at"],
                include=["asker", "ended_by", "ended_at", "limit_at"],
                condition=Q(is_history=False),
                name="span_by_judgement",
            ),
            models.Index(
                fields=["marketplace", "asked_at"],
                include=["asker", "ended_at"],
                condition=Q(is_history=False),
                name="span_by_beginning",
            ),
            models.Index(
                fields=["marketplace", "asked_at"],
                condition=Q(ended_at__isnull=True),
                name="span_open",
            ),
            # What ended after a moment, history included.
            BrinIndex(fields=["ended_at"], name="span_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.asker} {self.asked_at:%Y-%m-%d %H:%M}"
