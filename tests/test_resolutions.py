"""Resolutions: closings and quiet answers, by their definition and in reports."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Event, Marketplace, MirrorState, Resolution, Thread, User
from inbox.services.backfills import spans
from inbox.services.insight import resolutions, settling
from inbox.services.insight.settling import StatusChange, Talk
from inbox.services.insight.waits import SentMessage
from inbox.services.triage import status, undo
from tests.reading import ago, message, store_record
from tests.reporting import Report, utc

DAY = 86_400


def talk(*sent: tuple[str, str], thanks: tuple[str, ...] = ()) -> Talk:
    """Messages as side and time; their id is the time."""
    messages = [SentMessage(utc(at), side, frozenset(), at) for side, at in sent]
    return Talk(messages, "SHOP", set(thanks))


def closed(*moments: str) -> list[StatusChange]:
    return [StatusChange(utc(at), is_closing=True, by=1) for at in moments]


def test_a_year_later_is_another_resolution() -> None:
    its = talk(("CUSTOMER", "2025-11-10T09:00"), ("CUSTOMER", "2026-11-10T09:00"))

    first, second = settling.find_closings(its, closed("2025-11-11T09:00", "2026-11-10T15:00"))

    assert (first.begun_at, first.followed_at) == (utc("2025-11-10T09:00"), None)
    assert second.begun_at == utc("2026-11-10T09:00")


def test_a_message_within_a_week_takes_a_closing_back() -> None:
    its = talk(("CUSTOMER", "2026-11-02T09:00"), ("CUSTOMER", "2026-11-09T12:00"))

    first, second = settling.find_closings(its, closed("2026-11-02T12:00", "2026-11-10T12:00"))

    assert first.followed_at == utc("2026-11-09T12:00")
    assert second.begun_at == utc("2026-11-02T09:00")
    later = talk(("CUSTOMER", "2026-11-02T09:00"), ("CUSTOMER", "2026-11-09T12:01"))
    assert next(settling.find_closings(later, closed("2026-11-02T12:00"))).followed_at is None


def test_thanks_take_nothing_back_and_begin_nothing() -> None:
    asked, thanked = ("CUSTOMER", "2026-11-02T09:00"), ("CUSTOMER", "2026-11-03T09:00")
    its = talk(asked, thanked, thanks=("2026-11-03T09:00",))

    (found,) = settling.find_closings(its, closed("2026-11-02T12:00", "2026-11-03T12:00"))

    assert (found.followed_at, found.was_thanked) == (None, True)


def test_a_reply_dated_just_after_its_closing_belongs_to_it() -> None:
    sent = [("CUSTOMER", "2026-11-02T09:00:00"), ("SHOP", "2026-11-02T12:00:20")]
    its = talk(*sent, ("SHOP", "2026-11-02T14:00:00"))

    (found,) = settling.find_closings(its, closed("2026-11-02T12:00:00"))

    assert (found.replies, found.messages) == (1, 2)


def test_what_a_colleague_reopens_was_closed_by_mistake() -> None:
    its = talk(("CUSTOMER", "2026-11-02T09:00"))
    changes = closed("2026-11-02T12:00")

    by_hand = [*changes, StatusChange(utc("2026-11-02T12:05"), is_closing=False, by=2)]
    by_itself = [*changes, StatusChange(utc("2026-11-02T12:05"), is_closing=False, by=None)]

    assert list(settling.find_closings(its, by_hand)) == []
    assert len(list(settling.find_closings(its, by_itself))) == 1


def test_an_answer_is_quiet_after_three_days_of_silence() -> None:
    its = talk(
        ("CUSTOMER", "2026-11-02T09:00"),
        ("SHOP", "2026-11-02T10:00"),
        ("CUSTOMER", "2026-11-05T10:00"),  # At the very end of the silence
        ("SHOP", "2026-11-05T12:00"),
        ("SHOP", "2026-11-06T12:00"),
        ("CUSTOMER", "2026-11-20T09:00"),
        ("SHOP", "2026-11-20T10:00"),
    )

    found = [(one.begun_at, one.resolved_at) for one in settling.find_quiet_answers(its)]

    assert found == [
        (utc("2026-11-02T09:00"), utc("2026-11-06T12:00")),
        (utc("2026-11-20T09:00"), utc("2026-11-20T10:00")),
    ]


# -- stored -------------------------------------------------------------------


def close(thread: Thread, by: User, at: datetime) -> None:
    """Closes it then, and stores what follows from it."""
    closing = Event.objects.create(
        marketplace=thread.marketplace, thread=thread, verb="closed", by=by
    )
    Event.objects.filter(pk=closing.pk).update(at=at)
    resolutions.store_closings([thread.pk])


def rows(**of: Any) -> list[Resolution]:
    return list(Resolution.objects.filter(**of).order_by("resolved_at"))


@pytest.mark.django_db
def test_closing_and_undoing_are_followed(maison: Marketplace, alice: User) -> None:
    thread = store_record(maison, message("m1", "CUSTOMER", ago(hours=3)))

    change = status.close_thread(thread, by=alice)

    (found,) = rows(kind="closed")
    assert (found.by, found.replies, found.messages) == (alice, 0, 1)
    assert change is not None
    undo.undo_change(thread, change, by=alice)
    assert rows(kind="closed") == []


@pytest.mark.django_db
def test_the_backfill_finds_what_closing_stored(maison: Marketplace, alice: User) -> None:
    asked, answered = (message("m1", "CUSTOMER", ago(days=5)), message("m2", "SHOP", ago(days=4)))
    maison.connected_at = timezone.now() - timedelta(days=30)
    maison.save()
    status.close_thread(store_record(maison, asked, answered), by=alice)
    before = [(one.kind, one.seconds, one.replies, one.by) for one in rows()]
    Resolution.objects.all().delete()

    spans.rebuild()

    assert [one[0] for one in before] == ["quiet", "closed"]
    assert [(one.kind, one.seconds, one.replies, one.by) for one in rows()] == before


@pytest.mark.django_db
def test_thanks_stay_thanks_once_more_was_said(maison: Marketplace, alice: User) -> None:
    first = message("m1", "CUSTOMER", ago(days=12))
    thread = store_record(maison, first)
    close(thread, alice, timezone.now() - timedelta(days=11))
    thanks = message("m2", "CUSTOMER", ago(days=10), body="Merci beaucoup !")
    store_record(maison, first, thanks)
    (found,) = rows(kind="closed")
    assert (found.followed_at, found.was_thanked) == (None, True)

    store_record(maison, first, thanks, message("m3", "CUSTOMER", ago(days=1)))

    assert [(one.followed_at, one.was_thanked) for one in rows(kind="closed")] == [(None, True)]


@pytest.mark.django_db
def test_only_ripe_closings_can_be_reopened_ones(
    maison: Marketplace, bob: User, client: Client
) -> None:
    MirrorState.objects.update(refreshed_at=timezone.now())
    maison.connected_at = timezone.now() - timedelta(days=30)
    maison.save()
    for number in range(15):
        asked = message(f"a{number}", "CUSTOMER", ago(days=13))
        answered = message(f"b{number}", "SHOP", ago(days=12))
        sent = [asked, answered]
        thread = store_record(maison, *sent, id=f"thread-{number}")
        days_ago = 11 if number < 10 else 3
        close(thread, bob, timezone.now() - timedelta(days=days_ago))
        if number < 2:
            sent.append(message(f"c{number}", "CUSTOMER", ago(days=10)))
        elif number == 2:
            sent.append(message("thanks", "CUSTOMER", ago(days=10), body="Merci !"))
        store_record(maison, *sent, id=f"thread-{number}")
    client.force_login(bob)
    report = Report(client)

    report.open("resolution")

    assert report.value("reopened_share") == "0.2"
    assert report.value("closings_not_ripe_count") == "5"
    assert report.value("closings_thanked_count") == "1"
    assert report.value("resolved_count") == "13"
    assert report.value("one_touch_share") == "1"
    assert float(report.value("resolution_seconds_p50")) == pytest.approx(2 * DAY, abs=5)
    assert float(report.value("quiet_resolution_seconds_p50")) == pytest.approx(DAY, abs=5)
