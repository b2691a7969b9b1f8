"""Invitations: people who have not chosen their first password yet."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext


class Invitation(models.Model):
    """Deleted when it is accepted or void. Its links are known to their readers alone."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitation"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invited")
    # Whoever has a link that went to another address may not come in.
    email = models.EmailField()
    at = models.DateTimeField(db_default=Now())
    # Hashes of the link that was mailed, and of the one that was shown to who invited.
    mailed_hash = models.CharField(max_length=64, blank=True)
    shown_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    # Why the mail was not sent: a text of the catalogues.
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M}"

    @property
    def failure_text(self) -> str:
        return gettext(self.failure) if self.failure else ""
