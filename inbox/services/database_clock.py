"""The database's clock, shared by all processes of the desk.

A host whose clock is or was wrong cannot make another host take an old answer for a fresh one.
"""

import time
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, Func

from inbox.mirakl.deadlines import SLEEPLESS

# For a query that reads something else too.
NOW = Func(function="clock_timestamp", output_field=DateTimeField())


class Clock:
    """The database's time: read once, then advanced by a monotonic clock."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            self._read: datetime = cursor.fetchone()[0]
        self._began = seconds()

    def now(self) -> datetime:
        return self._read + timedelta(seconds=seconds() - self._began)


def now() -> datetime:
    return Clock().now()


def seconds() -> float:
    """Seconds of a clock that also counts while the machine sleeps, for spans within a process."""
    return time.clock_gettime(SLEEPLESS)


def is_within(moment: datetime | None, span: timedelta, *, now: datetime) -> bool:
    """Whether the moment lies less than `span` ago. A moment in the future does not."""
    return moment is not None and timedelta(0) <= now - moment < span
