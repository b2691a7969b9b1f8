"""When a page looks for an unconfirmed reply again: by the clock, not by its reloads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Outgoing


def unconfirmed(**ago: float) -> Outgoing:
    """`missing_since=13`: thirteen seconds ago."""
    now = timezone.now()
    moments = {name: now - timedelta(seconds=seconds) for name, seconds in ago.items()}
    return Outgoing(state=Outgoing.State.UNCONFIRMED, **moments)


@pytest.mark.parametrize(("passed", "left"), [(0, 30), (13, 17), (29, 1), (31, 1), (500, 1)])
def test_the_second_look_comes_half_a_minute_after_the_first(passed: float, left: int) -> None:
    reply = unconfirmed(lease_until=600, missing_since=passed, looked_at=passed)

    assert reply.ask_again_in == pytest.approx(left, abs=1)


@pytest.mark.parametrize(("until_settled", "left"), [(-5, 5), (0, 1), (60, 1)])
def test_the_first_look_comes_when_mirakl_has_had_its_time(until_settled: float, left: int) -> None:
    assert unconfirmed(lease_until=until_settled).ask_again_in == pytest.approx(left, abs=1)


@pytest.mark.parametrize(("since", "passed", "left"), [(100, 10, 80), (100, 95, 1), (9000, 0, 300)])
def test_a_mirakl_that_does_not_answer_is_asked_ever_more_rarely(
    since: float, passed: float, left: int
) -> None:
    reply = unconfirmed(lease_until=since, looked_at=passed)

    assert reply.ask_again_in == pytest.approx(left, abs=1)
