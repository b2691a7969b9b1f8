"""Drafts: saved on the server, so that no typed text is lost."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.outgoing import Outgoing, staged_path
from inbox.models.rules import LETTER_DRAFT_RULES
from inbox.models.threads import Thread
from inbox.models.users import User

LONGEST_DRAFT = 200_000


class Mode(models.TextChoices):
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User, thread: Thread, mode: str = Mode.REPLY) -> Self:
        return self.filter(user=user, thread=thread, mode=mode)

    def visible_to(self, user: User) -> Self:
        """The user's own, on threads they can still see."""
        return self.filter(user=user, thread__in=Thread.objects.visible_to(user))


class Typed(models.Model):
    """Fields of a text that is saved while it is typed."""

    saved_at = models.DateTimeField(auto_now=True)
    # The token of the form that saved it: it tells the texts of two tabs apart.
    written_in = models.UUIDField(null=True)
    # The number of saves by that form: an overtaken save changes nothing.
    saves = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def version(self) -> str:
        """Differs after each save."""
        return self.saved_at.isoformat()

    def is_after(self, number: int | None, token: UUID | None) -> bool:
        """Whether that form has saved again since this save, which is overtaken."""
        return bool(token and number and self.written_in == token and self.saves >= number)


class Draft(Typed):
    """An unsent text. One per user, thread and mode; visible nowhere else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.REPLY)
    body = models.TextField(blank=True)
    recipients = models.JSONField(default=list)  # participant types
    # The recipients when the draft was started.
    begun_for = models.JSONField(default=list)

    if TYPE_CHECKING:
        files: models.Manager["DraftFile"]

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["user", "thread", "mode"], name="one_draft_per_user"),
        ]
        indexes = [models.Index(fields=["user", "-saved_at"], name="draft_by_newest")]

    def __str__(self) -> str:
        return f"{self.user} · {self.thread}"

    def get_absolute_url(self) -> str:
        """Where the user continues writing."""
        place = (
            f"?mode=note#writing-{self.thread_id}"
            if self.mode == Mode.NOTE
            else f"#composer-{self.thread_id}"
        )
        return f"{self.thread.get_absolute_url()}{place}"

    @property
    def marketplace(self) -> Marketplace:
        return self.thread.marketplace

    @property
    def who(self) -> str:
        return self.thread.who

    @property
    def topic(self) -> str:
        return self.thread.topic

    @property
    def label(self) -> str:
        return self.get_mode_display()


class LetterDraftQuerySet(models.QuerySet["LetterDraft"]):
    def visible_to(self, user: User) -> Self:
        """The user's own, at marketplaces where they may still write."""
        return self.filter(user=user, marketplace__in=Marketplace.objects.answerable_by(user))


class LetterDraft(Typed):
    """An unsent message without a thread. One per user and form, which its address identifies."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letter_drafts")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="letter_drafts")
    kind = models.CharField(max_length=20, choices=Outgoing.Kind)
    about = models.CharField(max_length=255, blank=True)  # as `Outgoing.subject_id`
    address = models.CharField(max_length=1000)  # path and query
    fields = models.JSONField(default=dict)  # the form's content by field name: a text, or a list

    objects = LetterDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a new conversation")
        verbose_name_plural = _("drafts of new conversations")
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="one_draft_per_form"),
            *LETTER_DRAFT_RULES,
        ]
        indexes = [models.Index(fields=["user", "-saved_at"], name="letter_by_newest")]

    def __str__(self) -> str:
        return f"{self.user} · {self.address}"

    def get_absolute_url(self) -> str:
        return self.address

    @property
    def who(self) -> str:
        return self.about or self.marketplace.name

    @property
    def topic(self) -> str:
        return self.fields.get("topic") or self.fields.get("subject") or ""

    @property
    def body(self) -> str:
        return self.fields.get("body") or ""

    @property
    def label(self) -> str:
        return self.get_kind_display()


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
