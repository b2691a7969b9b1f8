"""Reply limits in working time: deadlines and working seconds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.public_holidays import list_countries, list_holidays, list_places
from inbox.reply_calendar import (
    ALWAYS,
    LONGEST_PAUSE,
    WHOLE_DAY,
    Calendar,
    deadline,
    format_openings,
    has_working_time,
    list_closed_dates,
    parse_openings,
    working_seconds,
)

HOUR = timedelta(hours=1)
DAYS = ((WHOLE_DAY,) * 5) + ((), ())
OFFICE = (((9 * 60, 18 * 60),),) * 5 + ((), ())
ROME = Calendar("Europe/Rome", DAYS, "IT")
ROME_OFFICE = Calendar("Europe/Rome", OFFICE, "IT")
TUESDAYS = Calendar("Europe/Rome", ((), ((8 * 60, 17 * 60),), (), (), (), (), ()))
CHICAGO = Calendar("America/Chicago", DAYS)
NEVER = Calendar("Europe/Rome", ((),) * 7)


def at(text: str, zone: str = "Europe/Rome") -> datetime:
    return datetime.strptime(text, "%d %b %Y %H:%M").replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("calendar", "asked", "hours", "due"),
    [
        # L28: a country is not enough.
        (Calendar("Europe/London", DAYS, "GB-ENG"), "28 Aug 2026 16:00", 24, "01 Sep 2026 16:00"),
        (Calendar("Europe/London", DAYS, "GB"), "28 Aug 2026 16:00", 24, "31 Aug 2026 16:00"),
        (Calendar("Europe/Berlin", DAYS, "DE-BY"), "03 Jun 2026 15:00", 24, "05 Jun 2026 15:00"),
        (Calendar("Europe/Berlin", DAYS, "DE"), "03 Jun 2026 15:00", 24, "04 Jun 2026 15:00"),
        # L29: with and without Christmas.
        (ROME, "24 Dec 2026 15:00", 24, "28 Dec 2026 15:00"),
        (replace(ROME, holidays_of=""), "24 Dec 2026 15:00", 24, "25 Dec 2026 15:00"),
        # L30: working days, and working hours.
        (ROME, "04 Dec 2026 17:00", 24, "07 Dec 2026 17:00"),
        (ROME, "05 Dec 2026 10:00", 24, "08 Dec 2026 00:00"),
        (ROME_OFFICE, "04 Dec 2026 17:00", 24, "10 Dec 2026 14:00"),
        (ROME_OFFICE, "05 Dec 2026 10:00", 24, "10 Dec 2026 15:00"),
        # L31: next to no hours.
        (TUESDAYS, "11 Nov 2026 09:00", 4, "17 Nov 2026 12:00"),
        # L32: whose Saturday.
        (CHICAGO, "20 Nov 2026 20:00", 24, "23 Nov 2026 20:00"),
    ],
)
def test_a_limit_is_reached(calendar: Calendar, asked: str, hours: int, due: str) -> None:
    start, limit = at(asked, calendar.zone), hours * HOUR

    found = deadline(start, limit, calendar)

    assert found == at(due, calendar.zone)
    assert working_seconds(start, found, calendar) == limit.total_seconds()


def test_a_saturday_is_the_marketplaces() -> None:
    asked = at("21 Nov 2026 03:00", "Europe/Paris")

    assert deadline(asked, 24 * HOUR, CHICAGO) == at("24 Nov 2026 03:00", "Europe/Paris")


def test_a_holiday_is_a_local_date() -> None:
    late = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)  # 25 Dec in Rome

    assert working_seconds(late, late + timedelta(minutes=30), ROME) == 0


def test_an_extra_closed_date_counts_like_a_holiday() -> None:
    calendar = replace(ROME, closed_dates=frozenset({date(2026, 12, 7)}))

    assert deadline(at("04 Dec 2026 17:00"), 24 * HOUR, calendar) == at("09 Dec 2026 17:00")


@pytest.mark.parametrize("calendar", [NEVER, replace(ROME, shut_from=at("01 Nov 2026 00:00"))])
def test_without_an_hour_there_is_no_deadline(calendar: Calendar) -> None:
    assert deadline(at("11 Nov 2026 09:00"), HOUR, calendar) is None
    assert not has_working_time(calendar, at("11 Nov 2026 09:00"))


def test_a_shop_closed_for_400_days_has_no_deadline() -> None:
    shut = at("11 Nov 2026 12:00")
    calendar = replace(ROME, shut_from=shut, shut_to=shut + timedelta(days=400))

    assert deadline(at("11 Nov 2026 13:00"), HOUR, calendar) is None
    assert deadline(at("11 Nov 2026 11:00"), HOUR, calendar) == shut


def test_the_search_ends_with_a_minute_a_week() -> None:
    calendar = replace(TUESDAYS, week=((), ((0, 1),), (), (), (), (), ()))

    assert deadline(at("11 Nov 2026 09:00"), 720 * HOUR, calendar) is None


def test_a_closed_shop_is_closed_in_the_middle_of_a_day() -> None:
    calendar = replace(
        ROME, shut_from=at("10 Nov 2026 12:00"), shut_to=at("12 Nov 2026 09:00"), holidays_of=""
    )

    assert deadline(at("10 Nov 2026 10:00"), 4 * HOUR, calendar) == at("12 Nov 2026 11:00")


@pytest.mark.parametrize(
    ("day", "hours"), [("29 Mar 2026", 23), ("25 Oct 2026", 25), ("01 Nov 2026", 24)]
)
def test_a_whole_day_is_as_long_as_its_clocks_say(day: str, hours: int) -> None:
    sundays = Calendar("Europe/Rome", ((),) * 6 + (WHOLE_DAY,))
    start = at(f"{day} 00:00")

    assert working_seconds(start - 24 * HOUR, start + 48 * HOUR, sundays) == hours * 3600


def test_opening_times_that_the_clocks_skip_are_no_time() -> None:
    nights = Calendar("Europe/Rome", ((),) * 6 + (((60, 4 * 60),),))

    assert working_seconds(at("29 Mar 2026 00:00"), at("30 Mar 2026 00:00"), nights) == 2 * 3600


def test_all_the_time_counts_by_default() -> None:
    start = at("28 Mar 2026 20:00")

    assert deadline(start, 24 * HOUR, ALWAYS) == start + 24 * HOUR
    assert working_seconds(start, start + HOUR, ALWAYS) == 3600
    assert working_seconds(start + HOUR, start, ALWAYS) == 0


def test_nothing_to_wait_in_working_hours() -> None:
    """L19."""
    weekend = at("05 Dec 2026 10:00"), at("06 Dec 2026 11:00")

    assert working_seconds(*weekend, ROME_OFFICE) == 0.0


def test_closed_dates_are_those_that_would_be_open() -> None:
    closed = list_closed_dates(ROME, date(2026, 12, 1), date(2027, 1, 6))

    # 26 December is a Saturday.
    assert closed == [
        date(2026, 12, 8),
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2027, 1, 6),
    ]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9-18", "09:00-18:00"),
        ("09:00–13:00,14:30-24:00", "09:00-13:00, 14:30-24:00"),  # noqa: RUF001
        ("", ""),
    ],
)
def test_opening_times_are_read(typed: str, stored: str) -> None:
    assert format_openings(parse_openings(typed)) == stored


@pytest.mark.parametrize("typed", ["9", "18-9", "9-9", "9-12, 11-13", "9-25", "9:75-10", "nine"])
def test_what_is_no_opening_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        parse_openings(typed)


def test_places_are_countries_and_their_parts() -> None:
    countries = {country.code: country for country in list_countries()}

    assert ("GB-ENG", "England") in countries["GB"].parts
    assert {"IT", "GB", "GB-ENG", "DE-BY"} <= list_places()
    assert list_holidays("IT", 2026)[date(2026, 12, 8)]
    assert list_holidays("nowhere", 2026) == {}


# -- any calendar ---------------------------------------------------------

OPENINGS = st.lists(st.integers(0, 24 * 60), max_size=4, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)
ZONES = ["Europe/Rome", "America/Chicago", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata"]
FIRST, LAST = datetime(2025, 12, 1), datetime(2027, 1, 31)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES),
    week=st.lists(st.one_of(st.just(WHOLE_DAY), OPENINGS), min_size=7, max_size=7).map(tuple),
    holidays_of=st.sampled_from(["", "IT", "GB-ENG"]),
    closed_dates=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=4),
    shut_from=st.none() | MOMENTS,
    shut_to=st.none() | MOMENTS,
)
LIMITS = st.timedeltas(timedelta(microseconds=1), timedelta(days=30))


@given(CALENDARS, MOMENTS, LIMITS)
def test_a_deadline_is_the_inverse_of_working_time(
    calendar: Calendar, start: datetime, limit: timedelta
) -> None:
    due = deadline(start, limit, calendar)

    if due is None:
        assert working_seconds(start, start + LONGEST_PAUSE, calendar) < limit.total_seconds()
        return
    assert due >= start + limit
    assert working_seconds(start, due, calendar) == limit.total_seconds()
    before = due - timedelta(microseconds=1)
    assert working_seconds(start, before, calendar) < limit.total_seconds()


@given(CALENDARS, MOMENTS, LIMITS, LIMITS)
def test_working_time_grows_and_adds_up(
    calendar: Calendar, start: datetime, one: timedelta, two: timedelta
) -> None:
    middle, end = start + one, start + one + two

    whole = working_seconds(start, end, calendar)
    first, second = working_seconds(start, middle, calendar), working_seconds(middle, end, calendar)

    assert 0 <= first <= whole <= (end - start).total_seconds()
    assert first + second == pytest.approx(whole)


@given(CALENDARS, MOMENTS, LIMITS, LIMITS)
def test_later_and_longer_are_never_earlier(
    calendar: Calendar, start: datetime, limit: timedelta, more: timedelta
) -> None:
    dues = [
        deadline(start, limit, calendar),
        deadline(start, limit + more, calendar),
        deadline(start + more, limit, calendar),
    ]
    due, longer, later = (due or datetime.max.replace(tzinfo=UTC) for due in dues)

    if dues[0] is not None:
        assert due <= longer
        assert due <= later
