"""The band of a forecast: what comes is drawn from the same hours of past weeks."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.services.insight.arrivals import Arrival, draw_bands
from inbox.services.insight.forecast import Answered, Replies

NOW = datetime(2026, 11, 10, 12, 20, tzinfo=UTC)
WINDOW = timedelta(days=30)
PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = NOW - timedelta(weeks=9)
TWO_HOURS = 7_200.0


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def answered(count: int) -> list[Answered]:
    return [Answered(later(-30), later(-20), 36_000)] * count


def weekly(at: datetime, weeks: Sequence[int] = range(1, 9)) -> list[Arrival]:
    local = at.astimezone(PARIS)  # so that each is at the same time of its day
    return [Arrival(local - timedelta(weeks=week), TWO_HOURS) for week in weeks]


def test_what_came_each_week_comes_again() -> None:
    replies = Replies(NOW, WINDOW, answered(3))

    soon, after = draw_bands(
        replies, weekly(later(3)), [later(2), later(6)], zone=PARIS, known_since=LONG_AGO
    )

    assert (soon.low, soon.high) == pytest.approx((36_000, 36_000))
    assert (after.low, after.high) == pytest.approx((28_800, 28_800))


def test_a_wait_that_would_still_be_open_counts_with_its_age() -> None:
    replies = Replies(NOW, WINDOW, answered(1))

    (band,) = draw_bands(replies, weekly(later(3)), [later(4)], zone=PARIS, known_since=LONG_AGO)

    assert band.low == pytest.approx((36_000 + 3_600) / 2)


def test_the_same_hour_is_by_the_teams_clocks() -> None:
    """Clocks went back on 25 October: nine in Paris was seven in UTC before, and eight after."""
    before = [datetime(2026, 10, day, 7, 30, tzinfo=UTC) for day in (14, 21)]
    after = [datetime(2026, month, day, 8, 30, tzinfo=UTC) for month, day in ((10, 28), (11, 4))]
    past = [Arrival(at, 0.0) for at in (*before, *after)]
    replies = Replies(NOW, WINDOW, answered(1))

    (band,) = draw_bands(
        replies, past, [later(24)], zone=PARIS, known_since=NOW - timedelta(weeks=4)
    )

    assert band.low == band.high == pytest.approx(18_000)


def test_there_is_no_band_of_a_week_or_of_nothing() -> None:
    replies = Replies(NOW, WINDOW, answered(1))
    past = weekly(later(3))

    assert not draw_bands(
        replies, past, [later(6)], zone=PARIS, known_since=NOW - timedelta(days=13)
    )
    assert not draw_bands(
        Replies(NOW, WINDOW, []), [], [later(6)], zone=PARIS, known_since=LONG_AGO
    )


def test_a_page_shows_the_same_band_again() -> None:
    replies = Replies(NOW, WINDOW, answered(2))
    past = weekly(later(3), [1, 3, 4]) + weekly(later(5), [2, 6])
    drawn = [
        draw_bands(replies, past, [later(4), later(8)], zone=PARIS, known_since=LONG_AGO)
        for _ in range(2)
    ]

    assert drawn[0] == drawn[1]
    assert drawn[0][1].low < drawn[0][1].high


@pytest.mark.parametrize("day", range(1, 8))
def test_bands_hold_what_comes_in_histories_that_go_on_alike(day: int) -> None:
    """Back-test: of twenty random histories, most end up within the band of days before."""
    held = [is_held(random.Random(seed), day) for seed in range(20)]

    assert sum(held) >= 12


def is_held(draw: random.Random, day: int) -> bool:
    """Whether the average of a later day, by its formula, lies in the band drawn now."""
    begins_at, until = NOW - timedelta(days=100), NOW + timedelta(days=day)
    waits = [Arrival(at, draw.expovariate(1 / 20_000)) for at in moments(draw, begins_at, until)]
    known = [one for one in waits if one.asked_at <= NOW]
    replies = Replies(NOW, WINDOW, *known_at(NOW, known))
    (band,) = draw_bands(replies, past_of(NOW, known), [until], zone=PARIS, known_since=begins_at)
    # What waits now is answered on that day, as the forecast says.
    open_now = [one for one in known if ends(one) > NOW]
    came = [one for one in waits if one.asked_at > NOW]
    total = [one.seconds for one in known if until - WINDOW < ends(one) <= NOW]
    total += [(until - one.asked_at).total_seconds() for one in open_now]
    total += [min(one.seconds or 0, (until - one.asked_at).total_seconds()) for one in came]
    counted = [one for one in total if one is not None]
    return band.low <= sum(counted) / len(counted) <= band.high


def moments(draw: random.Random, begins_at: datetime, until: datetime) -> list[datetime]:
    hours = int((until - begins_at) / timedelta(hours=1))
    return [
        begins_at + timedelta(hours=hour, minutes=draw.randrange(60))
        for hour in range(hours)
        for _ in range(draw.choice([0, 0, 1, 2]))
    ]


def ends(one: Arrival) -> datetime:
    return one.asked_at + timedelta(seconds=one.seconds or 0)


def known_at(now: datetime, waits: list[Arrival]) -> tuple[list[Answered], list[float]]:
    done = [
        Answered(one.asked_at, ends(one), one.seconds or 0) for one in waits if ends(one) <= now
    ]
    return done, [(now - one.asked_at).total_seconds() for one in waits if ends(one) > now]


def past_of(now: datetime, waits: list[Arrival]) -> list[Arrival]:
    return [Arrival(one.asked_at, one.seconds if ends(one) <= now else None) for one in waits]
