"""Many numbers in one statement."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.utils import timezone

from inbox.models.planned import Planned

# Stands in conditions for "any time": it is not relative to now.
BEGINNING = datetime.min.replace(tzinfo=UTC)
# Stands for the primary key of any user.
SOMEBODY = 2_000_000_000


@dataclass(frozen=True)
class Counted:
    """Rows of any kind, and numbers of them by their marketplace: aggregates by name."""

    rows: QuerySet[Any]
    numbers: Mapping[str, Any]
    marketplace: str = "marketplace"


Numbers = Mapping[int, Counter[str]]


@dataclass(frozen=True)
class CountStatement:
    """Counts several parts in one query.

    A statement may be kept and run later: its times, except BEGINNING, are relative to the moment
    when it was built. It may be kept for all users: SOMEBODY stands for the one who is asked for.
    """

    sql: str  # empty if there is nothing to count
    params: tuple[Any, ...]
    planned: Planned
    names: tuple[tuple[str, ...], ...]
    built_at: datetime

    @classmethod
    def from_parts(cls, parts: Iterable[Counted], built_at: datetime) -> Self:
        """`built_at` is taken before the parts are made."""
        parts = list(parts)
        width = max(len(part.numbers) for part in parts)
        first, *others = [_columns(index, part, width) for index, part in enumerate(parts)]
        try:
            sql, params = first.union(*others, all=True).query.sql_with_params()
        except EmptyResultSet:
            sql, params = "", ()
        planned = Planned.from_query(
            sql, params, [one if is_value(one) else None for one in params]
        )
        names = tuple(tuple(part.numbers) for part in parts)
        return cls(sql, tuple(params), planned, names, built_at)

    def run(self, user: int = SOMEBODY) -> Numbers:
        """By marketplace and name; what several parts count under one name is added."""
        if not self.sql:
            return {}
        later = timezone.now() - self.built_at
        params = [_valued(one, later, user) if is_value(one) else one for one in self.params]
        found: defaultdict[int, Counter[str]] = defaultdict(Counter)
        with self.planned.cursor() as cursor:
            cursor.execute(self.sql, params)
            for index, marketplace, *values in cursor:
                for name, value in zip(self.names[index], values, strict=False):
                    found[marketplace][name] += int(value or 0)
        return found


def is_value(param: Any) -> bool:
    return param == SOMEBODY or (isinstance(param, datetime) and param != BEGINNING)


def _valued(param: Any, later: timedelta, user: int) -> Any:
    return param + later if isinstance(param, datetime) else type(param)(user)


def count_together(parts: Sequence[Counted]) -> Numbers:
    return CountStatement.from_parts(parts, timezone.now()).run()


def _columns(index: int, part: Counted, width: int) -> QuerySet[Any, Any]:
    """Every part of a union has as many columns."""
    numbers = {f"number_{at}": one for at, one in enumerate(part.numbers.values())}
    nothing = {
        f"number_{at}": Value(0, output_field=BigIntegerField())
        for at in range(len(numbers), width)
    }
    rows = part.rows.order_by().values(of=F(part.marketplace)).annotate(**numbers)
    found: QuerySet[Any, Any] = rows.annotate(part=Value(index), **nothing)
    return found.values_list("part", "of", *(f"number_{at}" for at in range(width)))
