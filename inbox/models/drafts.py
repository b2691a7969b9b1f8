"""What an agent is writing: kept on the server, so that nothing typed is lost."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.threads import Thread


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User, thread: Thread) -> Self:
        return self.filter(user=user, thread=thread)


class Draft(models.Model):
    """A reply that is not sent yet. One a user and thread: it shows nowhere else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="drafts")
    body = models.TextField()
    recipients = models.JSONField(default=list)  # participant types
    saved_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(fields=["user", "thread"], name="one_draft_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.thread}"
