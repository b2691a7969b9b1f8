"""The values of a report's figures, as a whole and by their parts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import DateField, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate, TruncMonth
from django.utils.timezone import get_default_timezone

from inbox.services.insight import replica, rolled
from inbox.services.insight.figures import Rows
from inbox.services.insight.metrics import METRICS, ROWS
from inbox.services.insight.report_filter import ReportFilter

Values = Mapping[str, float | None]


@contextmanager
def snapshot() -> Iterator[None]:
    """All figures of one page are of one moment, and none runs for too long."""
    alias = replica.alias()
    is_outermost = not connections[alias].in_atomic_block
    with (
        replica.reading(),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limit = f"{settings.REPORT_SECONDS * 1000:.0f}"
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield


def select_rows(chosen: ReportFilter, rows: str) -> QuerySet[Any]:
    """The rows that figures count, by their name."""
    found: QuerySet[Any] = ROWS[rows].select(chosen)
    return found


def compute(chosen: ReportFilter, names: Collection[str]) -> Values:
    """The figures of these names: one query for all that count the same rows."""
    summed = rolled.choose(chosen, names)
    values = rolled.compute(chosen, summed) if summed else {}
    for rows, named in _by_rows(names, summed).items():
        expressions = {name: METRICS[name].value(chosen) for name in named}
        values |= select_rows(chosen, rows).aggregate(**expressions)
    return values


def compute_by(
    chosen: ReportFilter, names: Collection[str], part: str
) -> dict[Any, dict[str, float | None]]:
    """The figures of each marketplace, agent, day and so on, by its key."""
    summed = rolled.choose(chosen, names, part)
    values: defaultdict[Any, dict[str, float | None]] = defaultdict(dict)
    if summed:
        values |= rolled.compute_by(chosen, summed, part)
    for rows, named in _by_rows(names, summed).items():
        expressions = {name: METRICS[name].value(chosen) for name in named}
        keys = _keys(part, ROWS[rows])
        found = select_rows(chosen, rows).order_by().annotate(**keys)
        for one in found.values(*keys).annotate(**expressions):
            key = tuple(one.pop(name) for name in keys)
            values[key[0] if len(key) == 1 else key] |= one
    return dict(values)


def _by_rows(names: Collection[str], known: Collection[str]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for name in names:
        if name not in known:
            found[METRICS[name].rows.name].append(name)
    return found


def _keys(part: str, rows: Rows) -> Mapping[str, Combinable]:
    """The columns that make the key of a part. A row counts once for each tag that it has."""
    moment, zone = rows.moment, get_default_timezone()
    if part == "day":
        return {"part": TruncDate(moment, tzinfo=zone)}
    if part == "month":
        return {"part": TruncMonth(moment, DateField(), tzinfo=zone)}
    if part == "hour":
        weekday, hour = ExtractIsoWeekDay(moment, tzinfo=zone), ExtractHour(moment, tzinfo=zone)
        return {"weekday": weekday, "hour": hour}
    return {"part": rows.source.parts[part]}
