"""Snooze choices, each with the moment the snooze ends."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.dates import first_moment, whole_hour_before

MORNING = time(9)
LATER = timedelta(hours=3)


@dataclass(frozen=True)
class Nap:
    key: str
    label: str
    until: datetime


def offered(now: datetime | None = None) -> list[Nap]:
    """Choices in the reader's own time zone; "later today" only if that is still today."""
    now = now or timezone.now()
    local = timezone.localtime(now)
    # Three elapsed hours, also in a night with a clock change.
    later = timezone.localtime(whole_hour_before(now + LATER, timezone.get_current_timezone()))
    naps = [
        Nap("tomorrow", _("Tomorrow"), _morning(local, days=1)),
        Nap("week", _("In a week"), _morning(local, days=7)),
    ]
    monday = Nap("monday", _("Next Monday"), _morning(local, days=7 - local.weekday()))
    if monday.until not in {nap.until for nap in naps}:
        naps.insert(1, monday)
    if later.date() == local.date():
        naps.insert(0, Nap("later", _("Later today"), later))
    return naps


def _morning(local: datetime, *, days: int) -> datetime:
    day = local.date() + timedelta(days=days)
    wall = datetime.combine(day, MORNING)
    return timezone.localtime(first_moment(wall, timezone.get_current_timezone()))
