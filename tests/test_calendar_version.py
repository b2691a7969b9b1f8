"""A marketplace's calendar, and its version."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.models import Marketplace
from inbox.reply_calendar import ALWAYS, WHOLE_DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def version_of(shop: Marketplace) -> int:
    return Marketplace.objects.values_list("calendar_version", flat=True).get(pk=shop.pk)


def test_all_the_time_counts_unless_an_admin_says_otherwise(shop: Marketplace) -> None:
    assert shop.calendar is ALWAYS
    assert shop.counts_operator
    assert (shop.reply_rule, shop.score_window, shop.min_orders) == ("mean_max", "30_days", 0)


def test_working_days_are_whole(shop: Marketplace) -> None:
    shop.calendar_kind, shop.calendar_zone, shop.working_days = "days", "Europe/Rome", [0, 5]
    shop.closed_dates = [date(2026, 12, 7)]

    assert shop.calendar.week == (WHOLE_DAY, (), (), (), (), WHOLE_DAY, ())
    assert shop.calendar.closed_dates == {date(2026, 12, 7)}


def test_working_hours_are_those_of_each_weekday(shop: Marketplace) -> None:
    shop.calendar_kind, shop.calendar_zone = "hours", "Europe/Rome"
    shop.opening_hours = ["9-12, 13-18", *[""] * 6]

    assert shop.calendar.week == (((540, 720), (780, 1080)), *[()] * 6)


@pytest.mark.parametrize(
    "change",
    [
        {"calendar_kind": "days", "calendar_zone": "Europe/Rome"},
        {"working_days": [0]},
        {"opening_hours": ["09:00-17:00", *[""] * 6]},
        {"holidays_of": "IT"},
        {"closed_dates": [date(2026, 12, 7)]},
        {"shut_to": timezone.now() + timedelta(days=9)},
    ],
)
def test_each_change_of_the_calendar_is_a_new_version(
    shop: Marketplace, change: dict[str, Any]
) -> None:
    Marketplace.objects.filter(pk=shop.pk).update(**change)

    assert version_of(shop) == 2


def test_other_changes_leave_the_version_and_stale_rows_do_not_lower_it(shop: Marketplace) -> None:
    stale = Marketplace.objects.get()
    Marketplace.objects.update(holidays_of="IT")
    stale.name, stale.holidays_of = "North", "IT"

    stale.save()

    assert version_of(shop) == 2
