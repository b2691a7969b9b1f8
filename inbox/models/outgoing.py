"""The outbox: every write to Mirakl, from the click on Send to Mirakl's answer."""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.details import DetailsField
from inbox.models.error_text import ErrorText
from inbox.models.marketplaces import Marketplace
from inbox.models.rules import OUTGOING_FILE_RULES, OUTGOING_RULES
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.structs import Participant, StructsField
from inbox.models.threads import Thread
from inbox.models.users import User

# Where files wait in Django's storage; nothing else is kept there.
STAGED_IN = "replies"
# A reply that two checks this far apart don't find has not arrived.
LOOKS_APART = timedelta(seconds=30)
LONGEST_BETWEEN_LOOKS = timedelta(minutes=5)
# A reply that is queued for longer needs a person's attention.
STUCK_AFTER = timedelta(minutes=3)


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))

    def answerable_by(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.answerable_by(user))

    def complete(self) -> Self:
        """With the rows that its bubble and its delivery need."""
        related = self.select_related("marketplace", "thread__marketplace", "author")
        return related.prefetch_related("files")

    def unsettled(self) -> Self:
        """Neither sent nor discarded: pages must show them."""
        return self.exclude(state__in=[Outgoing.State.SENT, Outgoing.State.DISCARDED])

    def unmirrored(self) -> Self:
        """Conversations that were started at Mirakl and are not in the mirror yet."""
        mirrored = Thread.objects.filter(
            marketplace=models.OuterRef("marketplace"),
            mirakl_id=models.OuterRef("created_thread_id"),
        )
        begun = self.filter(state=Outgoing.State.SENT, kind__in=Outgoing.Kind.starting_threads())
        return begun.exclude(models.Exists(mirrored))

    def in_trouble(self) -> Self:
        """Failed, unconfirmed, or being sent for too long: a person must look at them."""
        state, now = Outgoing.State, timezone.now()
        stuck = models.Q(state=state.QUEUED, queued_at__lt=now - STUCK_AFTER)
        abandoned = models.Q(state=state.SENDING, lease_until__lt=now)
        return self.filter(
            models.Q(state__in=[state.FAILED, state.UNCONFIRMED]) | stuck | abandoned
        )


@dataclass(frozen=True)
class ActionsWhenSent:
    """What happens to the conversation once the reply is sent: it closes or is snoozed."""

    closes: bool = False
    snoozes_hours: int | None = None


@dataclass(frozen=True)
class Destination:
    """What a message is about: a thread, or the subject of a new one."""

    marketplace: Marketplace
    kind: str
    thread: Thread | None = None
    subject_id: str = ""


class Outgoing(models.Model):
    """One write to Mirakl and its state. Every change of state is a conditional update."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")  # M12
        ORDER_THREAD = "order_thread", _("New conversation about an order")  # OR43
        SERVICE_ORDER_THREAD = "service_order", _("New conversation about a service order")  # SOR43
        SERVICE_THREAD = "service", _("New conversation about a service")  # SOF43
        OPERATOR_THREAD = "operator_thread", _("New conversation with shop or operator")  # M14
        ORDER_MESSAGE = "order_message", _("Order message")  # OR42
        DOCUMENT = "document", _("Order document")  # OR74

        @classmethod
        def starting_threads(cls) -> list[str]:
            return [kind for kind in cls if kind.entity_type]

        @property
        def entity_type(self) -> str:
            """The entity type of the threads that this kind starts; empty if it starts none."""
            return {
                "order_thread": "MMP_ORDER",
                "service_order": "MPS_ORDER",
                "service": "MPS_SERVICE",
                "operator_thread": "SELLER_OPERATOR",
            }.get(self.value, "")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        FAILED = "failed", _("Not sent")
        DISCARDED = "discarded", _("Discarded")

    # The form's: the same form sent twice finds this row and makes no other.
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="outbox")
    thread = models.ForeignKey(
        Thread, models.CASCADE, null=True, db_constraint=False, related_name="replies"
    )
    # What a new thread, an order message or a document is about: an order, a service order or a
    # service, by the kind; for M14 the shop that an operator writes to.
    subject_id = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.REPLY)
    body = models.TextField()  # as the agent typed it
    recipients = StructsField(Participant)
    topic_type = models.CharField(max_length=40, blank=True)
    topic_value = models.CharField(max_length=200, blank=True)
    topic_label = models.TextField(blank=True)  # of a topic that is a code
    email_subject = models.CharField(max_length=200, blank=True)  # OR42 alone has one
    details = DetailsField(blank=True)
    # What happens to the thread once the reply is sent.
    then_closes = models.BooleanField(default=False)
    then_snoozes_hours = models.PositiveSmallIntegerField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="outbox"
    )

    # The canned reply that it began with, and the share of its characters that were sent.
    canned = models.ForeignKey(
        "inbox.CannedReply", models.SET_NULL, null=True, db_index=False, related_name="uses"
    )
    canned_kept = models.FloatField(null=True)

    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    # When a person last requested to send it, and the attempts since.
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not before this moment; set after a 429, or if Mirakl could not be reached.
    deliver_after = models.DateTimeField(null=True)
    # The end of the undo window; it is not delivered before.
    undo_until = models.DateTimeField(null=True)
    # While SENDING: after this moment its sender has stopped, and the reply is unconfirmed.
    lease_until = models.DateTimeField(null=True)
    # While SENDING: the user who requested to stop it; it stops unless all of it has left.
    stop_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # While UNCONFIRMED: when Mirakl was last checked; when it was first missing, and missing for
    # the second time; since when a person is asked to compare it with candidates.
    looked_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    absent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    # The pk of the newest message stored when it was written: no message up to it is this reply.
    mirrored_until = models.BigIntegerField(default=0)
    # The pk of the newest message of its thread when its author sent it.
    seen_message_id = models.BigIntegerField(null=True)
    # Why it is in this state, in English for admins; agents read `trouble`.
    error = models.TextField(blank=True)
    error_values = models.JSONField(null=True, blank=True)  # an ErrorText, for its translation
    message_id = models.CharField(max_length=255, blank=True)  # Mirakl's, once sent
    created_thread_id = models.CharField(max_length=255, blank=True)  # OR43's answer
    created_at = models.DateTimeField(auto_now_add=True)
    sending_at = models.DateTimeField(null=True)  # when the latest attempt began
    settled_at = models.DateTimeField(null=True)

    objects = OutgoingQuerySet.as_manager()

    if TYPE_CHECKING:
        files: models.Manager["OutgoingFile"]

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            SameMarketplace(owner="thread", name="outgoing_is_of_marketplace"),
            # Two replies with the same text are never matched with one message of Mirakl's.
            models.UniqueConstraint(
                fields=["marketplace", "message_id"],
                condition=~models.Q(message_id=""),
                name="one_outgoing_per_message",
            ),
            *OUTGOING_RULES,
        ]
        indexes = [
            models.Index(fields=["thread", "state"], name="outgoing_of_thread"),
            models.Index(fields=["marketplace", "subject_id"], name="outgoing_of_subject"),
            models.Index(
                fields=["marketplace", "settled_at"],
                condition=models.Q(canned__isnull=False),
                name="outgoing_of_canned",
            ),
            models.Index(
                fields=["state", "deliver_after"],
                condition=~models.Q(state__in=["sent", "discarded"]),
                name="outgoing_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.token}"

    def get_absolute_url(self) -> str:
        return reverse("reply", args=[self.token])

    @property
    def destination(self) -> Destination:
        return Destination(self.marketplace, self.kind, self.thread, self.subject_id)

    @property
    def replied_thread(self) -> Thread:
        """The thread of a reply; no other kind has one."""
        if self.thread is None:
            raise ValueError(f"{self} is not a reply to a thread.")
        return self.thread

    @property
    def actions(self) -> ActionsWhenSent:
        return ActionsWhenSent(self.then_closes, self.then_snoozes_hours)

    @property
    def trouble(self) -> str:
        """Why it is in this state, in the reader's language; empty without a problem."""
        if not (self.error and self.error_values):
            return self.error
        values = dict(self.error_values)
        return str(ErrorText(values.pop("text"), values))

    @property
    def starts_thread(self) -> bool:
        """Once sent it has a thread of its own, and the page of its form shows it no more."""
        return bool(self.Kind(self.kind).entity_type)

    @property
    def title(self) -> str:
        """Its topic or subject line; empty if it has none."""
        return self.email_subject or self.topic_label or self.topic_value

    @property
    def unsent_files(self) -> list["OutgoingFile"]:
        """Files that are still to be sent."""
        return [file for file in self.files.all() if file.file]

    @property
    def bytes_total(self) -> int:
        return sum(file.size for file in self.files.all())

    @property
    def bytes_sent(self) -> int:
        return sum(file.bytes_sent for file in self.files.all())

    @property
    def icon(self) -> str:
        if self.state == self.State.SENT:
            return "check"
        waits = {self.State.QUEUED, self.State.SENDING}
        return "clock" if self.state in waits else "triangle-alert"

    @property
    def needs_person(self) -> bool:
        """A person must send it again or discard it."""
        unconfirmed = self.state == self.State.UNCONFIRMED
        return self.state == self.State.FAILED or (unconfirmed and self.absent_at is not None)

    @property
    def needs_comparison(self) -> bool:
        """A message at Mirakl may be this reply: a person decides."""
        return self.state == self.State.UNCONFIRMED and self.asked_at is not None

    @property
    def can_be_edited(self) -> bool:
        """It is neither at Mirakl nor being sent, as far as the desk knows."""
        return self.needs_person or self.state == self.State.QUEUED

    @property
    def can_be_stopped(self) -> bool:
        """It waits for a worker, or takes time to send: it has files."""
        if self.state == self.State.QUEUED:
            return not self.seconds_to_undo
        return self.state == self.State.SENDING and bool(self.files.all())

    @property
    def seconds_to_undo(self) -> int:
        """How long its author can undo it; 0 once it is sent."""
        return self._seconds_until(self.undo_until)

    def _seconds_until(self, moment: datetime | None) -> int:
        """For a queued reply; 0 if it does not wait for that moment."""
        if self.state != self.State.QUEUED or moment is None:
            return 0
        return max(0, math.ceil((moment - timezone.now()).total_seconds()))

    @property
    def is_abandoned(self) -> bool:
        """Whether its sender stopped without recording a result."""
        lapsed = self.lease_until is not None and self.lease_until < timezone.now()
        return self.state == self.State.SENDING and lapsed

    @property
    def is_stuck(self) -> bool:
        waits = self.state == self.State.QUEUED
        return waits and self.queued_at < timezone.now() - STUCK_AFTER

    @property
    def is_moving(self) -> bool:
        """Its state will change without a person: the page polls."""
        settled = {self.State.SENT, self.State.DISCARDED}
        waits_for_person = self.needs_person or self.needs_comparison
        return self.state not in settled and not waits_for_person

    @property
    def ask_again_in(self) -> int:
        """Seconds until the page polls for this bubble again."""
        if self.state == self.State.SENDING:
            return 1
        if self.state == self.State.QUEUED:
            # Not during the countdown, whose button may have the focus; and not too often while
            # Mirakl has asked to wait.
            rest = min(self._seconds_until(self.deliver_after), 15)
            return max(self.seconds_to_undo, rest) + 1
        left = self._next_look_at() - timezone.now()
        return max(1, math.ceil(left.total_seconds()))

    def _next_look_at(self) -> datetime:
        """When to check next, however often the page is reloaded.

        Each check is a call to Mirakl, which may be down for long: the pauses grow.
        """
        began = self.missing_since or self.lease_until or self.queued_at
        looked_at = max(began, self.looked_at or began)
        least = LOOKS_APART if self.missing_since else timedelta()
        return looked_at + min(max(looked_at - began, least), LONGEST_BETWEEN_LOOKS)


def staged_path(instance: models.Model, filename: str) -> str:
    """A random name: a file name from a browser never becomes a path."""
    return f"{STAGED_IN}/{uuid.uuid4().hex}"


class OutgoingFile(models.Model):
    """A file on its way to Mirakl, staged in Django's storage until it is sent."""

    outgoing = models.ForeignKey(Outgoing, models.CASCADE, related_name="files")
    file = models.FileField(upload_to=staged_path, blank=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    bytes_sent = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = OUTGOING_FILE_RULES

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Names it among the files of a form: a draft may have one of the same number."""
        return f"reply-{self.pk}"
