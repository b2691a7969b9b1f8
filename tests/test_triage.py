"""Triage actions take effect once and are recorded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Event, Tag, Thread, User
from inbox.services.mirror import sync
from inbox.services.triage import actions
from tests.writing import Mirakl, queued


def recorded(thread: Thread) -> list[str]:
    return list(Event.objects.filter(thread=thread).order_by("pk").values_list("verb", flat=True))


def test_it_is_given_to_somebody_and_taken_off_again(
    thread: Thread, alice: User, bob: User
) -> None:
    for to in (alice, alice, None, None):
        actions.assign(thread, to=to, by=bob)

    thread.refresh_from_db()
    assert thread.assignee is None
    assert recorded(thread) == ["assigned", "unassigned"]


def test_it_is_closed_once_and_wakes_no_more(thread: Thread, alice: User) -> None:
    actions.snooze(thread, until=timezone.now() + timedelta(hours=1), by=alice)

    actions.close(thread, by=alice)
    actions.close(thread, by=alice)

    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until) == ("closed", None)
    assert recorded(thread) == ["snoozed", "closed"]


def test_it_is_opened_again_and_awake(thread: Thread, alice: User) -> None:
    actions.reopen(thread, by=alice)
    actions.close(thread, by=alice)

    actions.reopen(thread, by=alice)

    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until) == ("open", None)
    assert recorded(thread) == ["closed", "reopened"]


def test_what_is_closed_does_not_sleep(thread: Thread, alice: User) -> None:
    actions.close(thread, by=alice)

    actions.snooze(thread, until=timezone.now() + timedelta(hours=1), by=alice)

    thread.refresh_from_db()
    assert thread.snoozed_until is None


def test_a_tag_is_added_once(thread: Thread, alice: User) -> None:
    tag = Tag.objects.create(name="returns")

    actions.tag(thread, tag, by=alice)
    actions.tag(thread, tag, by=alice)

    assert list(thread.tags.all()) == [tag]
    assert recorded(thread) == ["tagged"]


def test_a_tag_is_taken_off_once(thread: Thread, alice: User) -> None:
    tag = Tag.objects.create(name="returns")
    actions.tag(thread, tag, by=alice)

    actions.untag(thread, tag, by=alice)
    actions.untag(thread, tag, by=alice)

    assert not thread.tags.exists()
    assert recorded(thread) == ["tagged", "untagged"]


# -- by itself ----------------------------------------------------------------


def test_a_customers_word_reopens_what_was_closed(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    actions.close(thread, by=alice)

    mirakl.customer_writes(thread.mirakl_id, "It has not come")
    for _reading in range(2):
        sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.status == "open"
    assert recorded(thread) == ["closed", "reopened"]


def test_a_customers_word_ends_a_snooze(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    actions.snooze(thread, until=timezone.now() + timedelta(days=1), by=alice)

    mirakl.customer_writes(thread.mirakl_id, "It has not come")
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.snoozed_until is None
    assert recorded(thread) == ["snoozed", "woken"]


def test_our_own_word_leaves_it_closed(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    actions.close(thread, by=alice)

    mirakl.write(thread.mirakl_id, "Written in the back office")
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.status == "closed"


def test_older_messages_that_are_read_late_leave_it_closed(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    actions.close(thread, by=alice)
    first = thread.messages.order_by("created_at").first()
    assert first
    first.delete()

    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.messages.filter(mirakl_id=first.mirakl_id).exists()
    assert thread.status == "closed"


def test_a_snooze_ends_in_time_and_not_before(thread: Thread, alice: User) -> None:
    actions.snooze(thread, until=timezone.now() + timedelta(hours=1), by=alice)
    actions.wake_sleepers()
    thread.refresh_from_db()
    assert thread.snoozed_until
    Thread.objects.update(snoozed_until=timezone.now())

    actions.wake_sleepers()

    thread.refresh_from_db()
    assert thread.snoozed_until is None
    assert recorded(thread) == ["snoozed", "woken"]


# -- assign on reply --------------------------------------------------------


def answer(thread: Thread, by: User) -> None:
    queued(thread, by)


@pytest.mark.parametrize("is_on", [True, False])
def test_who_answers_takes_it_where_that_is_set(thread: Thread, alice: User, is_on: bool) -> None:
    thread.marketplace.assigns_on_reply = is_on

    answer(thread, alice)

    thread.refresh_from_db()
    assert thread.assignee == (alice if is_on else None)


def test_who_answers_for_somebody_else_takes_nothing(
    thread: Thread, alice: User, bob: User
) -> None:
    thread.marketplace.assigns_on_reply = True
    actions.assign(thread, to=bob, by=bob)

    answer(thread, alice)

    thread.refresh_from_db()
    assert thread.assignee == bob
