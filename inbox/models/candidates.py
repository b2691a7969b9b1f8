"""What stands at Mirakl and may be an unconfirmed reply, in words that are not quite its own."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.replies import Reply, ReplyFile


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def undecided(self) -> Self:
        return self.filter(verdict=Candidate.Verdict.UNDECIDED)


class Candidate(models.Model):
    """A message, or a document, that a person compares with the reply. Mirakl may alter bodies."""

    class Verdict(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        IS_IT = "is_it", _("Yes, this is it")
        IS_NOT = "is_not", _("No, it isn't")

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="candidates")
    # Which of its files it may be; only where it is a document.
    file = models.ForeignKey(ReplyFile, models.CASCADE, null=True, related_name="candidates")
    mirakl_id = models.CharField(max_length=100)
    # The conversation that it begins; empty where it begins none.
    thread_id = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300, blank=True)  # its topic, subject or document type
    body = models.TextField()  # a document's name
    sent_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.UNDECIDED)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reply", "mirakl_id"],
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
        return f"{self.mirakl_id} for {self.reply}"
