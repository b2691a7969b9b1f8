"""Periods are days of the team's zone, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from inbox.services.insight.periods import PRESETS, Period, find_period

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _team_in_paris(settings: "Settings") -> None:
    settings.TIME_ZONE = "Europe/Paris"


def paris(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=PARIS)  # type: ignore[arg-type, misc]


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]


NOW = paris(2026, 11, 29, 10)


def days(first: date, last: date, now: datetime = NOW) -> Period:
    return Period.of_days(first, last, now)


@pytest.mark.parametrize(("month", "hours"), [(3, 743), (10, 745), (11, 720)])
def test_a_month_has_the_hours_of_its_zone(month: int, hours: int) -> None:
    last = (date(2026, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)

    period = days(date(2026, month, 1), last)

    assert period.end - period.begin == timedelta(hours=hours)


def test_november_begins_in_paris() -> None:
    period = days(date(2026, 11, 1), date(2026, 11, 30))

    assert (period.begin, period.end) == (utc(2026, 10, 31, 23), utc(2026, 11, 30, 23))


def test_both_days_are_included() -> None:
    period = days(date(2026, 11, 2), date(2026, 11, 8))

    assert (period.begin, period.end) == (utc(2026, 11, 1, 23), utc(2026, 11, 8, 23))


def test_the_last_seven_days_are_whole_and_without_today() -> None:
    period = find_period("last-7-days", NOW)

    assert (period.first, period.last) == (date(2026, 11, 22), date(2026, 11, 28))
    assert len(period.days) == 7
    assert not period.is_running


def test_a_running_month_is_compared_with_as_much_of_the_one_before() -> None:
    before = find_period("this-month", NOW).before()

    assert (before.begin, before.end) == (paris(2026, 10, 1), paris(2026, 10, 29, 10))


def test_a_month_that_lacks_the_day_ends_at_its_end() -> None:
    before = find_period("this-month", paris(2026, 3, 31, 10)).before()

    assert (before.begin, before.end) == (paris(2026, 2, 1), paris(2026, 3, 1))


def test_a_whole_month_is_compared_with_the_whole_month_before() -> None:
    before = find_period("last-month", NOW).before()

    assert (before.begin, before.end) == (paris(2026, 9, 1), paris(2026, 10, 1))


def test_last_years_week_has_the_same_weekdays() -> None:
    week = days(date(2026, 11, 23), date(2026, 11, 29), paris(2026, 12, 5))

    before = week.a_year_before()

    assert (before.first, before.last) == (date(2025, 11, 24), date(2025, 11, 30))


def test_months_and_years_of_last_year_go_by_date() -> None:
    assert find_period("last-month", NOW).a_year_before().first == date(2025, 10, 1)
    year = find_period("this-year", NOW).a_year_before()
    assert (year.begin, year.end) == (paris(2025, 1, 1), paris(2025, 11, 29, 10))


def test_a_leap_day_has_a_year_before() -> None:
    before = find_period("this-month", paris(2028, 2, 29, 10)).a_year_before()

    assert before.end == paris(2027, 3, 1)


def test_weeks_begin_on_monday() -> None:
    assert find_period("this-week", NOW).first == date(2026, 11, 23)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("hour", [0, 2, 12, 23])
def test_every_preset_holds_on_days_that_change_clocks(preset: str, hour: int) -> None:
    for day in (date(2026, 10, 25), date(2026, 3, 29), date(2028, 2, 29), date(2026, 1, 1)):
        now = paris(day.year, day.month, day.day, hour)

        period = find_period(preset, now)

        for other in (period.before(), period.a_year_before()):
            assert other.begin <= other.end <= period.begin
            assert other.begin < period.begin
