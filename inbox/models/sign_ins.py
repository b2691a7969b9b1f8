"""Sign-in attempts: for which user, from where, with which result; and the sessions they began."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SignInAttemptQuerySet(models.QuerySet["SignInAttempt"]):
    def counting(self, within: timedelta) -> Self:
        """Wrong ones that still count, by the database's clock."""
        wrong = self.filter(result=SignInAttempt.Result.WRONG)
        return wrong.filter(at__gt=Now() - within)

    def forgive(self) -> int:
        wrong = self.filter(result=SignInAttempt.Result.WRONG)
        return wrong.update(result=SignInAttempt.Result.FORGIVEN)


class SignInAttempt(models.Model):
    class Result(models.TextChoices):
        WRONG = "wrong", _("wrong password")
        RIGHT = "right", _("correct password")
        FORGIVEN = "forgiven", _("wrong password, not counted")

    class Step(models.TextChoices):
        PASSWORD = "password", _("password")
        CODE = "code", _("code")

    # Folded for comparison: "Ada" and "ADA" are one.
    name = models.CharField(_("username"), max_length=150)
    # The user with that name, if there is one.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="sign_in_attempts",
        verbose_name=_("person"),
    )
    # Empty: unknown.
    address = models.CharField(_("address"), max_length=50, blank=True)
    # What was tried: a right password forgives no wrong code.
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.PASSWORD)
    # The browser, if this user has signed in there before; else empty.
    device = models.CharField(max_length=30, blank=True)
    # Counts as wrong until the password proved right, so that a crash in between does not bypass
    # limits.
    result = models.CharField(_("result"), max_length=10, choices=Result, default=Result.WRONG)
    at = models.DateTimeField(_("when"), db_default=Now())

    objects = SignInAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("login")
        verbose_name_plural = _("logins")
        indexes = [
            models.Index(fields=["name", "-at"], name="sign_in_by_name"),
            models.Index(fields=["address", "-at"], name="sign_in_by_address"),
            models.Index(fields=["-at", "-id"], name="sign_in_by_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class SessionUse(models.Model):
    """Where a user's session is used, since when, and when last. Polls of open pages are no use.

    It begins with the first request after login. Its own row: writing to Django's session would
    move that session's end.
    """

    # Without a constraint: a session may end in the moment of its first use.
    session = models.OneToOneField(Session, models.CASCADE, related_name="use", db_constraint=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    address = models.CharField(max_length=50, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.last_used_at:%Y-%m-%d %H:%M}"
