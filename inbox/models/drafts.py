"""Drafts: saved on the server, so that no typed text is lost."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.outgoing import Outgoing, staged_path
from inbox.models.rules import DRAFT_RULES
from inbox.models.same_marketplace import SameMarketplace
from inbox.models.threads import Thread
from inbox.models.users import User

LONGEST_DRAFT = 200_000


class Mode(models.TextChoices):
    """The kinds of drafts that a thread has."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class DraftQuerySet(models.QuerySet["Draft"]):
    def on_thread(self, user: User, thread: Thread, mode: str = Mode.REPLY) -> Self:
        return self.filter(user=user, thread=thread, kind=mode)

    def visible_to(self, user: User) -> Self:
        """The user's own: on threads they can see, and of forms where they may still write."""
        visible = Marketplace.objects.visible_to(user)
        answerable = Marketplace.objects.answerable_by(user)
        on_thread = Q(thread__isnull=False, marketplace__in=visible)
        return self.filter(
            on_thread | Q(thread__isnull=True, marketplace__in=answerable), user=user
        )


class Draft(models.Model):
    """An unsent text: a reply or a note on a thread, or the content of a form without a thread.

    One per user and place; visible nowhere else. The place is the thread and kind, or the form's
    address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="drafts")
    thread = models.ForeignKey(
        Thread, models.CASCADE, null=True, db_constraint=False, related_name="drafts"
    )
    address = models.CharField(max_length=1000, blank=True)  # the form's path and query
    kind = models.CharField(
        max_length=20,
        choices=[*Outgoing.Kind.choices, (Mode.NOTE.value, Mode.NOTE.label)],
        default=Mode.REPLY,
    )
    subject_id = models.CharField(max_length=255, blank=True)  # as `Outgoing.subject_id`
    body = models.TextField(blank=True)
    recipients = models.JSONField(default=list)  # participant types
    # The recipients when the draft was started.
    begun_for = models.JSONField(default=list)
    # The form's other fields by name: a text, or a list of texts.
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)
    # The token of the form that saved it: it tells the texts of two tabs apart.
    written_in = models.UUIDField(null=True)
    # The number of saves by that form: an overtaken save changes nothing.
    saves = models.PositiveIntegerField(default=0)

    if TYPE_CHECKING:
        files: models.Manager["DraftFile"]

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            SameMarketplace(owner="thread", name="draft_is_of_marketplace"),
            models.UniqueConstraint(fields=["user", "thread", "kind"], name="one_draft_per_thread"),
            models.UniqueConstraint(
                fields=["user", "address"], condition=~Q(address=""), name="one_draft_per_form"
            ),
            *DRAFT_RULES,
        ]
        indexes = [models.Index(fields=["user", "-saved_at"], name="draft_by_newest")]

    def __str__(self) -> str:
        return f"{self.user} · {self.thread or self.address}"

    def get_absolute_url(self) -> str:
        """Where the user continues writing."""
        if self.thread is None:
            return self.address
        is_note = self.kind == Mode.NOTE
        place = f"?mode=note#writing-{self.thread.pk}" if is_note else f"#composer-{self.thread.pk}"
        return f"{self.thread.get_absolute_url()}{place}"

    @property
    def version(self) -> str:
        """Differs after each save."""
        return self.saved_at.isoformat()

    def is_after(self, number: int | None, token: UUID | None) -> bool:
        """Whether that form has saved again since this save, which is overtaken."""
        return bool(token and number and self.written_in == token and self.saves >= number)

    @property
    def form_values(self) -> dict[str, object]:
        return {**self.fields, "body": self.body, "to": self.recipients}

    @property
    def who(self) -> str:
        if self.thread is None:
            return self.subject_id or self.marketplace.name
        return self.thread.who

    @property
    def topic(self) -> str:
        if self.thread is None:
            return self.fields.get("topic") or self.fields.get("subject") or ""
        return self.thread.topic_value


class DraftFile(models.Model):
    """A file uploaded to a draft, staged where the files of replies are."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    file = models.FileField(upload_to=staged_path)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Names it among the files of a form."""
        return str(self.pk)
