"""Which way of counting gives a marketplace's own figure."""

from datetime import UTC, datetime, timedelta

import pytest

from inbox.reply_calendar import ALWAYS, WHOLE_DAY, Calendar, working_seconds
from inbox.services.insight.calibration import (
    FORMULAS,
    Formula,
    Reading,
    Reply,
    find_best_formula,
)

MONTH = timedelta(days=30)
FIRST = datetime(2026, 11, 2, 4, tzinfo=UTC)  # a Monday
WORKING_DAYS = Calendar("UTC", (WHOLE_DAY,) * 5 + ((), ()))


def replies() -> list[Reply]:
    """Answers of all days, some to several messages and some to the operator."""
    return [
        Reply(
            number % 4 == 0,
            ended_at - timedelta(hours=3 + number % 30),
            ended_at - timedelta(hours=1 + number % 3),
            ended_at,
        )
        for number, ended_at in enumerate(
            FIRST - MONTH + timedelta(hours=7 * step) for step in range(130)
        )
    ]


def readings(formula: Formula, *, days: int = 5, factor: float = 1) -> list[Reading]:
    return [
        Reading(at, factor * mean(formula, at))
        for at in (FIRST + timedelta(days=day) for day in range(days))
    ]


def mean(formula: Formula, at: datetime) -> float:
    waits = [
        working_seconds(
            one.last_asked_at if formula.counts_last_message else one.asked_at,
            one.ended_at,
            WORKING_DAYS if formula.counts_calendar else ALWAYS,
        )
        for one in replies()
        if at - MONTH < one.ended_at <= at
        if formula.counts_operator or not one.is_operators
    ]
    return sum(waits) / len(waits)


@pytest.mark.parametrize("formula", FORMULAS)
def test_each_of_the_formulas_is_recognised_by_its_figures(formula: Formula) -> None:
    fit = find_best_formula(readings(formula), replies(), MONTH, WORKING_DAYS)

    assert fit
    assert fit.formula == formula
    assert fit.error == pytest.approx(0)


def test_nothing_is_said_before_five_readings() -> None:
    few = readings(FORMULAS[0], days=4)

    assert find_best_formula(few, replies(), MONTH, ALWAYS) is None


def test_a_figure_a_little_off_still_fits_and_its_error_is_told() -> None:
    close = readings(FORMULAS[0], factor=1.03)

    fit = find_best_formula(close, replies(), MONTH, ALWAYS)

    assert fit
    assert fit.is_good
    assert fit.error == pytest.approx(0.03 / 1.03)


def test_the_fastest_nine_tenths_are_none_of_our_formulas() -> None:
    fastest = [
        Reading(at, sum(waits[: len(waits) * 9 // 10]) / (len(waits) * 9 // 10))
        for at in (FIRST + timedelta(days=day) for day in range(5))
        if (waits := sorted((one.ended_at - one.asked_at).total_seconds() for one in slow()))
    ]

    fit = find_best_formula(fastest, slow(), MONTH, ALWAYS)

    assert fit
    assert not fit.is_good


def slow() -> list[Reply]:
    """One in ten takes ten times as long."""
    lengths = [timedelta(hours=40 if number % 10 == 0 else 4) for number in range(100)]
    ended_at = FIRST - timedelta(days=5)
    return [Reply(False, ended_at - length, ended_at - length, ended_at) for length in lengths]


def test_without_answers_there_is_nothing_to_compare() -> None:
    assert find_best_formula(readings(FORMULAS[0]), [], MONTH, ALWAYS) is None
