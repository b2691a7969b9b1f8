"""How far each user has read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.threads import Thread


class Visit(models.Model):
    """How far a user has read a thread. Only known here: Mirakl has no read marks."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="visits"
    )
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="visits")
    read_until = models.DateTimeField(_("read until"))  # created_at of the last message shown

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "thread"], name="one_visit_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.thread}"
