"""The activity of threads: who did what, and when. Append only."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.live_triggers import EVENT_TRIGGERS
from inbox.models.marketplaces import Marketplace
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.threads import Thread


class Event(models.Model):
    class Verb(models.TextChoices):
        QUEUED = "queued", _("wrote a reply")
        SENT = "sent", _("reply sent")
        FAILED = "failed", _("reply not sent")
        UNCONFIRMED = "unconfirmed", _("reply unconfirmed")
        OVERTAKEN = "overtaken", _("stopped a late send attempt")
        IDENTIFIED = "identified", _("confirmed that a message is the reply")
        RULED_OUT = "ruled_out", _("marked a message as not the reply")
        RESENT = "resent", _("sent a reply again")
        DISCARDED = "discarded", _("discarded a reply")
        UNDONE = "undone", _("canceled a reply")
        ASSIGNED = "assigned", _("assigned")
        UNASSIGNED = "unassigned", _("unassigned")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        SNOOZED = "snoozed", _("snoozed")
        UNSNOOZED = "unsnoozed", _("snooze ended")
        TAGGED = "tagged", _("added a tag")
        UNTAGGED = "untagged", _("removed a tag")
        DOCUMENT_DELETED = "document_deleted", _("deleted a document")
        NOTED = "noted", _("wrote a note")
        NOTE_EDITED = "note_edited", _("changed a note")
        NOTE_DELETED = "note_deleted", _("deleted a note")

    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="events")
    thread = models.ForeignKey(
        Thread,
        models.CASCADE,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="events",
    )
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="events"
    )
    about = models.JSONField(default=dict)  # ids only, never a body or a name
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [SameMarketplace(owner="thread", name="event_is_of_marketplace")]
        triggers = EVENT_TRIGGERS
        indexes = [
            models.Index(fields=["thread", "at"], name="event_of_thread"),
            models.Index(fields=["-at", "-id"], name="event_by_newest"),
            models.Index(
                fields=["marketplace", "at"],
                include=["verb", "by", "thread"],
                condition=models.Q(by__isnull=False, thread__isnull=False),
                name="event_of_person",
            ),
            models.Index(
                fields=["marketplace", "verb", "at"],
                condition=models.Q(verb__in=["failed", "unconfirmed", "resent", "undone"]),
                name="event_of_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def record(
        cls,
        verb: str,
        *,
        marketplace: Marketplace,
        thread: Thread | None = None,
        by: Any = None,
        **about: Any,
    ) -> None:
        cls.objects.create(marketplace=marketplace, thread=thread, verb=verb, by=by, about=about)
