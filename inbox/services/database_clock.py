"""The clock that all processes of the desk share: the database's.

A host whose clock is wrong, or was, makes no other take an old answer for a fresh one.
"""

import time
from datetime import datetime, timedelta

from django.db import connection

from inbox.mirakl.deadlines import SLEEPLESS


class Clock:
    """The database's time, asked once: from there on a clock counts that nobody sets."""

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
    """Of a clock that goes on while the machine sleeps, for spans within a process."""
    return time.clock_gettime(SLEEPLESS)


def is_within(moment: datetime | None, span: timedelta, *, now: datetime) -> bool:
    """Whether it lies less than `span` back. A moment that is still to come does not."""
    return moment is not None and timedelta(0) <= now - moment < span
