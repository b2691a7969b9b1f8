"""Queries whose SQL is built once.

Django builds a query each time, which takes longer than PostgreSQL needs to answer it. A
prepared query is a function that returns a QuerySet. It is called once for each shape of its
arguments; later calls run the same SQL with their own values.

    @prepared
    def drafts_on(*, user: int, threads: list[int]) -> QuerySet[Draft]:
        return Draft.objects.filter(user=user, thread__in=threads)

    drafts_on(user=7, threads=[1, 2, 3])  # a list of rows

Positional arguments belong to the shape: whatever changes the SQL, such as a sort or a limit.
Keyword arguments are values (numbers, texts, moments, UUIDs, lists of them), which the function
only hands to lookups. None and the length of a list belong to the shape too.

PostgreSQL plans such a query once, for all values. That is wrong where the best index depends on
how far a range of values reaches: those are `prepared_for_each`, and planned at each call. They
give their rows before models are made.

A prepared update is a function that returns a QuerySet and its changes: the arguments of `update`,
values too. Calls return the number of changed rows. A prepared insert is a function that returns an
unsaved row.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache, wraps
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

from inbox.models.planned import Planned, open_cursor

Row = TypeVar("Row")
Value = int | str | datetime | UUID
Given = Value | Sequence[Value | None] | None
Update = tuple[QuerySet[Any, Any], Mapping[str, Any]]
# A kept one takes some 50 kB.
MOST_KEPT = 500
# Stand-ins for values while the SQL is built; no real value is like them.
MOST_VALUES = 10_000
LARGE = 2_000_000_000  # fits an integer column
FAR = datetime(9000, 1, 1, tzinfo=UTC)


def prepared(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    statement = _build_once(lambda *shape, **values: _selecting(build(*shape, **values)))

    @wraps(build)
    def rows(*arguments: Hashable, **values: Given) -> list[Row]:
        built = statement(arguments, _shapes(values))
        found: list[Row] = built.make(built.fetch(built.planned.cursor, list(_flat(values))))
        return found

    return rows


def prepared_for_each(build: Callable[..., QuerySet[Any, Row]]) -> Callable[..., "Fetched[Row]"]:
    statement = _build_once(lambda *shape, **values: _selecting(build(*shape, **values)))

    @wraps(build)
    def fetched(*arguments: Hashable, **values: Given) -> Fetched[Row]:
        built = statement(arguments, _shapes(values))
        return Fetched(built.fetch(open_cursor, list(_flat(values))), built.names, built.make)

    return fetched


@dataclass(frozen=True, eq=False)
class Fetched(Generic[Row]):
    """Rows of values, with the names of the model's columns among them, and what makes models."""

    rows: list[tuple[Any, ...]]
    names: list[str]
    make: Callable[[list[tuple[Any, ...]]], list[Row]]


def prepared_update(build: Callable[..., Update]) -> Callable[..., int]:
    statement = _build_once(lambda *shape, **values: _updating(*build(*shape, **values)))

    @wraps(build)
    def changed(*arguments: Hashable, **values: Given) -> int:
        return statement(arguments, _shapes(values)).update(list(_flat(values)))

    return changed


def prepared_insert(build: Callable[..., Model]) -> Callable[..., int]:
    """As `bulk_create` of one row, left out if it is there; in no transaction of its own."""
    statement = _build_once(lambda *shape, **values: _inserting(build(*shape, **values)))

    @wraps(build)
    def inserted(*arguments: Hashable, **values: Given) -> int:
        return statement(arguments, _shapes(values)).update(list(_flat(values)))

    return inserted


def _build_once(build: "Callable[..., _Built]") -> "Callable[..., _Statement]":
    @lru_cache(maxsize=MOST_KEPT)
    def statement(
        arguments: tuple[Hashable, ...], shapes: tuple[tuple[str, Any], ...]
    ) -> _Statement:
        built, again = (
            _Statement.from_query(*build(*arguments, **stand_ins.fill(shapes)), stand_ins)
            for stand_ins in (_StandIns(0), _StandIns(MOST_VALUES))
        )
        if (built.planned, built.places) != (again.planned, again.places):
            raise ValueError("A prepared query may only hand its values on.")
        return built

    return statement


_Built = tuple[QuerySet[Any, Any], SQLCompiler]


def _selecting(rows: QuerySet[Any, Any]) -> _Built:
    return rows, rows.query.get_compiler(DEFAULT_DB_ALIAS)


def _updating(rows: QuerySet[Any, Any], changes: Mapping[str, Any]) -> _Built:
    """As `rows.update(**changes)` builds it."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(changes)
    return rows, query.get_compiler(DEFAULT_DB_ALIAS)


def _inserting(row: Model) -> _Built:
    """As `bulk_create([row], ignore_conflicts=True)` builds it."""
    fields = [one for one in row._meta.concrete_fields if not isinstance(one, AutoField)]
    query = InsertQuery(type(row), on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, [row])
    compiler: Any = query.get_compiler(DEFAULT_DB_ALIAS)
    (built,) = compiler.as_sql()
    vars(compiler)["as_sql"] = lambda: built
    return type(row)._default_manager.none(), compiler


def _shapes(values: Mapping[str, Given]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, _shape(value)) for name, value in values.items())


def _shape(value: Given) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(_shape, value))
    return None if value is None else type(value)


def _flat(values: Mapping[str, Given]) -> Iterator[Value]:
    for value in values.values():
        if isinstance(value, Value):
            yield value
        elif value is not None:
            yield from (one for one in value if one is not None)


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
        elif issubclass(kind, UUID):
            stand_in = UUID(int=LARGE + number)
        self.places[stand_in] = len(self.places)
        return stand_in


@dataclass(frozen=True)
class _Statement:
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str  # empty if no row can match
    params: tuple[Any, ...]
    # Of each parameter among the values; of each of its elements if it is an array.
    places: "tuple[_Place, ...]"
    planned: Planned

    @classmethod
    def from_query(
        cls, queryset: QuerySet[Any, Any], compiler: SQLCompiler, stand_ins: _StandIns
    ) -> "_Statement":
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return cls(queryset, compiler, "", (), (), Planned("", ()))
        places = tuple(_place(one, stand_ins) for one in params)
        planned = Planned.from_query(sql, params, places)
        return cls(queryset, compiler, sql, tuple(params), places, planned)

    def fill(self, values: Sequence[Value]) -> tuple[Any, ...]:
        """The parameters with these values."""
        return tuple(
            _filled(one, place, values) for one, place in zip(self.params, self.places, strict=True)
        )

    def update(self, values: Sequence[Value]) -> int:
        if not self.sql:
            return 0
        with (
            transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS),
            self.planned.cursor() as cursor,
        ):
            cursor.execute(self.sql, self.fill(values))
            return int(cursor.rowcount)

    @property
    def names(self) -> list[str]:
        columns = self.compiler.select[: len(self.compiler.klass_info["select_fields"])]
        return [column.target.attname for column, _sql, _alias in columns]

    @cached_property
    def converters(self) -> Any:
        """What Django makes of the values of each column."""
        columns = [column for column, _sql, _alias in self.compiler.select]
        return self.compiler.get_converters(columns[: self.compiler.col_count])

    def fetch(
        self, cursor: Callable[[], CursorWrapper], values: Sequence[Value]
    ) -> list[tuple[Any, ...]]:
        if not self.sql:
            return []
        with cursor() as opened:
            opened.execute(self.sql, self.fill(values))
            found: list[tuple[Any, ...]] = opened.fetchall()
        compiler = self.compiler
        return [one[: compiler.col_count] for one in found] if compiler.has_extra_select else found

    def make(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        """What the queryset makes of rows."""
        if not rows:
            return []
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        vars(compiler)["execute_sql"] = lambda *_args, **_options: [rows]
        vars(compiler)["get_converters"] = lambda _columns: self.converters
        queryset = _copied(self.queryset)
        vars(queryset)["_query"] = compiler.query = copy(self.compiler.query)
        vars(compiler.query)["get_compiler"] = lambda *_args, **_options: compiler
        return list(queryset)


def _copied(queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Not by `copy`, which would run the query with its stand-ins."""
    copied = object.__new__(type(queryset))
    vars(copied).update(vars(queryset))
    return copied


_Place = int | tuple[int, ...] | None


def _place(param: Any, stand_ins: _StandIns) -> _Place:
    if isinstance(param, list):
        return tuple(stand_ins.places[one] for one in param)
    return stand_ins.places.get(param) if isinstance(param, Value) else None


def _filled(param: Any, place: _Place, values: Sequence[Value]) -> Any:
    if isinstance(place, tuple):
        return [_like(one, values[at]) for one, at in zip(param, place, strict=True)]
    return param if place is None else _like(param, values[place])


def _like(stand_in: Any, value: Any) -> Any:
    """Numbers are adapted to the type of their column."""
    return type(stand_in)(value) if isinstance(stand_in, int) else value


@ForeignObject.register_lookup
@Field.register_lookup
class InArray(Lookup):  # type: ignore[type-arg]
    """`pk__in_array=[1, 2]`: as `in`, with one array for a parameter, whose elements are values.

    psycopg takes statements of more than fifty parameters apart at each call.
    """

    lookup_name = "in_array"

    def get_prep_lookup(self) -> list[Any]:
        return [self.lhs.output_field.get_prep_value(one) for one in self.rhs]

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        adapt = self.lhs.output_field.get_db_prep_value
        return "%s", [[adapt(one, connection, prepared=True) for one in value]]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        # An empty array has no type, and a length would cut longer values off.
        kind = self.lhs.output_field.db_type(connection).partition("(")[0]
        return f"{left} = ANY({right}::{kind}[])", (*left_params, *right_params)
