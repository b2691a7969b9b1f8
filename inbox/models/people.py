"""How people sign their replies, and what the desk tells them."""

import re
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Marketplace
from inbox.models.replies import Reply
from inbox.models.threads import Thread
from inbox.models.users import User

# User names as Django has them; an address or a link with an @ in it names nobody.
MENTION = re.compile(r"(?<![\w@./+-])@([\w.@+-]+)")


class Signature(models.Model):
    """What ends a user's replies on a marketplace."""

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
        """Theirs, and only of threads that they may still see."""
        return self.filter(user=user, thread__in=Thread.objects.visible_to(user))

    def unread(self) -> Self:
        """Of those whose reason still holds: the rest is nothing to look at.

        That is asked anew whenever they are shown: an assignee has changed, or whatever has stopped
        or moved a clock has ended the alert of its deadline.
        """
        kinds = Notification.Kind
        about_deadline = models.Q(kind=kinds.BREACHING) & ~models.Q(about="")
        # Nothing but a deadline can be read as one.
        told = models.Case(models.When(about_deadline, then=Cast("about", models.DateTimeField())))
        of_anybody = ~models.Q(kind__in=[kinds.ASSIGNED, kinds.BREACHING])
        is_due_as_told = models.Q(kind=kinds.ASSIGNED) | models.Q(thread__due_at=told)
        holds = of_anybody | models.Q(thread__assignee=models.F("user")) & is_due_as_told
        return self.filter(holds, read_at__isnull=True)


class Notification(models.Model):
    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("A conversation is assigned to me")
        MENTIONED = "mentioned", _("Somebody mentions me in a note")
        FAILED = "failed", _("A reply of mine was not sent")
        BREACHING = "breaching", _("A conversation of mine is about to be overdue")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="notifications")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, related_name="notifications")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # The same thing is told once: the deadline that nears, the reply that failed, the note.
    about = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "thread", "about"],
                condition=~models.Q(about=""),
                name="told_once",
            ),
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
        """The place in the thread that it is about."""
        url = self.thread.get_absolute_url()
        if self.kind == self.Kind.MENTIONED:
            return f"{url}?{self.about.replace(' ', '=')}#{self.about.replace(' ', '-')}"
        token = self.reply.token if self.reply else ""
        return f"{url}?reply={token}#reply-{token}" if token else url

    @classmethod
    def kinds_at(cls, place: str, user: User) -> list[str]:
        """Those that the user wants to be told of at the `desk`, or by the `browser`."""
        return [kind for kind in cls.Kind if place in user.hears(kind)]


@dataclass(frozen=True)
class Bell:
    """How many are unread in the desk; the newest of all, for those that browsers tell of."""

    count: int
    newest: int
    browser: list[str]

    @classmethod
    def of(cls, user: User) -> Self:
        browser = Notification.kinds_at("browser", user)
        unread = Notification.objects.visible_to(user).unread().order_by()
        here = models.Count("pk", filter=models.Q(kind__in=Notification.kinds_at("desk", user)))
        found = unread.aggregate(count=here, newest=models.Max("pk"))
        return cls(found["count"], found["newest"] or 0, browser)

    @property
    def known(self) -> str:
        return f"{self.count}-{self.newest}"

    @property
    def shown(self) -> str:
        return "99+" if self.count > 99 else str(self.count)
