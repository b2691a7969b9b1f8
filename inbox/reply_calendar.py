"""Reply limits in working time: which moments count, and when a limit is reached.

A limit is elapsed time within opening hours. Hours are those of the calendar's own zone, so a
working day lasts 23 or 25 hours when its clocks change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from inbox.dates import first_moment
from inbox.public_holidays import list_holidays

DAY_MINUTES = 24 * 60
A_DAY = timedelta(days=1)
# A calendar without an hour for so long has no deadline.
LONGEST_PAUSE = timedelta(days=366)
# The same if its hours are so few that the limit is not reached before.
FARTHEST = timedelta(days=3653)

# From and to, in minutes after midnight.
Opening = tuple[int, int]
Stretch = tuple[datetime, datetime]
WHOLE_DAY: tuple[Opening, ...] = ((0, DAY_MINUTES),)
OPENING = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?")  # noqa: RUF001


@dataclass(frozen=True)
class Calendar:
    """The time that counts; by default all of it.

    `week` has the opening times of each weekday, Monday first. `holidays_of` is a country or one
    of its parts. A shop that is closed has no `shut_from` or no `shut_to` where it does not say.
    """

    zone: str = "UTC"
    week: tuple[tuple[Opening, ...], ...] = (WHOLE_DAY,) * 7
    holidays_of: str = ""
    closed_dates: frozenset[date] = frozenset()
    shut_from: datetime | None = None
    shut_to: datetime | None = None


ALWAYS = Calendar()


def deadline(start: datetime, limit: timedelta, calendar: Calendar) -> datetime | None:
    """The first moment at which `limit` of working time has passed.

    None if the calendar has no working time for a year, or too little of it to ever get there.
    """
    if calendar == ALWAYS:
        return start + limit
    left, at = limit, start.astimezone(UTC)
    while next_one := next(list_stretches(calendar, at, at + LONGEST_PAUSE), None):
        opens, closes = next_one
        if left <= closes - opens:
            return opens + left
        left, at = left - (closes - opens), closes
        if at - start > FARTHEST:
            break
    return None


def working_seconds(start: datetime, end: datetime, calendar: Calendar) -> float:
    """How much working time lies between the two; none if `end` is not later."""
    if calendar == ALWAYS:
        return max(0.0, (end - start).total_seconds())
    stretches = list_stretches(calendar, start, end)
    return sum((closes - opens for opens, closes in stretches), timedelta()).total_seconds()


def has_working_time(calendar: Calendar, since: datetime) -> bool:
    """Whether there is any in the year after `since`."""
    return next(list_stretches(calendar, since, since + LONGEST_PAUSE), None) is not None


def list_closed_dates(calendar: Calendar, first: date, last: date) -> list[date]:
    """Weekdays with opening times that are closed all the same: holidays and closed dates."""
    days = (first + n * A_DAY for n in range((last - first).days + 1))
    return [day for day in days if calendar.week[day.weekday()] and _is_closed(calendar, day)]


def parse_openings(text: str) -> tuple[Opening, ...]:
    """`09:00-13:00, 14:00-18:00`; raises ValueError if it is not that, or not in this order."""
    openings = tuple(_parse_opening(part.strip()) for part in text.split(",") if part.strip())
    ends = [minute for opening in openings for minute in opening]
    if ends != sorted(ends) or any(opens == closes for opens, closes in openings):
        raise ValueError(text)
    return openings


def format_openings(openings: tuple[Opening, ...]) -> str:
    """As `parse_openings` reads them."""
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in openings)


def _parse_opening(text: str) -> Opening:
    if (found := OPENING.fullmatch(text)) is None:
        raise ValueError(text)
    hours, minutes, to_hours, to_minutes = (int(part or 0) for part in found.groups())
    opening = hours * 60 + minutes, to_hours * 60 + to_minutes
    if max(minutes, to_minutes) > 59 or opening[1] > DAY_MINUTES:
        raise ValueError(text)
    return opening


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def list_stretches(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Working time between two moments, in UTC and in order."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    zone = ZoneInfo(calendar.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in _stretches_on(calendar, day):
            if max(opens, start) < min(closes, end):
                yield max(opens, start), min(closes, end)
        day += A_DAY


@lru_cache(maxsize=20_000)
def _stretches_on(calendar: Calendar, day: date) -> tuple[Stretch, ...]:
    openings = calendar.week[day.weekday()]
    if not openings or _is_closed(calendar, day):
        return ()
    zone = ZoneInfo(calendar.zone)
    midnight = datetime.combine(day, datetime.min.time())
    moments = [
        (
            first_moment(midnight + timedelta(minutes=opens), zone),
            first_moment(midnight + timedelta(minutes=closes), zone),
        )
        for opens, closes in openings
    ]
    return tuple(part for one in moments for part in _while_not_shut(calendar, *one))


def _is_closed(calendar: Calendar, day: date) -> bool:
    return day in calendar.closed_dates or day in list_holidays(calendar.holidays_of, day.year)


def _while_not_shut(calendar: Calendar, opens: datetime, closes: datetime) -> Iterator[Stretch]:
    """The parts of an opening before the shop is closed, and after."""
    if calendar.shut_from is None and calendar.shut_to is None:
        yield opens, closes
        return
    shut_from, shut_to = calendar.shut_from or opens, calendar.shut_to or closes
    if opens < min(closes, shut_from):
        yield opens, min(closes, shut_from)
    if max(opens, shut_to, shut_from) < closes:
        yield max(opens, shut_to, shut_from), closes
