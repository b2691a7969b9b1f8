"""The values of a report's figures, as a whole and by their parts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractHour, ExtractIsoWeekDay, TruncDate
from django.utils.timezone import get_default_timezone

from inbox.models.spans import SpanQuerySet
from inbox.services.insight.metrics import JUDGED, METRICS, MOMENTS, ROWS
from inbox.services.insight.report_filter import DELETED, ELSEWHERE, NOBODY, UNKNOWN, ReportFilter

Values = Mapping[str, float | None]


@contextmanager
def snapshot() -> Iterator[None]:
    """All figures of one page are of one moment, and none runs for too long."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limit = f"{settings.REPORT_SECONDS * 1000:.0f}"
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield


def select_rows(chosen: ReportFilter, rows: str) -> SpanQuerySet:
    """The spans that figures of these rows count."""
    return chosen.spans().filter(ROWS[rows](chosen))


def compute(chosen: ReportFilter, names: Collection[str]) -> Values:
    """The figures of these names: one query for all that count the same spans."""
    values: dict[str, float | None] = {}
    for rows, named in _by_rows(names).items():
        expressions = {name: METRICS[name].value(chosen) for name in named}
        values |= select_rows(chosen, rows).aggregate(**expressions)
    return values


def compute_by(
    chosen: ReportFilter, names: Collection[str], part: str
) -> dict[Any, dict[str, float | None]]:
    """The figures of each marketplace, agent, day and so on, by its key."""
    values: defaultdict[Any, dict[str, float | None]] = defaultdict(dict)
    for rows, named in _by_rows(names).items():
        expressions = {name: METRICS[name].value(chosen) for name in named}
        spans = select_rows(chosen, rows).order_by().annotate(**_keys(part, rows))
        for one in spans.values(*_keys(part, rows)).annotate(**expressions):
            key = tuple(one.pop(name) for name in _keys(part, rows))
            values[key[0] if len(key) == 1 else key] |= one
    return dict(values)


def moment_of(rows: str) -> str:
    """The column that puts a span of these rows into a day."""
    return "judged_at" if rows in JUDGED else MOMENTS.get(rows, "ended_at")


def _by_rows(names: Collection[str]) -> dict[str, list[str]]:
    found = defaultdict[str, list[str]](list)
    for name in names:
        found[METRICS[name].rows].append(name)
    return found


def _keys(part: str, rows: str) -> dict[str, Combinable]:
    """The columns that make the key of a part. A span counts once for each tag that it has."""
    moment, zone = moment_of(rows), get_default_timezone()
    parts: dict[str, dict[str, Combinable]] = {
        "marketplace": {"part": F("marketplace__slug")},
        "agent": {"part": AGENT},
        "asker": {"part": F("asker")},
        "topic": {"part": _named("topic")},
        "language": {"part": _named("language")},
        "shop": {"part": _named("shop")},
        "tag": {"part": F("thread__tags__name")},
        "day": {"part": TruncDate(moment, tzinfo=zone)},
        "hour": {
            "weekday": ExtractIsoWeekDay(moment, tzinfo=zone),
            "hour": ExtractHour(moment, tzinfo=zone),
        },
    }
    return parts[part]


def _named(column: str) -> Combinable:
    empty = When(Q(**{column: ""}), then=Value(UNKNOWN))
    return Case(empty, default=F(column), output_field=CharField())


AGENT = Case(
    When(~Q(ended_by="reply"), then=Value(NOBODY)),
    When(is_from_desk=False, then=Value(ELSEWHERE)),
    default=Coalesce(F("author__username"), Value(DELETED)),
    output_field=CharField(),
)
