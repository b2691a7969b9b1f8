"""How long personal data is kept, and who was erased, as keyed hashes that never expire."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class KeptData(models.Model):
    """How long a marketplace's conversations keep what customers wrote, sent and are called.

    Null: without limit.
    """

    keeps_texts_days = models.PositiveIntegerField(_("days for texts"), null=True, blank=True)
    keeps_files_days = models.PositiveIntegerField(
        _("days for names of files"), null=True, blank=True
    )
    keeps_names_days = models.PositiveIntegerField(_("days for names"), null=True, blank=True)
    # A customer of its host was erased: answers are compared with the marks of erasures.
    has_erasures = models.BooleanField(db_default=False, default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def keeps_something_for_days(self) -> bool:
        """Whether any data of its conversations goes after a time."""
        limits = (self.keeps_texts_days, self.keeps_files_days, self.keeps_names_days)
        return any(one is not None for one in limits)


class Erasure(models.Model):
    """One erased customer. A worker goes on with an unfinished one."""

    class Notes(models.TextChoices):
        NAMED = "named", _("Delete notes with their name")
        ALL = "all", _("Delete all notes on their conversations")

    # Scheme, host and port: it holds for all connections to them.
    host = models.CharField(max_length=300)
    notes = models.CharField(max_length=10, choices=Notes, default=Notes.NAMED)
    # What came until then is erased, and not shown again.
    at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        marks: models.Manager["ErasureMark"]

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(finished_at=None), name="erasure_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.at:%Y-%m-%d %H:%M}"


class ErasureMark(models.Model):
    """A customer, conversation or order that was erased: a keyed hash of Mirakl's id."""

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="marks")
    digest = models.BinaryField(unique=True)

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class ErasureKey(models.Model):
    """A key of the hashes, sealed with CREDENTIAL_KEYS. The newest makes marks, all find them."""

    sealed_credential = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)
