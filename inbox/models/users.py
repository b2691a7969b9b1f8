"""The user model: people who work here, and their settings."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inbox.dates import time_zones

LONGEST_UNDO = 30  # seconds


class User(AbstractUser):
    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    class AfterSending(models.TextChoices):
        STAY = "stay", _("Stay in the conversation")
        NEXT = "next", _("Open the next conversation in the view")
        LIST = "list", _("Back to the list")

    # Empty: the browser's language, and the server's time zone.
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(
        _("density"), max_length=12, choices=Density, default=Density.COMFORTABLE
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to undo sending"), default=5, validators=[MaxValueValidator(LONGEST_UNDO)]
    )
    has_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    after_sending = models.CharField(
        _("after sending or closing"),
        max_length=10,
        choices=AfterSending,
        default=AfterSending.NEXT,
    )
    # {Notification.Kind: ["desk", "browser"]}; a missing kind is shown in the desk.
    notices = models.JSONField(_("notifications"), default=dict, blank=True)

    # The password was set by somebody else.
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)
    # Read with the user, by `duties.with_demands`.
    group_demands_factor: bool
    # At most one link is mailed within a few minutes.
    reset_mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_user_per_email",
                violation_error_message=_("Another person has this email address."),
            ),
        ]

    @property
    def display_name(self) -> str:
        """The user's name as colleagues see it."""
        return self.get_full_name() or self.get_username()

    @property
    def initials(self) -> str:
        """Two letters in place of a picture."""
        first, *rest = self.display_name.split()
        return (first[0] + rest[-1][0] if rest else first[:2]).upper()

    @property
    def zone(self) -> ZoneInfo | None:
        """The user's own time zone, if it is set and known."""
        return ZoneInfo(self.time_zone) if self.time_zone in time_zones() else None

    @property
    def offered_language(self) -> str:
        """The user's own language; empty if none is set that the desk has."""
        return self.language if self.language in dict(settings.LANGUAGES) else ""

    def hears(self, kind: str) -> list[str]:
        """Where the user wants notifications of this kind: `desk`, `browser`."""
        told: list[str] = self.notices.get(kind, ["desk"])
        return told

    def wants(self, kind: str) -> bool:
        return bool(self.hears(kind))
