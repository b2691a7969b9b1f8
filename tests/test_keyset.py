from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q

from inbox.models import Marketplace, Thread
from inbox.models.keyset import Cursor

# Moments that leave the calendar in another time zone.
OUTSIDE = ["~0001-01-01T00:00:00+23:59~1", "~9999-12-31T23:59:59-23:59~1"]
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def make_threads(marketplace: Marketplace) -> None:
    """Creates ties in every column, and threads with and without a deadline."""
    Thread.objects.bulk_create(
        Thread(
            marketplace=marketplace,
            mirakl_id=str(number),
            last_message_at=NOW - timedelta(hours=number % 4),
            due_at=None if number % 3 == 0 else NOW + timedelta(hours=number % 5),
        )
        for number in range(40)
    )


@pytest.mark.parametrize("sort", ["deadline", "newest"])
def test_it_walks_every_thread_once_in_order(maison: Marketplace, sort: str) -> None:
    make_threads(maison)
    newest = sort == "newest"
    threads = Thread.objects.by_newest() if newest else Thread.objects.by_deadline()

    walked: list[Thread] = []
    while page := list(threads.filter(following(walked, newest=newest))[:7]):
        walked += page

    assert walked == list(threads)


def following(walked: list[Thread], *, newest: bool) -> Q:
    """Threads without a deadline come last."""
    if not walked:
        return Q()
    cursor = Cursor.from_thread(walked[-1])
    if newest:
        return cursor.after_by_newest()
    rest = Q(due_at__isnull=True) if cursor.due_at else Q(pk__in=[])
    return cursor.after_by_deadline() | rest


def test_it_survives_the_address_bar(maison: Marketplace) -> None:
    make_threads(maison)
    cursors = [Cursor.from_thread(thread) for thread in Thread.objects.all()]

    assert [Cursor.parse(str(cursor)) for cursor in cursors] == cursors


@pytest.mark.parametrize(
    "text", ["", "x", "~~", "~2030-01-01~1", "a~b~c", "~2030-01-01T00:00Z~x", *OUTSIDE]
)
def test_it_takes_nonsense_for_the_top_of_the_list(text: str) -> None:
    assert Cursor.parse(text) is None
