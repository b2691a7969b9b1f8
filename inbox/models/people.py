"""Users' signatures and notifications."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from inbox.models.counting import Counted, count_together
from inbox.models.live_triggers import NOTIFICATION_TRIGGERS
from inbox.models.marketplaces import Marketplace
from inbox.models.outgoing import Outgoing
from inbox.models.rules import NOTIFICATION_RULES
from inbox.models.threads import Thread
from inbox.models.users import User

# User names as in Django; an address or a link that contains an @ is no mention.
MENTION = re.compile(r"(?<![\w@./+-])@([\w.@+-]+)")


class Signature(models.Model):
    """The text at the end of a user's replies on a marketplace."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signatures")
    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="signatures")
    text = models.TextField(_("signature"), max_length=1000)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "marketplace"], name="one_signature_per_marketplace"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.marketplace}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """The user's own, on threads they can still see."""
        return self.filter(user=user, thread__in=Thread.objects.visible_to(user))

    def unread(self) -> Self:
        """Unread notifications that are still valid.

        Checked at each display: a new assignee, or a clock that stopped or moved, makes them
        obsolete.
        """
        kinds = Notification.Kind
        about_deadline = models.Q(kind=kinds.BREACHING) & ~models.Q(about="")
        # Only a deadline can be cast to a moment.
        told = models.Case(models.When(about_deadline, then=Cast("about", models.DateTimeField())))
        of_anybody = ~models.Q(kind__in=[kinds.ASSIGNED, kinds.BREACHING])
        is_due_as_told = models.Q(kind=kinds.ASSIGNED) | models.Q(thread__due_at=told)
        holds = of_anybody | models.Q(thread__assignee=models.F("user")) & is_due_as_told
        return self.filter(holds, read_at__isnull=True)


class Notification(models.Model):
    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("A conversation is assigned to me")
        MENTIONED = "mentioned", _("Someone mentions me in a note")
        FAILED = "failed", _("A reply of mine isn't sent")
        BREACHING = "breaching", _("A conversation of mine is almost overdue")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="notifications")
    outgoing = models.ForeignKey(Outgoing, models.CASCADE, null=True, related_name="notifications")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Each deadline, failed reply or note is notified once.
    about = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        triggers = NOTIFICATION_TRIGGERS
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "thread", "about"],
                condition=~models.Q(about=""),
                name="told_once",
            ),
            *NOTIFICATION_RULES,
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at"],
                condition=models.Q(read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.kind}"

    def get_absolute_url(self) -> str:
        """The place in the thread that it refers to."""
        url = self.thread.get_absolute_url()
        if self.kind == self.Kind.MENTIONED:
            return f"{url}?{self.about.replace(' ', '=')}#{self.about.replace(' ', '-')}"
        token = self.outgoing.token if self.outgoing else ""
        return f"{url}?reply={token}#reply-{token}" if token else url

    @classmethod
    def kinds_at(cls, place: str, user: User) -> list[str]:
        """The kinds of notification that the user wants at the `desk`, or in the `browser`."""
        return [kind for kind in cls.Kind if place in user.hears(kind)]


@dataclass(frozen=True)
class Bell:
    """The number unread in the desk, and the newest, for browser notifications."""

    count: int
    newest: int
    browser: list[str]

    @classmethod
    def load(cls, user: User) -> Self:
        return cls.counted(count_together([cls.part(user)]).values(), user)

    @classmethod
    def part(cls, user: User) -> Counted:
        """Its part of a combined count."""
        unread = Notification.objects.visible_to(user).unread()
        here = models.Count("pk", filter=models.Q(kind__in=Notification.kinds_at("desk", user)))
        numbers = {"unread": here, "newest": models.Max("pk")}
        return Counted(unread, numbers, marketplace="thread__marketplace")

    @classmethod
    def counted(cls, numbers: Iterable[Counter[str]], user: User) -> Self:
        """From those of each marketplace."""
        found = list(numbers)
        return cls(
            sum(one["unread"] for one in found),
            max((one["newest"] for one in found), default=0),
            Notification.kinds_at("browser", user),
        )

    @property
    def known(self) -> str:
        return f"{self.count}-{self.newest}"

    @property
    def shown(self) -> str:
        return "99+" if self.count > 99 else str(self.count)
