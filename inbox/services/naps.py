"""How long a thread may be put to sleep for: the choices, each with the moment it would wake."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

MORNING = time(9)
LATER = timedelta(hours=3)


@dataclass(frozen=True)
class Nap:
    key: str
    label: str
    until: datetime


def offered(now: datetime | None = None) -> list[Nap]:
    """In the reader's own time zone; later today only while that is today."""
    local = timezone.localtime(now)
    later = (local + LATER).replace(minute=0, second=0, microsecond=0)
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
    return datetime.combine(day, MORNING, tzinfo=timezone.get_current_timezone())
