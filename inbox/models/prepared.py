"""Queries whose SQL is built once.

Django builds a query each time, which takes longer than PostgreSQL needs to answer it. A
prepared query is a function that returns a QuerySet. It is called once for each shape of its
arguments; later calls run the same SQL with their own values.

    @prepared
    def drafts_on(*, user: int, threads: list[int]) -> QuerySet[Draft]:
        return Draft.objects.filter(user=user, thread__in=threads)

    drafts_on(user=7, threads=[1, 2, 3])  # a list of rows

Positional arguments belong to the shape: whatever changes the SQL, such as a sort or a limit.
Keyword arguments are values (numbers, texts, moments, lists of them), which the function only hands
to lookups. None and the length of a list belong to the shape too.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Value = int | str | datetime
Given = Value | Sequence[Value] | None
# A kept one takes some 50 kB.
MOST_KEPT = 500
# Stand-ins for values while the SQL is built; no real value is like them.
MOST_VALUES = 10_000
LARGE = 2_000_000_000  # fits an integer column
FAR = datetime(9000, 1, 1, tzinfo=UTC)


def prepared(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    @lru_cache(maxsize=MOST_KEPT)
    def statement(
        arguments: tuple[Hashable, ...], shapes: tuple[tuple[str, Any], ...]
    ) -> _Statement:
        built, again = (
            _Statement.of(build(*arguments, **stand_ins.fill(shapes)), stand_ins)
            for stand_ins in (_StandIns(0), _StandIns(MOST_VALUES))
        )
        if (built.sql, built.fixed, built.places) != (again.sql, again.fixed, again.places):
            raise ValueError("A prepared query may only hand its values to lookups.")
        return built

    @wraps(build)
    def rows(*arguments: Hashable, **values: Given) -> list[Row]:
        shapes = tuple((name, _shape(value)) for name, value in values.items())
        found: list[Row] = statement(arguments, shapes).run(list(_flat(values)))
        return found

    return rows


def _shape(value: Given) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(_shape, value))
    return None if value is None else type(value)


def _flat(values: Mapping[str, Given]) -> Iterator[Value]:
    for value in values.values():
        if isinstance(value, int | str | datetime):
            yield value
        elif value is not None:
            yield from value


class _StandIns:
    """Values to build the SQL with, in the order of `_flat`."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.places: dict[Value, int] = {}

    def fill(self, shapes: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
        return {name: self.like(shape) for name, shape in shapes}

    def like(self, shape: Any) -> Any:
        if isinstance(shape, tuple):
            return [self.like(one) for one in shape]
        return None if shape is None else self._next(shape)

    def _next(self, kind: type[Value]) -> Value:
        number = self.first + len(self.places)
        stand_in: Value = LARGE + number
        if issubclass(kind, str):
            stand_in = f"\N{WORD JOINER}{number}\N{WORD JOINER}"
        elif issubclass(kind, datetime):
            stand_in = FAR + timedelta(microseconds=number)
        self.places[stand_in] = len(self.places)
        return stand_in


@dataclass(frozen=True)
class _Statement:
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str  # empty if no row can match
    params: tuple[Any, ...]
    places: tuple[int | None, ...]  # of each parameter among the values

    @classmethod
    def of(cls, queryset: QuerySet[Any, Any], stand_ins: _StandIns) -> "_Statement":
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return cls(queryset, compiler, "", (), ())
        places = tuple(_place(one, stand_ins) for one in params)
        return cls(queryset, compiler, sql, tuple(params), places)

    @property
    def fixed(self) -> list[Any]:
        """Parameters that are always the same."""
        return [one for one, place in zip(self.params, self.places, strict=True) if place is None]

    def run(self, values: Sequence[Value]) -> list[Any]:
        if not self.sql:
            return []
        filled = tuple(
            one if place is None else _like(one, values[place])
            for one, place in zip(self.params, self.places, strict=True)
        )
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        vars(compiler)["as_sql"] = lambda *_args, **_options: (self.sql, filled)
        queryset = _copied(self.queryset)
        vars(queryset)["_query"] = compiler.query = copy(self.compiler.query)
        vars(compiler.query)["get_compiler"] = lambda *_args, **_options: compiler
        return list(queryset)


def _copied(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Not by `copy`, which would run the query with its stand-ins."""
    copied = object.__new__(type(queryset))
    vars(copied).update(vars(queryset))
    return copied


def _place(param: Any, stand_ins: _StandIns) -> int | None:
    return stand_ins.places.get(param) if isinstance(param, int | str | datetime) else None


def _like(stand_in: Any, value: Any) -> Any:
    """Numbers are adapted to the type of their column."""
    return type(stand_in)(value) if isinstance(stand_in, int) else value
