"""The simulated team that answers what matters most: the same each time, and better."""

from datetime import timedelta

import pytest

from benchmarks.effect import BEGINS, HOUR, MINUTE, PLACES, Asked, Team, is_better, oldest, simulate
from inbox.models import Marketplace

HARD = next(at for at, one in enumerate(PLACES) if one.rule == "each_max")


def test_what_matters_most_crosses_fewer_lines_at_no_worse_mean() -> None:
    found = simulate(weeks=3, seeds=1)

    assert is_better(found["what matters most"], found["oldest first"])
    assert not is_better(found["oldest first"], found["oldest first"])
    assert simulate(weeks=3, seeds=1) == found


@pytest.mark.parametrize(("limit", "missed"), [(9 * HOUR + 10 * MINUTE, 0), (9 * HOUR, 1)])
def test_a_reply_after_its_limit_is_a_line_crossed(limit: timedelta, missed: int) -> None:
    """Asked at midnight, answered within ten minutes when the team begins at 9:00."""
    asked = Asked(BEGINS, HARD, 5, 10 * MINUTE, BEGINS + limit)
    marketplaces = [Marketplace(pk=at) for at in range(len(PLACES))]

    outcome = Team(marketplaces, oldest).work([asked], BEGINS + 24 * HOUR)

    assert outcome.missed == missed
    assert outcome.waits == pytest.approx([9 + 1 / 6])


def test_what_nobody_answered_counts_too() -> None:
    asked = Asked(BEGINS, HARD, 5, MINUTE, BEGINS + HOUR)
    marketplaces = [Marketplace(pk=at) for at in range(len(PLACES))]

    outcome = Team(marketplaces, oldest).work([asked], BEGINS + 8 * HOUR)

    assert (outcome.missed, outcome.waits) == (1, [8.0])
