"""What the queries of a function read, by PostgreSQL's plans."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

Plan = dict[str, Any]


def plans_of(run: Callable[[], object]) -> list[Plan]:
    """Each query is run again to see what it reads."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        run()
    return [_plan_of(sql, params) for sql, params in asked if sql.startswith(("SELECT", "("))]


def _plan_of(sql: str, params: Any) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (plans,) = cursor.fetchone()
    found: Plan = plans[0]["Plan"]
    return found


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def rows_read(run: Callable[[], object]) -> int:
    """How many rows of tables its queries look at, those included that they then leave out."""
    read = [node for plan in plans_of(run) for node in nodes(plan) if "Relation Name" in node]
    return sum(round(_rows_of(node) * node["Actual Loops"]) for node in read)


def _rows_of(node: Plan) -> float:
    left_out = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return float(node["Actual Rows"]) + sum(float(node.get(name, 0)) for name in left_out)
