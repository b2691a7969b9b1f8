"""What an agent is writing: kept on the server, so that nothing typed is lost."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.replies import Reply, staged_path
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
        """One's own, of threads that one may still see."""
        return self.filter(user=user, thread__in=Thread.objects.visible_to(user))


class Typed(models.Model):
    """What is saved while it is typed."""

    saved_at = models.DateTimeField(auto_now=True)
    # The token of the form that it was saved from: by it two tabs tell their texts apart.
    written_in = models.UUIDField(null=True)
    # How often that form had been saved by then: a save that is overtaken changes nothing.
    saves = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def version(self) -> str:
        """Another one after each save."""
        return self.saved_at.isoformat()

    def is_after(self, number: int | None, token: UUID | None) -> bool:
        """Whether that form has been saved later than this save, which has been overtaken."""
        return bool(token and number and self.written_in == token and self.saves >= number)


class Draft(Typed):
    """What is not sent yet. One a user, thread and mode: it shows nowhere else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.REPLY)
    body = models.TextField(blank=True)
    recipients = models.JSONField(default=list)  # participant types
    # Who was to read it when its first words were written.
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
        """Where one goes on with it."""
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
        """One's own, at marketplaces that one may still write to."""
        return self.filter(user=user, marketplace__in=Marketplace.objects.answerable_by(user))


class LetterDraft(Typed):
    """A message on no thread that is not sent yet. One a user and a form, which its address is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letter_drafts")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="letter_drafts")
    kind = models.CharField(max_length=20, choices=Reply.Kind)
    about = models.CharField(max_length=255, blank=True)  # as `Reply.order_id`
    address = models.CharField(max_length=1000)  # path and query
    fields = models.JSONField(default=dict)  # what the form holds, by name: a text, or a list

    objects = LetterDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a new conversation")
        verbose_name_plural = _("drafts of new conversations")
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="one_draft_per_form"),
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
    """A file that was uploaded for a draft, staged where those of replies are."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    file = models.FileField(upload_to=staged_path)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
