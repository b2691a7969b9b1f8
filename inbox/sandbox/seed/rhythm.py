"""How busy days and hours are, and how soon a shop answers: for the history."""

import math
import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

# From Monday on.
WEEKDAYS = (1.25, 1.12, 1.05, 1.0, 0.95, 0.6, 0.7)
# By hour: the office peak before noon, and the evening's.
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 12, 17, 19, 17, 12, 13, 14, 13, 12, 12, 14, 18, 19, 14, 8, 4)
# Working hours of the shops by weekday; they are closed on Sundays.
OPEN = {**dict.fromkeys(range(5), (8, 18)), 5: (9, 13)}
# A year ago there were this many times as many conversations.
GROWN_FROM = 0.65
# ISO weeks in which half of the team was ill, and how slow it was then.
BAD_WEEKS, BAD_PACE = (9, 38), 5.0
# Most answers come within a working day; every eighth from home, at any hour.
TYPICAL_HOURS, SPREAD = 1.4, 0.95
FROM_HOME = 0.12


def volume(day: date, age: int) -> float:
    """How busy a day is, that many days ago, compared with an average day of today."""
    growth = 1 - (1 - GROWN_FROM) * age / 365
    return WEEKDAYS[day.weekday()] * season(day) * max(growth, 0.2)


def season(day: date) -> float:
    since = (day - black_friday(day.year)).days
    if -1 <= since <= 5:
        return 2.0
    if (day.month, day.day) in {(12, 24), (12, 25), (12, 26), (1, 1)}:
        return 0.4
    if day.month == 12 and day.day >= 8:
        return 1.6 if day.day < 24 else 1.3
    if day.month == 1 and day.day <= 8:
        return 1.3
    return 0.85 if day.month == 8 else 1.0


@cache
def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def moment(source: random.Random, day: date) -> datetime:
    hour = source.choices(range(24), HOURS)[0]
    start = datetime.combine(day, time(hour), UTC)
    return start + timedelta(seconds=int(source.random() * 3600))


def answered_at(source: random.Random, asked_at: datetime, pace: float) -> datetime:
    week = asked_at.isocalendar().week
    pace *= season(asked_at.date()) * (BAD_PACE if week in BAD_WEEKS else 1)
    hours = source.lognormvariate(math.log(TYPICAL_HOURS * pace), SPREAD)
    if source.random() < FROM_HOME:
        answered = asked_at + timedelta(hours=hours)
    else:
        answered = after_working(asked_at, hours)
    return answered.replace(microsecond=0)


def after_working(start: datetime, hours: float) -> datetime:
    """The moment when the shop has worked these hours since."""
    left = timedelta(hours=hours)
    while True:
        opens, closes = next_shift(start)
        start = max(start, opens)
        if start + left <= closes:
            return start + left
        left -= closes - start
        start = closes


def next_shift(at: datetime) -> tuple[datetime, datetime]:
    """The first working hours that end later than this moment."""
    day = at.date()
    while True:
        if hours := OPEN.get(day.weekday()):
            opens, closes = (datetime.combine(day, time(hour), UTC) for hour in hours)
            if closes > at:
                return opens, closes
        day += timedelta(days=1)
