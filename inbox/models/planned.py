"""Statements that PostgreSQL plans once for each connection.

It takes longer to plan a page's queries than to run them. Constants are part of the text of such a
statement, so that its plan may rely on them; only values are sent with each call.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.sql import Literal
from psycopg.types.datetime import TimestamptzLoader

Connection = psycopg.Connection[Any]
_ready: WeakKeyDictionary[Connection, bool] = WeakKeyDictionary()


@dataclass(frozen=True)
class Planned:
    """`text` has a `$1` for each value; `values` are their indices among the parameters."""

    text: str
    values: tuple[int, ...]

    @classmethod
    def from_query(cls, sql: str, params: Sequence[Any], places: Sequence[Hashable]) -> Self:
        """Parameters with equal `places` are one value; the place of a constant is None."""
        connection.ensure_connection()
        numbers: dict[Hashable, int] = {}
        texts, values = list[str](), list[int]()
        for index, (param, place) in enumerate(zip(params, places, strict=True)):
            if place is None:
                texts.append(Literal(param).as_string(connection.connection))
                continue
            key = index if isinstance(param, list) else (place, type(param))
            if key not in numbers:
                values.append(index)
                numbers[key] = len(values)
            texts.append(f"${numbers[key]}")
        return cls(sql % tuple(texts), tuple(values))

    def cursor(self) -> CursorWrapper:
        """Executes this statement, with the SQL and parameters that Django knows of it."""
        connection.ensure_connection()
        with connection.wrap_database_errors:
            cursor = _Cursor(self, connection.connection)
            wrapped: CursorWrapper = connection._prepare_cursor(cursor)  # type: ignore[attr-defined]
            return wrapped


class _Cursor(psycopg.RawCursor[Any]):
    def __init__(self, planned: Planned, to: Connection) -> None:
        super().__init__(to)
        self._planned = planned
        load_moments_in_c(self)
        # A rollback would undo it.
        if to not in _ready and not connection.in_atomic_block:
            _ready[to] = ends_in_postgresql(to)
            if _ready[to]:
                plan_once(to)

    def execute(self, _sql: Any, params: Any = (), **options: Any) -> Self:  # type: ignore[override]
        values = [params[index] for index in self._planned.values]
        return super().execute(self._planned.text, values, **options)


def open_cursor() -> CursorWrapper:
    """Django's, whose statements are planned at each call."""
    opened = connection.cursor()
    load_moments_in_c(opened.cursor)
    return opened


def load_moments_in_c(cursor: "psycopg.Cursor[Any]") -> None:
    """Django's own loader takes ten times as long to set UTC, which sessions have anyway."""
    cursor.adapters.register_loader("timestamptz", TimestamptzLoader)


def ends_in_postgresql(to: Connection) -> bool:
    """False for a pooler, which may send each transaction to another session of PostgreSQL.

    It makes up the process id that it tells its clients.
    """
    found = to.execute("SELECT pg_backend_pid()").fetchone()
    return found is not None and found[0] == to.info.backend_pid


def plan_once(to: Connection) -> None:
    # Otherwise PostgreSQL prefers new plans for the values of each call.
    to.execute("SET plan_cache_mode = force_generic_plan")
    to.prepare_threshold = 0
