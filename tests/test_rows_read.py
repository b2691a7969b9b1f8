"""What a page reads does not grow with the conversations beside those it shows."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.desk import laying, people, world
from inbox.models import Marketplace, User
from inbox.services.marketplaces import accounts
from inbox.services.search.thread_list import PAGE_SIZE, InboxFilters

NEWEST_AT = timezone.now()
CONVERSATIONS, EACH = 10_000, 1


@pytest.fixture
def desk(db: None) -> tuple[Marketplace, User]:
    (marketplace,) = people.connect("https://mirakl.example", 1)
    agent, _colleague = people.hire(2, [marketplace])
    laying.lay({marketplace: CONVERSATIONS}, [agent, _colleague], NEWEST_AT, EACH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inbox_thread, inbox_message, inbox_thread_tags, inbox_note")
    return marketplace, agent


def rows_read(run: Callable[[], object]) -> int:
    """How many rows of tables the queries of a function look at."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *more: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        run()
    return sum(map(_rows_of, (plan_of(*one) for one in asked)))


def plan_of(sql: str, params: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
    plans = answer if isinstance(answer, list) else json.loads(answer)
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def _rows_of(plan: dict[str, Any]) -> int:
    return sum(
        round((one["Actual Rows"] + dropped(one)) * one["Actual Loops"])
        for one in nodes(plan)
        if "Relation Name" in one
    )


def dropped(node: dict[str, Any]) -> float:
    steps = ("Filter", "Index Recheck")
    return sum(float(node.get(f"Rows Removed by {step}", 0)) for step in steps)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize("sort", ["deadline", "newest", "oldest"])
def test_what_is_mine_is_read_page_by_page(sort: str, desk: tuple[Marketplace, User]) -> None:
    marketplace, agent = desk
    with connection.cursor() as cursor:
        # Of so few rows all may be read and sorted; the test checks that an index has the order.
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    filters = InboxFilters({"view": "mine", "sort": sort}, marketplaces=[marketplace], user=agent)
    middle = NEWEST_AT - CONVERSATIONS / 2 * world.SPACING

    top = rows_read(lambda: filters.page(""))
    deep = rows_read(lambda: filters.page(f"~{middle.isoformat()}~1"))

    assert max(top, deep) < 3 * PAGE_SIZE


def test_what_a_marketplace_has_is_counted_from_its_tallies(
    desk: tuple[Marketplace, User],
) -> None:
    marketplace, _agent = desk

    assert accounts.measure_mirror(marketplace).threads == CONVERSATIONS
    assert rows_read(lambda: accounts.measure_mirror(marketplace)) < 10
