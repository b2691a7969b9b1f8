"""How a marketplace measures replies: its limit, the time that counts, and what follows.

A preset has the same fields as a marketplace, which copies them.
"""

from datetime import timedelta
from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox import reply_calendar
from inbox.dates import time_zones
from inbox.models.metrics import Metric
from inbox.models.structs import StructsField
from inbox.public_holidays import list_places

HOURS = [MinValueValidator(1), MaxValueValidator(720)]
MONDAY_TO_FRIDAY = [0, 1, 2, 3, 4]
OFFICE_HOURS = ["09:00-18:00"] * 5 + ["", ""]


def validate_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(_("Choose a time zone, such as Europe/Madrid."))


def validate_place(place: str) -> None:
    if place not in list_places():
        raise ValidationError(_("No holidays are known for this place."))


def validate_openings(text: str) -> None:
    try:
        reply_calendar.parse_openings(text)
    except ValueError as error:
        raise ValidationError(_("Write opening times like 09:00-13:00, 14:00-18:00.")) from error


def monday_to_friday() -> list[int]:
    return [*MONDAY_TO_FRIDAY]


def office_hours() -> list[str]:
    return [*OFFICE_HOURS]


class ReplyRules(models.Model):
    class Rule(models.TextChoices):
        MEAN_MAX = "mean_max", _("The average must stay within the limit")
        EACH_MAX = "each_max", _("Each reply must stay within the limit")
        SHARE_MIN = "share_min", _("A share of the replies must stay within the limit")
        INFORMATIVE = "informative", _("Shown only, without consequences")

    class Window(models.TextChoices):
        DAYS_30 = "30_days", _("The last 30 days")
        MONTH = "month", _("A month")
        MONTHS_3 = "3_months", _("Three months")

    class Sign(models.TextChoices):
        OVER = ">", _("when above it")
        FROM = ">=", _("when equal or above")

    class CalendarKind(models.TextChoices):
        ALWAYS = "always", _("Around the clock")
        DAYS = "days", _("Working days, 24 hours each")
        HOURS = "hours", _("Working hours")

    reply_limit_hours = models.PositiveSmallIntegerField(
        _("reply limit (hours)"), default=24, validators=HOURS
    )
    limit_sign = models.CharField(
        _("average exceeds the limit"),
        max_length=2,
        choices=Sign,
        default=Sign.FROM,
        help_text=_("Whether an average of exactly the limit is already too much."),
    )
    alert_hours = models.PositiveSmallIntegerField(
        _("alert after (hours)"), default=20, validators=HOURS
    )
    alert_sign = models.CharField(
        _("average starts the alert"), max_length=2, choices=Sign, default=Sign.FROM
    )
    copies_operator = models.BooleanField(
        _("copy the operator"),
        default=False,
        help_text=_("Replies to customers also go to the operator, unless the agent removes them."),
    )
    counts_operator = models.BooleanField(
        _("operator's messages count"),
        default=True,
        help_text=_("If not, a message from the operator starts no reply clock."),
    )
    reply_rule = models.CharField(_("rule"), max_length=12, choices=Rule, default=Rule.MEAN_MAX)
    reply_share = models.PositiveSmallIntegerField(
        _("share (%)"),
        null=True,
        blank=True,
        help_text=_("How many of 100 replies must stay within the limit."),
    )
    score_window = models.CharField(
        _("period"),
        max_length=10,
        choices=Window,
        default=Window.DAYS_30,
        help_text=_("The replies that the marketplace looks at."),
    )
    min_orders = models.PositiveSmallIntegerField(
        _("orders before it counts"),
        default=0,
        help_text=_("The marketplace doesn't judge shops with fewer orders in the period."),
    )
    metrics = StructsField(Metric, verbose_name=_("other limits"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        help_text=_("The customers' language, such as fr. Empty: taken from each order."),
    )
    source = models.URLField(_("source"), blank=True, help_text=_("Where the rules are published."))
    read_on = models.DateField(_("read on"), null=True, blank=True)

    calendar_kind = models.CharField(
        _("time that counts"),
        max_length=6,
        choices=CalendarKind,
        default=CalendarKind.ALWAYS,
        help_text=_(
            "24 hours from Friday 17:00 end on Monday at 17:00 with working days, and on "
            "Wednesday at 14:00 with working hours from 9 to 18."
        ),
    )
    calendar_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[validate_zone],
        help_text=_("The marketplace's own, such as Europe/Madrid."),
    )
    working_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("working days"),
        default=monday_to_friday,
        blank=True,
    )
    opening_hours = ArrayField(
        models.CharField(max_length=80, blank=True, validators=[validate_openings]),
        verbose_name=_("opening hours"),
        size=7,
        default=office_hours,
        help_text=_("Such as 09:00-13:00, 14:00-18:00. Empty: closed."),
    )
    holidays_of = models.CharField(
        _("public holidays"),
        max_length=40,
        blank=True,
        validators=[validate_place],
        help_text=_("Choose the part of the country if it has holidays of its own."),
    )

    class Meta:
        abstract = True

    @property
    def reply_limit_for(self) -> timedelta:
        return timedelta(hours=self.reply_limit_hours)

    @property
    def alert_before_for(self) -> timedelta:
        """How long before the limit a waiting thread turns amber, whatever the calendar."""
        return timedelta(hours=self.reply_limit_hours - self.alert_hours)

    @property
    def is_always_on(self) -> bool:
        return self.calendar_kind == self.CalendarKind.ALWAYS

    @property
    def own_calendar(self) -> reply_calendar.Calendar:
        """The time that counts by these rules, whatever else a shop closes for."""
        if self.is_always_on:
            return reply_calendar.ALWAYS
        days, hours = tuple(self.working_days), tuple(self.opening_hours)
        week = _build_week(days if self.calendar_kind == self.CalendarKind.DAYS else None, hours)
        return reply_calendar.Calendar(self.calendar_zone, week, self.holidays_of)

    def clean(self) -> None:
        super().clean()
        try:
            is_open = reply_calendar.has_working_time(self.own_calendar, timezone.now())
        except (ValueError, KeyError):
            return  # no opening time or time zone, as their fields say
        if not is_open:
            raise ValidationError(
                _("This calendar has no working time in the coming year, so there is no deadline.")
            )


@lru_cache
def _build_week(
    days: tuple[int, ...] | None, hours: tuple[str, ...]
) -> tuple[tuple[reply_calendar.Opening, ...], ...]:
    if days is None:
        return tuple(reply_calendar.parse_openings(text) for text in hours)
    return tuple(reply_calendar.WHOLE_DAY if day in days else () for day in range(7))
