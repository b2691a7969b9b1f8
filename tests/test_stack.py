"""Requests run on a stack that need not grow and shrink with each call."""

import resource
from collections.abc import Callable

from helpdesk import wsgi
from helpdesk.stack import SLOTS, with_room

CALLS = 1_000
DEPTHS = range(300)


def nothing() -> None:
    pass


# Larger than the frames above: at some depth the edge of a chunk is in it.
nothing.__code__ = nothing.__code__.replace(co_stacksize=100)


def calls_below(depth: int) -> None:
    if depth:
        return calls_below(depth - 1)
    for _ in range(CALLS):
        nothing()
    return None


def worst(run: Callable[[int], None]) -> int:
    """The most page faults at any depth of the stack."""

    def faults() -> int:
        return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt

    found = []
    for depth in DEPTHS:
        before = faults()
        run(depth)
        found.append(faults() - before)
    return max(found)


def test_calls_map_no_memory_at_any_depth() -> None:
    with_room(worst)(calls_below)  # memory that is mapped once

    assert with_room(worst)(calls_below) < CALLS / 10


def test_it_is_called_as_the_function_is() -> None:
    def both(one: int, *, other: int) -> tuple[int, int]:
        return one, other

    assert with_room(both)(1, other=2) == (1, 2)


def test_requests_have_room() -> None:
    assert wsgi.application.__code__.co_stacksize == SLOTS
