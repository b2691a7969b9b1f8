"""The outbox: everything the desk writes to Mirakl, from the click to Mirakl's answer."""

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
from inbox.models.marketplaces import Marketplace
from inbox.models.rules import OUTGOING_FILE_RULES, OUTGOING_RULES
from inbox.models.threads import Thread
from inbox.models.told import Told
from inbox.models.users import User

# Where files wait in Django's storage; nothing else is kept there.
STAGED_IN = "replies"
# What two readings this far apart do not show has not arrived.
LOOKS_APART = timedelta(seconds=30)
LONGEST_BETWEEN_LOOKS = timedelta(minutes=5)
# Queued for longer than this, it is waiting for something that does not come by itself.
STUCK_AFTER = timedelta(minutes=3)


class OutgoingQuerySet(models.QuerySet["Outgoing"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.visible_to(user))

    def answerable_by(self, user: User) -> Self:
        return self.filter(marketplace__in=Marketplace.objects.answerable_by(user))

    def complete(self) -> Self:
        """With what its bubble and its delivery need."""
        related = self.select_related("marketplace", "thread__marketplace", "author")
        return related.prefetch_related("files")

    def unsettled(self) -> Self:
        """Not yet seen at Mirakl, and not given up: what a page must show."""
        return self.exclude(state__in=[Outgoing.State.SENT, Outgoing.State.DISCARDED])

    def unseen(self) -> Self:
        """Conversations that Mirakl says it has begun, and that no reading has shown yet."""
        mirrored = Thread.objects.filter(
            marketplace=models.OuterRef("marketplace"),
            mirakl_id=models.OuterRef("created_thread_id"),
        )
        begun = self.filter(state=Outgoing.State.SENT, kind__in=Outgoing.Kind.of_beginnings())
        return begun.exclude(models.Exists(mirrored))

    def in_trouble(self) -> Self:
        """Failed, unconfirmed, or under way for too long: what somebody should look at."""
        state, now = Outgoing.State, timezone.now()
        stuck = models.Q(state=state.QUEUED, queued_at__lt=now - STUCK_AFTER)
        abandoned = models.Q(state=state.SENDING, lease_until__lt=now)
        return self.filter(
            models.Q(state__in=[state.FAILED, state.UNCONFIRMED]) | stuck | abandoned
        )


@dataclass(frozen=True)
class Then:
    """What happens to the conversation once the reply is sent: it closes or is snoozed."""

    closes: bool = False
    snoozes_hours: int | None = None


@dataclass(frozen=True)
class About:
    """What a message is written on: a thread, or what a new one is begun on."""

    marketplace: Marketplace
    kind: str
    thread: Thread | None = None
    subject_id: str = ""


class Outgoing(models.Model):
    """One write, and where it stands. Every change of state is a conditional update."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")  # M12
        ORDER_THREAD = "order_thread", _("New conversation about an order")  # OR43
        SERVICE_ORDER_THREAD = "service_order", _("New conversation about a service order")  # SOR43
        SERVICE_THREAD = "service", _("New conversation about a service")  # SOF43
        OPERATOR_THREAD = "operator_thread", _("New conversation with shop or operator")  # M14
        ORDER_MESSAGE = "order_message", _("Order message")  # OR42
        DOCUMENT = "document", _("Order document")  # OR74

        @classmethod
        def of_beginnings(cls) -> list[str]:
            return [kind for kind in cls if kind.entity_type]

        @property
        def entity_type(self) -> str:
            """Of what a thread begun by this kind is on; empty where it begins none."""
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

    # The form's own: the same form sent twice finds this row instead of making another.
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="outbox")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="replies")
    # What a new thread, an order message or a document is on: an order, a service order or a
    # service, as the kind says; for M14 the shop that an operator writes to.
    subject_id = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.REPLY)
    body = models.TextField()  # as the agent typed it
    recipients = models.JSONField(default=list)  # [{"type", "id"?, "display_name"}]
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

    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    # When a person last asked for it to be sent, and how often that was tried since.
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not before this moment; set when Mirakl said 429 or could not be reached.
    deliver_after = models.DateTimeField(null=True)
    # Its author may take it back until then; it is not delivered before.
    undo_until = models.DateTimeField(null=True)
    # While SENDING: past it, whoever was sending is gone and the reply is unconfirmed.
    lease_until = models.DateTimeField(null=True)
    # While SENDING: who wants it stopped, which it is unless all of it has left already.
    stop_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # While UNCONFIRMED: when Mirakl was last asked for it; since when it was not there, and when
    # that was so for the second time; since when a person is asked to compare it with candidates.
    looked_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    absent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    # The newest message, by our key, that the mirror had when it was written: none up to it is it.
    mirrored_until = models.BigIntegerField(default=0)
    # The newest message of its thread, by our key, when its author sent it.
    seen_message_id = models.BigIntegerField(null=True)
    # Why it stands there, for people who read the rows; agents read `trouble`.
    error = models.TextField(blank=True)
    error_about = models.JSONField(null=True, blank=True)  # a Told's words and what they name
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
            # Two replies of the same words never take one message of Mirakl's for their own.
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
    def about(self) -> About:
        return About(self.marketplace, self.kind, self.thread, self.subject_id)

    @property
    def replied_thread(self) -> Thread:
        """The thread of a reply; no other kind has one."""
        if self.thread is None:
            raise ValueError(f"{self} is not a reply to a thread.")
        return self.thread

    @property
    def then(self) -> Then:
        return Then(self.then_closes, self.then_snoozes_hours)

    @property
    def trouble(self) -> str:
        """Why it stands where it does, in the reader's language; empty where all is well."""
        if not (self.error and self.error_about):
            return self.error
        about = dict(self.error_about)
        return str(Told(about.pop("words"), about))

    @property
    def starts_thread(self) -> bool:
        """Once sent there is a thread of its own, and nothing more to show where it was written."""
        return bool(self.Kind(self.kind).entity_type)

    @property
    def title(self) -> str:
        """Its topic or subject in words; empty where it has none of its own."""
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
        """It will not go out by itself: somebody sends it again or discards it."""
        unconfirmed = self.state == self.State.UNCONFIRMED
        return self.state == self.State.FAILED or (unconfirmed and self.absent_at is not None)

    @property
    def needs_comparison(self) -> bool:
        """Something of ours that may be it stands at Mirakl: a person says whether it is."""
        return self.state == self.State.UNCONFIRMED and self.asked_at is not None

    @property
    def can_be_edited(self) -> bool:
        """Nothing of it is at Mirakl, as far as anybody can know, nor on its way there."""
        return self.needs_person or self.state == self.State.QUEUED

    @property
    def can_be_stopped(self) -> bool:
        """It takes a while to go, or waits for its turn: there is time to think again."""
        if self.state == self.State.QUEUED:
            return not self.seconds_to_undo
        return self.state == self.State.SENDING and bool(self.files.all())

    @property
    def seconds_to_undo(self) -> int:
        """How long its author may still take it back; 0 once it goes out."""
        return self._seconds_until(self.undo_until)

    def _seconds_until(self, moment: datetime | None) -> int:
        """Of one that is still to be sent; 0 where it need not wait for that moment."""
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
        """Something will change by itself: the page may ask again soon."""
        settled = {self.State.SENT, self.State.DISCARDED}
        waits_for_person = self.needs_person or self.needs_comparison
        return self.state not in settled and not waits_for_person

    @property
    def ask_again_in(self) -> int:
        """Seconds until a page that shows this bubble asks for it again."""
        if self.state == self.State.SENDING:
            return 1
        if self.state == self.State.QUEUED:
            # Never in the middle of the countdown, whose button may have the focus; nor again and
            # again while Mirakl has asked to wait.
            rest = min(self._seconds_until(self.deliver_after), 15)
            return max(self.seconds_to_undo, rest) + 1
        left = self._next_look_at() - timezone.now()
        return max(1, math.ceil(left.total_seconds()))

    def _next_look_at(self) -> datetime:
        """By the clock, however often a page is reloaded. Each look costs Mirakl a call, and it may
        be down for long: ever more rarely, until it answers."""
        began = self.missing_since or self.lease_until or self.queued_at
        looked_at = max(began, self.looked_at or began)
        least = LOOKS_APART if self.missing_since else timedelta()
        return looked_at + min(max(looked_at - began, least), LONGEST_BETWEEN_LOOKS)


def staged_path(instance: models.Model, filename: str) -> str:
    """A name of our own: what a browser calls a file never becomes a path."""
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
