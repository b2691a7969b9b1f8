"""Dates and times in the reader's language and time zone."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils import formats, timezone
from django.utils.translation import get_language

# When people are back at their desks.
MORNING = time(9)


@cache
def time_zones() -> frozenset[str]:
    """All names, cached: Python opens six hundred files to list them."""
    return frozenset(available_timezones())


def are_alike(one: str, other: str) -> bool:
    """Whether the clocks of two time zones show the same all year."""
    months = [timezone.now() + timedelta(days=30 * month) for month in range(12)]
    zones = ZoneInfo(one), ZoneInfo(other)
    return all(len({at.astimezone(zone).utcoffset() for zone in zones}) == 1 for at in months)


def city_of(zone: str) -> str:
    return zone.split("/")[-1].replace("_", " ")


def format_moment(at: datetime, form: str = "MOMENT") -> str:
    """The moment as text; `form` is a name in `helpdesk/formats`, or a Django pattern."""
    # Without its zone: moments of two zones that are equal are not shown alike.
    return _formatted(timezone.localtime(at).replace(tzinfo=None), form, get_language())


@lru_cache(maxsize=10_000)
def _formatted(local: datetime, form: str, _language: str | None) -> str:
    """Kept: lists show the same moments again and again."""
    return formats.date_format(local, form)


def format_exact(at: datetime) -> str:
    """With the year and the zone: `29 Nov 2026, 14:04 (Europe/Madrid)`."""
    return f"{format_moment(at, 'FULL_MOMENT')} ({_called(timezone.get_current_timezone())})"


@cache
def _called(zone: tzinfo) -> str:
    return str(zone).replace("_", " ")


def format_recent(at: datetime) -> str:
    """The time of day, with the date unless that is today."""
    is_today = timezone.localtime(at).date() == timezone.localdate()
    return format_moment(at, "H:i" if is_today else "MOMENT")


def format_brief(at: datetime) -> str:
    """The time if today, the day if this year, else the date."""
    local, today = timezone.localtime(at), timezone.localtime()
    if local.date() == today.date():
        return format_moment(at, "H:i")
    return format_moment(at, "DAY" if local.year == today.year else "SHORT_DATE_FORMAT")


def first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """The first moment at which clocks of `zone` show the naive `wall`, in UTC.

    For a time that occurs twice, as clocks are put back, that is the earlier one; for a skipped
    time, the moment of the jump. Raises OverflowError outside the calendar.
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # For a skipped time, `fold` gives one moment before the jump and one after it.
    before = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    after = int(moment.timestamp())
    offset = moment.astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        is_past = datetime.fromtimestamp(middle, zone).utcoffset() == offset
        before, after = (before, middle) if is_past else (middle, after)
    return datetime.fromtimestamp(after, UTC)


def whole_hour_before(at: datetime, zone: tzinfo) -> datetime:
    """The last full hour in `zone` up to `at`, in UTC."""
    local = at.astimezone(zone)
    return at.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
