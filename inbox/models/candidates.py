"""Messages and documents at Mirakl that may be an unconfirmed reply, despite differences."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.outgoing import Outgoing, OutgoingFile


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def undecided(self) -> Self:
        return self.filter(verdict=Candidate.Verdict.UNDECIDED)


class Candidate(models.Model):
    """A message or document that an agent compares with the reply: Mirakl may alter bodies."""

    class Verdict(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        IS_IT = "is_it", _("Yes, this is it")
        IS_NOT = "is_not", _("No, it isn't")

    outgoing = models.ForeignKey(Outgoing, models.CASCADE, related_name="candidates")
    # The file of the reply that it may be; for a document only.
    file = models.ForeignKey(OutgoingFile, models.CASCADE, null=True, related_name="candidates")
    mirakl_id = models.CharField(max_length=100)
    # The thread that it starts; empty if it starts none.
    thread_id = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300, blank=True)  # its topic, subject or document type
    body = models.TextField()  # for a document, its name
    sent_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.UNDECIDED)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["outgoing", "mirakl_id"],
                condition=models.Q(file=None),
                name="one_candidate_per_message",
            ),
            models.UniqueConstraint(
                fields=["file", "mirakl_id"],
                condition=~models.Q(file=None),
                name="one_candidate_per_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mirakl_id} for {self.outgoing}"
