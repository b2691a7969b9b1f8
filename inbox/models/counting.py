"""Many numbers in one statement."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Value


@dataclass(frozen=True)
class Counted:
    """Rows of any kind, and numbers of them by their marketplace: aggregates by name."""

    rows: QuerySet[Any]
    numbers: Mapping[str, Any]
    marketplace: str = "marketplace"


Numbers = Mapping[int, Counter[str]]


def count_together(parts: Sequence[Counted]) -> Numbers:
    """By marketplace and name, in one query; what several parts count under one name is added."""
    width = max(len(part.numbers) for part in parts)
    first, *others = [_columns(index, part, width) for index, part in enumerate(parts)]
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for index, marketplace, *values in first.union(*others, all=True):
        for name, value in zip(parts[index].numbers, values, strict=False):
            found[marketplace][name] += value or 0
    return found


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
