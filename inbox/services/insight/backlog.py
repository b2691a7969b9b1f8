"""The backlog: how many waits were open at each moment of a period, from the waits themselves."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from django.db.models import Count, F, Q
from django.db.models.functions import TruncHour

from inbox.services.insight.report_filter import ReportFilter

HOUR = timedelta(hours=1)
# A moment belongs to the hour that it ends: a wait that ends at 10:00 is over at 10:00.
INSTANT = timedelta(microseconds=1)
# Hours between two points, by the days that are shown.
STEPS = ((7, 1), (31, 4), (10_000, 24))


def list_moments(chosen: ReportFilter) -> list[datetime]:
    """Full hours of the period until now: each for a week, every fourth for a month."""
    period = chosen.period
    step = next(hours for days, hours in STEPS if len(period.days) <= days) * HOUR
    count = max(int((period.until - period.begin) / step) + 1, 0)
    return [period.begin + number * step for number in range(count)]


def count_open(chosen: ReportFilter, moments: Sequence[datetime]) -> list[int]:
    """The number of open waits at each of these moments, which ascend by hours."""
    if not moments:
        return []
    first, last = moments[0], moments[-1]
    is_open = Q(ended_at__isnull=True) | Q(ended_at__gt=first)
    at_first = chosen.spans().filter(is_open, asked_at__lte=first).count()
    changes = _by_hour(chosen, "asked_at", first, last)
    changes.subtract(_by_hour(chosen, "ended_at", first, last))
    hours = int((last - first) / HOUR)
    each = accumulate((changes[first + n * HOUR] for n in range(1, hours + 1)), initial=at_first)
    by_hour = list(each)
    return [by_hour[int((at - first) / HOUR)] for at in moments]


def _by_hour(
    chosen: ReportFilter, column: str, first: datetime, last: datetime
) -> Counter[datetime]:
    """How many began or ended up to each full hour, counted from `first`."""
    within = {f"{column}__gt": first, f"{column}__lte": last}
    # Hours of zones with half hours begin at half past.
    offset = timedelta(minutes=first.minute)
    hour = TruncHour(F(column) - offset - INSTANT, tzinfo=UTC)
    rows = chosen.spans().filter(**within).order_by().annotate(hour=hour).values_list("hour")
    return Counter({at + offset + HOUR: count for at, count in rows.annotate(count=Count("pk"))})
