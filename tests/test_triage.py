"""Triage actions take effect once and are recorded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Event, Tag, Thread, User
from inbox.services.mirror import sync
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.snooze import end_expired_snoozes, snooze_thread
from inbox.services.triage.status import close_thread, reopen_thread
from inbox.services.triage.tags import tag_thread, untag_thread
from tests.writing import Mirakl, queued


def recorded(thread: Thread) -> list[str]:
    return list(Event.objects.filter(thread=thread).order_by("pk").values_list("verb", flat=True))


def test_it_is_given_to_somebody_and_taken_off_again(
    thread: Thread, alice: User, bob: User
) -> None:
    for to in (alice, alice, None, None):
        assign_thread(thread, to=to, by=bob)

    thread.refresh_from_db()
    assert thread.assignee is None
    assert recorded(thread) == ["assigned", "unassigned"]


def test_it_is_closed_once_and_no_longer_snoozed(thread: Thread, alice: User) -> None:
    snooze_thread(thread, until=timezone.now() + timedelta(hours=1), by=alice)

    close_thread(thread, by=alice)
    close_thread(thread, by=alice)

    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until) == ("closed", None)
    assert recorded(thread) == ["snoozed", "closed"]


def test_it_is_reopened_and_no_longer_snoozed(thread: Thread, alice: User) -> None:
    reopen_thread(thread, by=alice)
    close_thread(thread, by=alice)

    reopen_thread(thread, by=alice)

    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until) == ("open", None)
    assert recorded(thread) == ["closed", "reopened"]


def test_a_closed_thread_is_not_snoozed(thread: Thread, alice: User) -> None:
    close_thread(thread, by=alice)

    snooze_thread(thread, until=timezone.now() + timedelta(hours=1), by=alice)

    thread.refresh_from_db()
    assert thread.snoozed_until is None


def test_a_tag_is_added_once(thread: Thread, alice: User) -> None:
    tag = Tag.objects.create(name="returns")

    tag_thread(thread, tag, by=alice)
    tag_thread(thread, tag, by=alice)

    assert list(thread.tags.all()) == [tag]
    assert recorded(thread) == ["tagged"]


def test_a_tag_is_taken_off_once(thread: Thread, alice: User) -> None:
    tag = Tag.objects.create(name="returns")
    tag_thread(thread, tag, by=alice)

    untag_thread(thread, tag, by=alice)
    untag_thread(thread, tag, by=alice)

    assert not thread.tags.exists()
    assert recorded(thread) == ["tagged", "untagged"]


# -- by itself ----------------------------------------------------------------


def test_a_customers_word_reopens_what_was_closed(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    close_thread(thread, by=alice)

    mirakl.customer_writes(thread.mirakl_id, "It has not come")
    for _reading in range(2):
        sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.status == "open"
    assert recorded(thread) == ["closed", "reopened"]


def test_a_customers_word_ends_a_snooze(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    snooze_thread(thread, until=timezone.now() + timedelta(days=1), by=alice)

    mirakl.customer_writes(thread.mirakl_id, "It has not come")
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.snoozed_until is None
    assert recorded(thread) == ["snoozed", "unsnoozed"]


def test_our_own_word_leaves_it_closed(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    close_thread(thread, by=alice)

    mirakl.write(thread.mirakl_id, "Written in the back office")
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.status == "closed"


def test_older_messages_that_are_read_late_leave_it_closed(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    close_thread(thread, by=alice)
    first = thread.messages.order_by("created_at").first()
    assert first
    first.delete()
    Thread.objects.update(answer_digest=b"")

    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)

    thread.refresh_from_db()
    assert thread.messages.filter(mirakl_id=first.mirakl_id).exists()
    assert thread.status == "closed"


def test_a_snooze_ends_in_time_and_not_before(thread: Thread, alice: User) -> None:
    snooze_thread(thread, until=timezone.now() + timedelta(hours=1), by=alice)
    end_expired_snoozes()
    thread.refresh_from_db()
    assert thread.snoozed_until
    Thread.objects.update(snoozed_until=timezone.now())

    end_expired_snoozes()

    thread.refresh_from_db()
    assert thread.snoozed_until is None
    assert recorded(thread) == ["snoozed", "unsnoozed"]


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
    assign_thread(thread, to=bob, by=bob)

    answer(thread, alice)

    thread.refresh_from_db()
    assert thread.assignee == bob
