"""The moments that the forecast of the quality page tells of."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from inbox.pages.quality import list_moments
from tests.reporting import utc

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("now", "moments"),
    [
        # A Tuesday, a Friday evening, a Sunday, and a Monday before nine
        ("2026-12-01T10:20", ["Tue 13:00", "Tue 18:00", "Wed 09:00", "Mon 09:00"]),
        ("2026-12-04T17:30", ["Fri 20:00", "Sat 09:00", "Mon 09:00"]),
        ("2026-12-06T10:00", ["Sun 13:00", "Sun 18:00", "Mon 09:00"]),
        ("2026-12-07T05:00", ["Mon 08:00", "Mon 18:00", "Tue 09:00", "Mon 09:00"]),
    ],
)
def test_soon_tonight_tomorrow_and_on_monday(now: str, moments: list[str]) -> None:
    with timezone.override(PARIS):
        found = list_moments(utc(now))

    assert [f"{at.astimezone(PARIS):%a %H:%M}" for at in found] == moments
