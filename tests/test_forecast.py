"""The forecast of a reply figure, against a recount of the same waits at dense times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.services.insight.forecast import (
    Answered,
    Bound,
    Crossing,
    Judged,
    Promises,
    Replies,
    Sum,
    list_misses,
)

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)
HOUR = 3600.0
LIMIT = Bound(24 * HOUR, ">=")


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def answer(hours: float, ended_at: datetime) -> Answered:
    return Answered(ended_at - timedelta(hours=hours), ended_at, hours * HOUR)


def near_the_limit() -> Replies:
    """Twenty answers of 472 hours, of which the two slowest leave in six hours; four wait."""
    leaving = later(6) - WINDOW
    answered = [answer(22, later(-24))] * 18 + [answer(38, leaving)] * 2
    return Replies(NOW, WINDOW, answered, [hours * HOUR for hours in (20, 21, 22, 23)])


# -- the average ----------------------------------------------------------------


def test_it_finds_every_crossing_of_a_curve_that_rises_falls_and_rises() -> None:
    replies = near_the_limit()

    assert replies.find_crossings(LIMIT, later(24)) == [
        Crossing(later(4.5), is_over=True),
        Crossing(later(6), is_over=False),
        Crossing(later(11.5), is_over=True),
    ]
    means = [replies.mean_at(later(hours)) for hours in (0, 6, 8)]
    assert means == pytest.approx([23.25 * HOUR, 23 * HOUR, 514 / 22 * HOUR])


def test_waits_that_do_not_count_yet_leave_the_average_of_the_answered() -> None:
    replies = near_the_limit().leave_out_open()

    assert replies.mean_at(NOW) == pytest.approx(23.6 * HOUR)
    assert replies.mean_at(later(6)) == pytest.approx(22 * HOUR)
    assert replies.find_crossings(LIMIT, later(24)) == []


@pytest.mark.parametrize(("sign", "is_over"), [(">=", True), (">", False)])
def test_an_average_of_exactly_the_limit_is_over_it_only_by_its_sign(
    sign: str, is_over: bool
) -> None:
    bound = Bound(24 * HOUR, sign)
    replies = Replies(NOW, WINDOW, [answer(24, later(-1))])

    assert bound.is_crossed(replies.mean_at(NOW)) is is_over
    assert replies.find_crossings(bound, later(24)) == []


def test_of_nothing_there_is_no_average() -> None:
    nothing = Replies(NOW, WINDOW, [])

    assert nothing.mean_at(later(3)) is None
    assert nothing.find_crossings(LIMIT, later(72)) == []


def test_answers_from_before_the_window_do_not_count() -> None:
    old = answer(90, NOW - WINDOW)

    assert Replies(NOW, WINDOW, [old]).mean_at(NOW) is None


def test_nothing_grows_while_the_reply_clock_stands() -> None:
    hours = [(later(-5), later(1)), (later(16), later(24))]
    replies = Replies(NOW, WINDOW, [], [22 * HOUR], hours)

    assert replies.mean_at(later(10)) == pytest.approx(23 * HOUR)
    assert replies.find_crossings(LIMIT, later(24)) == [Crossing(later(17), is_over=True)]


def recount(replies: Replies, moment: datetime) -> float | None:
    """The average at a moment, by its definition."""
    waits = [
        one.seconds
        for one in replies.answered
        if moment - replies.window < one.ended_at <= replies.now
    ]
    waits += [age + (moment - replies.now).total_seconds() for age in replies.ages]
    return sum(waits) / len(waits) if waits else None


minutes = st.integers(0, 60 * 48)
histories = st.builds(
    lambda ended, ages: Replies(
        NOW,
        WINDOW,
        [answer(hours, NOW - WINDOW + timedelta(minutes=at)) for at, hours in ended],
        [age * HOUR for age in ages],
    ),
    st.lists(st.tuples(minutes, st.integers(1, 60)), max_size=8),
    st.lists(st.integers(0, 60), max_size=5),
)


@given(replies=histories, sign=st.sampled_from([">", ">="]), limit=st.integers(5, 50))
def test_the_average_and_its_crossings_equal_a_recount_at_dense_times(
    replies: Replies, sign: str, limit: int
) -> None:
    bound = Bound(limit * HOUR, sign)
    crossings = replies.find_crossings(bound, later(60))

    for quarter in range(1, 240):
        # Between the minutes on which waits end, where no crossing is either.
        moment = later(quarter / 4) + timedelta(seconds=1.3)
        mean = recount(replies, moment)
        assert replies.mean_at(moment) == pytest.approx(mean)
        assert is_over_at(crossings, moment, replies, bound) == bound.is_crossed(mean)


def is_over_at(
    crossings: Sequence[Crossing], moment: datetime, replies: Replies, bound: Bound
) -> bool:
    before = [one.is_over for one in crossings if one.at <= moment]
    return before[-1] if before else bound.is_crossed(recount(replies, NOW))


@given(replies=histories, hours=st.integers(0, 40))
def test_replies_that_stay_may_be_added_up(replies: Replies, hours: int) -> None:
    """What leaves only after the moments that are asked for needs no row."""
    edge = NOW - WINDOW + timedelta(hours=hours)
    leaving = [one for one in replies.answered if one.ended_at <= edge]
    staying = [one.seconds for one in replies.answered if one.ended_at > edge]

    short = replace(replies, answered=leaving, settled=Sum(sum(staying), len(staying)))

    until = later(hours)
    means = replies.mean_at(until), short.mean_at(until)
    assert means[0] == (None if means[1] is None else pytest.approx(means[1]))
    assert short.find_crossings(LIMIT, until) == replies.find_crossings(LIMIT, until)


@given(replies=histories, days=st.integers(1, 7))
def test_a_forecast_comes_true_if_it_is_followed(replies: Replies, days: int) -> None:
    """Back-test: all that waits is answered on a later day, and nothing else comes."""
    then = later(24 * days)
    grown = [age / HOUR + 24 * days for age in replies.ages]

    followed = Replies(then, WINDOW, [*replies.answered, *(answer(one, then) for one in grown)])

    forecast, found = replies.mean_at(then), followed.mean_at(then)
    assert forecast == (None if found is None else pytest.approx(found))


# -- each reply, and the share in time ---------------------------------------------


def test_open_waits_are_missed_each_at_its_own_limit() -> None:
    limits = [later(5), None, later(-1), later(2), later(30)]

    assert list_misses(limits, NOW, later(24)) == [later(2), later(5)]


def test_a_share_falls_with_each_wait_that_passes_its_limit() -> None:
    judged = [Judged(later(-20), is_in_time=True)] * 9 + [Judged(later(-20), is_in_time=False)]
    promises = Promises(NOW, WINDOW, judged, [later(3), later(3), later(9)])

    assert promises.share_if_left(NOW) == 0.9
    assert promises.share_if_left(later(3)) == 0.9
    assert promises.share_if_left(later(4)) == 0.75
    assert promises.share_if_answered(later(3)) == pytest.approx(12 / 13)
    assert promises.share_if_answered(later(5)) == pytest.approx(10 / 13)
    (crossing,) = promises.find_crossings(Bound(0.8, "<"), later(24))
    assert crossing.at - later(3) == timedelta.resolution
    assert crossing.is_over


def test_a_share_recovers_when_a_missed_one_leaves() -> None:
    missed = Judged(later(6) - WINDOW, is_in_time=False)
    promises = Promises(NOW, WINDOW, [missed, Judged(NOW, is_in_time=True)])

    assert promises.find_crossings(Bound(0.8, "<"), later(24)) == [
        Crossing(later(6), is_over=False)
    ]
    assert Promises(NOW, WINDOW, []).share_if_left(NOW) is None
