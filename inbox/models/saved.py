"""What people keep under a name: views of the inbox, and reports with their mails."""

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inbox.models.marketplaces import Access, Marketplace
from inbox.models.rules import REPORT_MAIL_RULES
from inbox.models.users import User

Saved = TypeVar("Saved", bound="SavedFilter")


class SavedFilterQuerySet(models.QuerySet[Saved]):
    def visible_to(self, user: User) -> Self:
        """The user's own, and those that leads share with users of the same marketplaces.

        What filters one marketplace is shared on that one. Else it is shared with users who see
        every marketplace that its owner leads; a superuser's, with all users.
        """
        if user.is_superuser:
            return self.filter(Q(owner=user) | Q(is_shared=True))
        seen = Marketplace.objects.visible_to(user)
        led = Access.objects.filter(group__user=OuterRef("owner"), role=Access.Role.LEAD)
        leads_it = Exists(led.filter(marketplace=OuterRef("marketplace")))
        is_admins = Q(owner__is_superuser=True)
        of_one = Q(marketplace__in=seen) & (is_admins | leads_it)
        of_all = Q(marketplace=None) & (
            is_admins | (Exists(led) & ~Exists(led.exclude(marketplace__in=seen)))
        )
        shared = Q(is_shared=True, owner__is_active=True) & (of_one | of_all)
        return self.filter(Q(owner=user) | shared)

    def editable_by(self, user: User) -> Self:
        return self if user.is_superuser else self.filter(owner=user)


class SavedFilter(models.Model):
    """A named query string of a page."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    is_shared = models.BooleanField(_("shared with the team"), default=False)
    # The only marketplace in its filter, if there is one.
    marketplace = models.ForeignKey(
        Marketplace, models.CASCADE, null=True, editable=False, related_name="+"
    )
    query = models.CharField(_("filter"), max_length=600)  # as in the page's URL

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        slugs = QueryDict(self.query).getlist("marketplace")
        named = Marketplace.objects.filter(slug__in=slugs)
        self.marketplace = named.first() if len(slugs) == 1 else None
        super().save(**options)


class SavedView(SavedFilter):
    """A named filter of the inbox."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = SavedFilterQuerySet["SavedView"].as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        verbose_name = _("view")
        verbose_name_plural = _("views")

    def get_absolute_url(self) -> str:
        return f"{reverse('inbox')}?{self.query}" if self.query else reverse("inbox")


class SavedReport(SavedFilter):
    """A named report: its page and filters, the marketplaces as they are named in the address."""

    page = models.SlugField(max_length=30)

    objects = SavedFilterQuerySet["SavedReport"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")

    def get_absolute_url(self) -> str:
        url = reverse("report", args=[self.page])
        return f"{url}?{self.query}" if self.query else url


class ReportSubscription(models.Model):
    """A saved report that its reader gets by mail after each day, week or month."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    report = models.ForeignKey(SavedReport, models.CASCADE, related_name="subscriptions")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    rhythm = models.CharField(_("by mail"), max_length=10, choices=Rhythm)
    # Nothing is sent that was due before.
    since = models.DateTimeField()
    # What the last mail told of: the next one says if a marketplace is no longer the reader's.
    marketplaces = models.ManyToManyField(Marketplace, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "reader"], name="one_subscription_of_a_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.reader} · {self.rhythm}"


class ReportMail(models.Model):
    """The mail of one period. Whoever makes its row writes and sends it.

    A mail whose sending was cut off stays SENDING: it may have arrived, so it isn't sent again.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("Being written")
        SENDING = "sending", _("Perhaps not sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        SKIPPED = "skipped", _("Nothing to tell")

    subscription = models.ForeignKey(
        ReportSubscription, models.CASCADE, db_index=False, related_name="mails"
    )
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.WRITING)
    changed_at = models.DateTimeField()
    # When another worker may take it: of a mail that failed, or that a killed worker was writing.
    try_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "first", "last"], name="one_mail_of_a_period"
            ),
            *REPORT_MAIL_RULES,
        ]

    def __str__(self) -> str:
        return f"{self.subscription} · {self.first}"
