"""The audit log: who did what in the administration of the desk, and from where. Append only."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inbox.models.audit_triggers import AUDIT_TRIGGERS


class AuditEntry(models.Model):
    """Has ids in place of foreign keys: it outlives the rows that it tells of."""

    class Kind(models.TextChoices):
        LOGGED_IN = "logged_in", _("logged in")
        LOGGED_OUT = "logged_out", _("logged out")
        LOGIN_FAILED = "login_failed", _("failed login")
        UNLOCKED = "unlocked", _("unlocked logins")
        INVITED = "invited", _("invited")
        LINK_SHOWN = "link_shown", _("copied an invitation's link")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        CREDENTIALS = "credentials", _("changed credentials")
        READ = "read", _("read a conversation")
        EXPORTED = "exported", _("exported")
        ERASED = "erased", _("erased a customer")
        CLEARED = "cleared", _("deleted old data")
        BACKED_UP = "backed_up", _("made a backup")
        RESTORED = "restored", _("restored a backup")
        RESUMED = "resumed", _("resumed sending")
        CUT = "cut", _("deleted old audit entries")

    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    # The person's pk; null for the desk itself, and for people who are not known.
    by = models.BigIntegerField(_("person"), null=True)
    # Empty: unknown, or not from a browser.
    address = models.CharField(_("address"), max_length=50, blank=True)
    # The request's id in the log.
    request = models.CharField(max_length=64, blank=True)
    # What it was done to: a model, such as "inbox.marketplace", and a pk.
    target = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    # Of allowed fields [before, after], of others "changed"; ids, never texts of customers.
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(_("when"), db_default=Now())
    # Given at the commit by a trigger.
    number = models.BigIntegerField(null=True, unique=True, editable=False)
    previous_hash = models.BinaryField(null=True, unique=True, editable=False)
    hash = models.BinaryField(null=True, editable=False)
    version = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        triggers = AUDIT_TRIGGERS
        indexes = [
            models.Index(fields=["by", "-id"], name="audit_by_person"),
            models.Index(fields=["target", "target_id", "-id"], name="audit_by_target"),
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
            models.Index(
                fields=["address", "-id"], condition=~Q(address=""), name="audit_by_address"
            ),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class AuditHead(models.Model):
    """One row: number and hash of the newest entry."""

    number = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.hash).hex()}"
