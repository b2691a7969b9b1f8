"""Labels of a reply clock: its state, its text, and how two of them differ."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from inbox.models import Marketplace, Thread
from inbox.pages.clock import clock_of

HOUR = timedelta(hours=1)


def thread(maison: Marketplace, *, due_in: timedelta, **values: datetime) -> Thread:
    now = timezone.now()
    return Thread(marketplace=maison, last_message_at=now, due_at=now + due_in, **values)


@pytest.mark.parametrize(
    ("hours", "state", "label"),
    [
        (20.01, "running", "20h"),
        (3.51, "soon", "3h 30m"),
        (-0.42, "overdue", "Overdue 25m"),
        (-24 * 30, "historical", "Old"),
    ],
)
def test_it_says_how_long_there_is(
    maison: Marketplace, hours: float, state: str, label: str
) -> None:
    found = clock_of(thread(maison, due_in=hours * HOUR))

    assert (found.state, found.label) == (state, label)


def test_the_alert_is_the_marketplaces_own(maison: Marketplace) -> None:
    maison.alert_hours = 10

    assert clock_of(thread(maison, due_in=13 * HOUR)).state == "soon"


@pytest.mark.parametrize("later", [3 * HOUR, timedelta(seconds=20)])
def test_it_says_so_where_mirakl_counts_from_another_message(
    maison: Marketplace, later: timedelta
) -> None:
    ours = timezone.now() - 5 * HOUR
    found = clock_of(
        thread(
            maison,
            due_in=19 * HOUR,
            waiting_since=ours,
            shop_reply_needed_since=ours + later,
        )
    )

    assert ("The marketplace counts from" in found.differs) == (later > timedelta(minutes=1))
    assert found.differs in found.title


def test_what_is_historical_does_not_go_on_counting(maison: Marketplace) -> None:
    found = clock_of(thread(maison, due_in=-24 * 30 * HOUR))

    assert (found.due_at, found.soon_at) == (None, None)
