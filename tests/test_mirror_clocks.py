"""Clocks that were ahead and suspended processes: no old answer counts as fresh."""

from concurrent.futures import wait
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Message, MirrorState, Thread, User
from inbox.services import database_clock
from inbox.services.marketplaces import breaker
from inbox.services.mirror import fetching, sync
from inbox.services.mirror.delta import DeltaRead
from tests.builders import text_of
from tests.reading import ago, as_moment, message, page_of, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = [timedelta(seconds=5), timedelta(minutes=10), timedelta(days=400)]


def stamp(**fields: Any) -> Marketplace:
    MirrorState.objects.update(**fields)
    return Marketplace.objects.get()


@pytest.mark.parametrize("ahead", AHEAD)
def test_an_answer_from_the_future_is_not_fresh(
    ahead: timedelta, maison: Marketplace, mirakl: Mirakl
) -> None:
    row = stamp(refreshed_at=timezone.now() + ahead)

    (freshness,) = sync.refresh([row])

    assert (freshness.state, len(mirakl.calls("M11"))) == ("fresh", 1)
    row.refresh_from_db()
    assert row.mirror.refreshed_at is not None
    assert row.mirror.refreshed_at <= database_clock.now()


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_conversation_read_in_the_future_is_read_again(
    ahead: timedelta, maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    Thread.objects.update(read_at=timezone.now() + ahead)
    thread = Thread.objects.order_by("pk")[0]

    opened = sync.open_thread(maison, thread.mirakl_id)

    assert len(mirakl.calls("M10")) == 1
    assert opened.thread is not None
    assert opened.thread.read_at is not None
    assert opened.thread.read_at <= database_clock.now()


@pytest.mark.parametrize("field", ["lease_until", "retry_at"])
def test_a_lease_and_a_rest_from_a_clock_ahead_keep_nobody_waiting(
    field: str, maison: Marketplace, mirakl: Mirakl
) -> None:
    row = stamp(**{field: timezone.now() + timedelta(days=1)})

    (freshness,) = sync.refresh([row], deadline=5)

    assert freshness.state == "fresh"


@pytest.mark.parametrize("is_empty", [False, True], ids=["mirrored", "empty"])
def test_a_mark_from_a_clock_ahead_hides_nothing(
    is_empty: bool, maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    thread = Thread.objects.order_by("pk")[0]
    mirakl.customer_writes(thread.mirakl_id, "Written while the mark was ahead")
    if is_empty:
        Thread.objects.all().delete()
    row = stamp(high_water_at=timezone.now() + timedelta(days=2), refreshed_at=None)

    sync.refresh([row])

    words = Message.objects.filter(body__contains="while the mark was ahead")
    assert words.count() == 1
    row.refresh_from_db()
    assert row.mirror.high_water_at is not None
    assert row.mirror.high_water_at <= timezone.now() + timedelta(minutes=1)


def test_a_host_whose_clock_is_ahead_leaves_no_mark_on_the_others(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=1))
    sync.refresh([maison])
    sync.open_thread(maison, Thread.objects.order_by("pk")[0].mirakl_id)
    mirakl.fails("M11", status=500)
    for _ in range(3):
        breaker.record_failure(maison, breaker.Unforeseen("x"))
    monkeypatch.undo()

    row = Marketplace.objects.get()
    stamps = [
        row.mirror.refreshed_at,
        row.mirror.failing_since,
        *Thread.objects.values_list("read_at", flat=True),
    ]
    assert all(one <= now() for one in stamps if one)
    assert row.mirror.retry_at is not None
    assert row.mirror.retry_at - now() < timedelta(minutes=6)


# -- a process that slept -------------------------------------------------


def asked_then_asleep(row: Marketplace) -> DeltaRead:
    """A display that holds the lease and its answer, but cannot store it."""
    now = database_clock.now()
    assert fetching.claim_lease(row.mirror, now + timedelta(seconds=5), now=now)
    reading = DeltaRead(row)
    wait([reading.pending.answer])
    fetching._under_way.clear()
    return reading


def page_at(updated: str, words: str) -> dict[str, Any]:
    return page_of(
        thread_of(
            message("m1", "CUSTOMER", ago(hours=1), body=words),
            date_updated=updated,
            topic={"type": "FREE_TEXT", "value": words},
        )
    )


@pytest.mark.usefixtures("every_display_asks")
@pytest.mark.parametrize("newer", [ago(minutes=1), ago(hours=1)], ids=["changed", "same date"])
def test_who_slept_writes_no_older_answer_over_a_newer_one(
    newer: str, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", status=200, body=page_at(ago(hours=1), "old"))
    sleeper = asked_then_asleep(Marketplace.objects.get())
    stamp(lease_until=database_clock.now() - timedelta(seconds=1))
    mirakl.fails("M11", status=200, body=page_at(newer, "new"))
    sync.refresh([Marketplace.objects.get()])
    before = Marketplace.objects.values().get()

    outcome = sleeper.advance()

    assert outcome is not None
    assert outcome.state == "late"
    assert (Thread.objects.get().topic_value, Thread.objects.get().preview) == ("new", "new")
    assert Marketplace.objects.values().get() == before


@pytest.mark.usefixtures("every_display_asks")
def test_who_slept_writes_nothing_although_no_mark_has_moved(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    changed_at = ago(hours=1)
    mirakl.fails("M11", status=200, body=page_at(changed_at, "old"))
    sync.refresh([maison])
    sleeper = asked_then_asleep(Marketplace.objects.get())
    stamp(lease_until=None)
    mirakl.fails("M11", status=200, body=page_at(changed_at, "new"))
    sync.refresh([Marketplace.objects.get()])

    sleeper.advance()

    assert Thread.objects.get().topic_value == "new"


def test_who_slept_does_not_end_the_turn_of_another(maison: Marketplace, mirakl: Mirakl) -> None:
    sleeper = asked_then_asleep(Marketplace.objects.get())
    turn = database_clock.now() + timedelta(seconds=60)
    stamp(lease_until=turn)

    sleeper.advance()

    assert Marketplace.objects.get().mirror.lease_until == turn
    assert not Thread.objects.exists()


def test_who_slept_and_was_alone_writes_what_it_has(maison: Marketplace, mirakl: Mirakl) -> None:
    sleeper = asked_then_asleep(Marketplace.objects.get())
    before = sleeper.pending.at

    while sleeper.advance() is None:
        pass

    assert Thread.objects.exists()
    assert Marketplace.objects.get().mirror.refreshed_at == before


def test_a_moment_to_come_is_within_no_span() -> None:
    now = as_moment("2026-11-29T12:00:00+00:00")

    within = [
        database_clock.is_within(now - timedelta(seconds=age), timedelta(seconds=3), now=now)
        for age in (-1, 0, 2, 3)
    ]

    assert within == [False, True, True, False]


def test_the_inbox_shows_what_came_although_a_stamp_is_ahead(
    maison: Marketplace, mirakl: Mirakl, alice: User, client: Client
) -> None:
    client.force_login(alice)
    client.get("/")
    stamp(refreshed_at=timezone.now() + timedelta(minutes=9))
    thread_id = mirakl.threads(entity_type="MMP_ORDER")[0]["id"]
    mirakl.customer_writes(thread_id, "Where is it now?")

    page = text_of(client.get("/?view=all"))

    assert "Where is it now?" in page
