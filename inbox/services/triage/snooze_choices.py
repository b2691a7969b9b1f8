"""Snooze choices, each with the moment the snooze ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.dates import MORNING, first_moment, whole_hour_before
from inbox.kept import Shown

LATER = timedelta(hours=3)


@dataclass(frozen=True)
class SnoozeChoice(Shown):
    key: str
    label: str
    until: datetime


def list_snooze_choices(now: datetime | None = None) -> list[SnoozeChoice]:
    """Choices in the reader's own time zone; "later today" only if that is still today."""
    now = now or timezone.now()
    local = timezone.localtime(now)
    # Three elapsed hours, also in a night with a clock change.
    later = timezone.localtime(whole_hour_before(now + LATER, timezone.get_current_timezone()))
    snooze_choices = [
        SnoozeChoice("tomorrow", _("Tomorrow"), _morning(local, days=1)),
        SnoozeChoice("week", _("In a week"), _morning(local, days=7)),
    ]
    monday = SnoozeChoice("monday", _("Next Monday"), _morning(local, days=7 - local.weekday()))
    if monday.until not in {choice.until for choice in snooze_choices}:
        snooze_choices.insert(1, monday)
    if later.date() == local.date():
        snooze_choices.insert(0, SnoozeChoice("later", _("Later today"), later))
    return snooze_choices


def _morning(local: datetime, *, days: int) -> datetime:
    day = local.date() + timedelta(days=days)
    wall = datetime.combine(day, MORNING)
    return timezone.localtime(first_moment(wall, timezone.get_current_timezone()))
