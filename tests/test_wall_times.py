"""Local times as moments, also in nights with a clock change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inbox.dates import first_moment
from inbox.services.triage import snooze_choices

HOUR = timedelta(hours=1)
ZONES = [
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
]
# Nights with a clock change, besides any other time.
CHANGES = [
    datetime.fromisoformat(f"{day} 00:00")
    for day in (
        *("2026-10-25", "2027-03-28", "2026-11-01"),
        *("2027-03-14", "2027-04-04", "2026-10-04"),
    )
]
NIGHTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(0, 300),
)
WALLS = NIGHTS | st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")
).map(lambda wall: wall.replace(microsecond=0))


def shown(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        ("Europe/Berlin", "2026-10-25 02:15", "2026-10-25 00:15"),
        ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 01:00"),
        ("America/New_York", "2026-11-01 01:10", "2026-11-01 05:10"),
        ("America/New_York", "2027-03-14 02:59", "2027-03-14 07:00"),
        ("Australia/Lord_Howe", "2027-04-04 01:40", "2027-04-03 14:40"),
        ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03 15:30"),
        ("Asia/Kolkata", "2026-10-25 02:15", "2026-10-24 20:45"),
    ],
)
def test_it_is_the_first_of_two_and_the_jump_over_none(zone: str, wall: str, moment: str) -> None:
    found = first_moment(datetime.fromisoformat(wall), ZoneInfo(zone))

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@given(st.sampled_from(ZONES), WALLS)
def test_no_earlier_moment_shows_as_much(zone: str, wall: datetime) -> None:
    found = first_moment(wall, ZoneInfo(zone))

    assert shown(found, zone) >= wall
    assert all(shown(found - minutes * HOUR / 60, zone) < wall for minutes in range(1, 181))
    if shown(found, zone) != wall:
        assert shown(found - timedelta(seconds=1), zone) < wall


@given(st.sampled_from(ZONES), WALLS)
def test_later_today_is_in_hours_as_they_pass(zone: str, wall: datetime) -> None:
    now = first_moment(wall, ZoneInfo(zone))

    with timezone.override(ZoneInfo(zone)):
        offered = {choice.key: choice.until for choice in snooze_choices.list_snooze_choices(now)}

    if "later" in offered:
        assert 2 * HOUR < offered["later"] - now <= 3 * HOUR
        assert shown(offered["later"], zone).date() == shown(now, zone).date()
    mornings = [until for key, until in offered.items() if key != "later"]
    assert all(shown(until, zone).hour == 9 for until in mornings)
    assert all(until > now for until in offered.values())
