"""The values of a report's figures, as a whole and by their parts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.timezone import get_default_timezone
from psycopg.errors import QueryCanceled

from helpdesk.time_outs import ReportTooSlowError
from inbox.services.insight import replica, rolled
from inbox.services.insight.buckets import count_passed
from inbox.services.insight.figures import Rows
from inbox.services.insight.metrics import METRICS, ROWS
from inbox.services.insight.report_filter import ReportFilter

Values = Mapping[str, float | None]
LIMITS = """
    SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true)
"""
# Percentiles sort all waits of their period.
SORT_MEMORY = "16MB"
# What figures are of, if not of a part.
WHOLE = ""


@contextmanager
def snapshot() -> Iterator[None]:
    """All figures of one page are of one moment.

    Raises ReportTooSlowError if one runs for too long.
    """
    alias = replica.alias()
    is_outermost = not connections[alias].in_atomic_block
    try:
        with (
            replica.reading(),
            transaction.atomic(using=alias),
            connections[alias].cursor() as cursor,
        ):
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            limit = f"{settings.REPORT_SECONDS * 1000:.0f}"
            cursor.execute(LIMITS, [limit, SORT_MEMORY])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise ReportTooSlowError(*error.args) from error
        raise


def select_rows(chosen: ReportFilter, rows: str) -> QuerySet[Any]:
    """The rows that figures count, by their name."""
    found: QuerySet[Any] = ROWS[rows].select(chosen)
    return found


def compute(chosen: ReportFilter, names: Collection[str]) -> Values:
    """The figures of the whole."""
    return compute_parts(chosen, {WHOLE: names})[WHOLE][None]


def compute_by(chosen: ReportFilter, names: Collection[str], part: str) -> Mapping[Any, Values]:
    """The figures of each marketplace, agent, day and so on, by its key."""
    return compute_parts(chosen, {part: names})[part]


def compute_parts(
    chosen: ReportFilter, wanted: rolled.Wanted
) -> Mapping[str, Mapping[Any, Values]]:
    """By the part and its key, that of the whole being None.

    The rollups are read at once, and one query counts all that is among the same rows.
    """
    summed = rolled.choose(chosen, wanted)
    known = rolled.compute_parts(chosen, summed)
    values = {
        part: defaultdict[Any, dict[str, float | None]](dict, known.get(part, {}))
        for part in wanted
    }
    quick = _count_quickly(chosen, wanted.get(WHOLE, ()))
    if quick:
        values[WHOLE][None] |= quick
    for part, names in wanted.items():
        counted = {*summed.get(part, ()), *(quick if part == WHOLE else ())}
        for rows, named in _by_rows(names, counted):
            expressions = {name: METRICS[name].among(chosen) for name in named}
            for key, one in _aggregate(chosen, rows, part, expressions):
                values[part][key] |= one
    return {part: dict(found) for part, found in values.items()}


def _count_quickly(chosen: ReportFilter, names: Collection[str]) -> dict[str, float | None]:
    """Counts that these filters let know without their rows."""
    counts = ((name, METRICS[name].rows.quick_count(chosen)) for name in names)
    return {name: count for name, count in counts if count is not None}


def _by_rows(names: Collection[str], known: Collection[str]) -> Iterable[tuple[Rows, list[str]]]:
    found: dict[str, tuple[Rows, list[str]]] = {}
    for name in names:
        if name not in known:
            rows = METRICS[name].rows.all
            found.setdefault(rows.name, (rows, []))[1].append(name)
    return found.values()


def _aggregate(
    chosen: ReportFilter, rows: Rows, part: str, expressions: Mapping[str, Any]
) -> Iterator[tuple[Any, dict[str, float | None]]]:
    """A row counts once for each tag that it has; one without tags is in no part."""
    found = rows.select(chosen).order_by()
    if part == WHOLE:
        yield None, found.aggregate(**expressions)
        return
    moment, zone = rows.moment, get_default_timezone()
    names: dict[Any, date] = {}
    if part == "hour":
        weekday, hour = ExtractIsoWeekDay(moment, tzinfo=zone), ExtractHour(moment, tzinfo=zone)
        keys: dict[str, Combinable] = {"weekday": weekday, "hour": hour}
    elif part in {"day", "month"}:
        stretches = chosen.period.by_day() if part == "day" else chosen.period.by_month()
        keys = {"part": count_passed(moment, [one.begin for one in stretches])}
        firsts = (one.first if part == "day" else one.first.replace(day=1) for one in stretches)
        names = dict(enumerate(firsts, start=1))
    else:
        keys = {"part": rows.source.parts[part]}
    if part == "tag":
        found = found.annotate(**keys).filter(part__isnull=False)
    for one in found.annotate(**keys).values(*keys).annotate(**expressions):
        key = tuple(one.pop(name) for name in keys)
        yield key if part == "hour" else names.get(key[0], key[0]), one
