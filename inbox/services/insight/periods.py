"""Periods of reports: days of the team's time zone, and what they are compared with."""

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from inbox.dates import first_moment

A_DAY = timedelta(days=1)
# Last year's day of the same weekday.
A_YEAR_OF_WEEKS = timedelta(days=364)

PRESETS = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "last-7-days": _("Last 7 days"),
    "last-30-days": _("Last 30 days"),
    "this-week": _("This week"),
    "last-week": _("Last week"),
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
}
DEFAULT = "last-30-days"


@dataclass(frozen=True)
class Period:
    """From `begin` up to but without `end`, in UTC; `first` and `last` are its days.

    The end of a running period is still to come: it counts up to `now`.
    """

    first: date
    last: date
    begin: datetime
    end: datetime
    now: datetime

    @classmethod
    def of_days(cls, first: date, last: date, now: datetime) -> Self:
        """Both days included. Raises OverflowError outside the calendar."""
        return cls(first, last, _midnight(first), _midnight(last + A_DAY), now)

    @property
    def is_running(self) -> bool:
        return self.begin <= self.now < self.end

    @property
    def until(self) -> datetime:
        """What has passed of it ends here."""
        return min(self.end, self.now)

    @property
    def days(self) -> list[date]:
        return [self.first + n * A_DAY for n in range((self.last - self.first).days + 1)]

    def by_day(self) -> list[Self]:
        return [self._of(day, day) for day in self.days]

    def by_month(self) -> list[Self]:
        """The first and the last may be parts of a month."""
        firsts = [day for day in self.days if day.day == 1 or day == self.first]
        lasts = [*(day - A_DAY for day in firsts[1:]), self.last]
        return [self._of(*both) for both in zip(firsts, lasts, strict=True)]

    def _of(self, first: date, last: date) -> Self:
        return type(self).of_days(first, last, self.now)

    @property
    def months(self) -> int:
        """The number of whole months it has; 0 if it is none."""
        after = self.last + A_DAY
        if self.first.day != 1 or after.day != 1:
            return 0
        return (after.year - self.first.year) * 12 + after.month - self.first.month

    def before(self) -> Self:
        """The period before: of a running one, as much of it as has passed."""
        if months := self.months:
            return self._moved_by_months(-months)
        return self._moved_by_days((self.first - self.last) - A_DAY)

    def a_year_before(self) -> Self:
        """The same weekdays of last year; months and years by date."""
        return self._moved_by_months(-12) if self.months else self._moved_by_days(-A_YEAR_OF_WEEKS)

    def _moved_by_days(self, by: timedelta) -> Self:
        moved = type(self).of_days(self.first + by, self.last + by, self.now)
        return self._cut(moved, self._wall_now + by)

    def _moved_by_months(self, by: int) -> Self:
        first = _add_months(self.first, by)
        moved = type(self).of_days(first, _add_months(first, self.months) - A_DAY, self.now)
        there = _add_months(self._wall_now.date().replace(day=1), by)
        day, last = self._wall_now.day, calendar.monthrange(there.year, there.month)[1]
        if day > last:
            return self._cut(moved, datetime.combine(there.replace(day=last) + A_DAY, time()))
        return self._cut(moved, datetime.combine(there.replace(day=day), self._wall_now.time()))

    @property
    def _wall_now(self) -> datetime:
        return self.now.astimezone(get_default_timezone()).replace(tzinfo=None)

    def _cut(self, moved: Self, wall: datetime) -> Self:
        if not self.is_running:
            return moved
        return replace(moved, end=min(moved.end, first_moment(wall, get_default_timezone())))


def find_period(preset: str, now: datetime) -> Period:
    """The period of this name, seen from `now`."""
    today = now.astimezone(get_default_timezone()).date()
    monday, month = today - today.weekday() * A_DAY, today.replace(day=1)
    first, last = {
        "today": (today, today),
        "yesterday": (today - A_DAY, today - A_DAY),
        "last-7-days": (today - 7 * A_DAY, today - A_DAY),
        "last-30-days": (today - 30 * A_DAY, today - A_DAY),
        "this-week": (monday, monday + 6 * A_DAY),
        "last-week": (monday - 7 * A_DAY, monday - A_DAY),
        "this-month": (month, _add_months(month, 1) - A_DAY),
        "last-month": (_add_months(month, -1), month - A_DAY),
        "this-year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last-year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }[preset]
    return Period.of_days(first, last, now)


def _midnight(day: date) -> datetime:
    return first_moment(datetime.combine(day, time()), get_default_timezone()).astimezone(UTC)


def _add_months(day: date, months: int) -> date:
    """`day` is the first of its month."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
