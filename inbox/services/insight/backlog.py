"""The backlog: how many waits were open at each moment of a period, from the waits themselves."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate

from django.db.models import Count, F, Q
from django.utils.timezone import get_default_timezone

from inbox.dates import first_moment
from inbox.services.insight.buckets import count_passed
from inbox.services.insight.report_filter import ReportFilter

HOUR = timedelta(hours=1)
# A wait that ends at 10:00 is over at 10:00.
INSTANT = timedelta(microseconds=1)
# Hours between two points, by the days that are shown.
STEPS = ((7, 1), (31, 4), (10_000, 24))


def list_moments(chosen: ReportFilter) -> list[datetime]:
    """Of the period until now: full hours for a week, every fourth for a month, then midnights.

    Those of the day, also after a change to daylight saving time.
    """
    period, zone = chosen.period, get_default_timezone()
    step = next(hours for days, hours in STEPS if len(period.days) <= days)
    if step == 1:
        count = max(int((period.until - period.begin) / HOUR) + 1, 0)
        return [period.begin + number * HOUR for number in range(count)]
    walls = [
        datetime.combine(day, time(hour)) for day in period.days for hour in range(0, 24, step)
    ]
    moments = {first_moment(wall, zone).astimezone(UTC) for wall in walls} | {period.end}
    return sorted(at for at in moments if at <= period.until)


def count_open(chosen: ReportFilter, moments: Sequence[datetime]) -> list[int]:
    """The number of open waits at each of these moments, which ascend."""
    if not moments:
        return []
    first = moments[0]
    is_open = Q(ended_at__isnull=True) | Q(ended_at__gt=first)
    at_first = chosen.spans().filter(is_open, asked_at__lte=first).count()
    changes = _by_moment(chosen, "asked_at", moments)
    changes.subtract(_by_moment(chosen, "ended_at", moments))
    return list(accumulate((changes[n] for n in range(1, len(moments))), initial=at_first))


def _by_moment(chosen: ReportFilter, column: str, moments: Sequence[datetime]) -> Counter[int]:
    """How many began or ended since the moment before, by the number of the moment."""
    within = {f"{column}__gt": moments[0], f"{column}__lte": moments[-1]}
    passed = count_passed(F(column) - INSTANT, moments)
    rows = chosen.spans().filter(**within).order_by().annotate(passed=passed)
    return Counter(dict(rows.values_list("passed").annotate(Count("pk"))))
