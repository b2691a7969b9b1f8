"""Notifications: each once, and only the wanted kinds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.models import Marketplace, Notification, Outgoing, Thread, User
from inbox.models.error_text import ErrorText
from inbox.models.people import Bell
from inbox.services.outbox import transitions
from inbox.services.people import notifications
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.status import close_thread
from tests.writing import Mirakl, change, queued

Kind = Notification.Kind


@pytest.fixture
def talk(maison: Marketplace) -> Thread:
    return Thread.objects.create(
        marketplace=maison, mirakl_id="talk", last_message_at=timezone.now()
    )


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).values_list("kind", flat=True))


def unread(user: User) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()


def test_the_new_assignee_is_notified(alice: User, bob: User, talk: Thread) -> None:
    assign_thread(talk, to=alice, by=bob)

    assert told(alice) == [Kind.ASSIGNED]


def test_assigning_oneself_notifies_nobody(alice: User, talk: Thread) -> None:
    assign_thread(talk, to=alice, by=alice)

    assert told(alice) == []


def test_the_former_assignees_notification_is_withdrawn(
    alice: User, bob: User, talk: Thread
) -> None:
    assign_thread(talk, to=alice, by=bob)

    assign_thread(talk, to=bob, by=bob)

    assert (unread(alice), told(bob)) == (0, [])


def test_who_does_not_want_to_hear_of_it_does_not(alice: User, bob: User, talk: Thread) -> None:
    User.objects.filter(pk=alice.pk).update(notices={"assigned": []})

    assign_thread(talk, to=User.objects.get(pk=alice.pk), by=bob)

    assert told(alice) == []


# -- replies ------------------------------------------------------------------


@pytest.fixture
def sending(thread: Thread, alice: User) -> Outgoing:
    reply = queued(thread, alice)
    change(reply, state=Outgoing.State.SENDING)
    reply.refresh_from_db()
    return reply


def test_a_refused_reply_tells_its_author_once(alice: User, bob: User, sending: Outgoing) -> None:
    transitions.fail(sending, ErrorText("No"))
    transitions.fail(sending, ErrorText("No"))

    assert (told(alice), told(bob)) == ([Kind.FAILED], [])


def test_a_lost_one_tells_once_it_needs_a_person(alice: User, sending: Outgoing) -> None:
    transitions.mark_unconfirmed(sending)
    assert told(alice) == []
    sending.refresh_from_db()
    now = timezone.now() + timedelta(minutes=5)

    transitions.record_absence(sending, now)
    sending.refresh_from_db()
    transitions.record_absence(sending, now + timedelta(minutes=1))

    assert told(alice) == [Kind.FAILED]


def test_it_is_read_once_somebody_sends_it_again(
    alice: User, bob: User, sending: Outgoing, mirakl: Mirakl
) -> None:
    transitions.fail(sending, ErrorText("No"))
    sending.refresh_from_db()

    transitions.requeue(sending, bob)

    assert (told(alice), unread(alice)) == ([Kind.FAILED], 0)


# -- deadlines ----------------------------------------------------------------


def due_in(thread: Thread, hours: float, assignee: User | None) -> None:
    due = timezone.now() + timedelta(hours=hours)
    Thread.objects.filter(pk=thread.pk).update(due_at=due, assignee=assignee)


@pytest.mark.parametrize(("hours", "expected"), [(3, 1), (5, 0), (-1, 0)])
def test_between_alert_and_limit_the_assignee_is_told_once(
    hours: float, expected: int, alice: User, bob: User, talk: Thread
) -> None:
    due_in(talk, hours, alice)

    notifications.notify_near_deadlines()
    notifications.notify_near_deadlines()

    assert (len(told(alice)), told(bob)) == (expected, [])


def test_a_new_deadline_is_told_of_again(alice: User, talk: Thread) -> None:
    due_in(talk, 3, alice)
    notifications.notify_near_deadlines()

    due_in(talk, 2, alice)
    notifications.notify_near_deadlines()

    assert told(alice) == [Kind.BREACHING, Kind.BREACHING]


@pytest.mark.parametrize(
    "end",
    [
        {"due_at": None, "shop_reply_needed_since": None},
        {"due_at": timezone.now() + timedelta(hours=30)},
        {"assignee": None},
    ],
    ids=["answered", "asked anew", "given away"],
)
def test_an_alert_ends_with_its_reason(end: dict[str, Any], alice: User, talk: Thread) -> None:
    due_in(talk, 3, alice)
    notifications.notify_near_deadlines()
    before = Bell.load(alice).count
    Thread.objects.update(**end)

    after = Bell.load(alice).count
    notifications.mark_outdated_read()

    assert (before, after, unread(alice)) == (1, 0, 0)


def test_an_alert_stands_while_its_reason_does(alice: User, bob: User, talk: Thread) -> None:
    due_in(talk, 3, alice)
    notifications.notify_near_deadlines()
    close_thread(talk, by=bob)

    notifications.mark_outdated_read()

    assert (Bell.load(alice).count, unread(alice)) == (1, 1)


def test_who_closes_a_conversation_has_seen_its_alert(alice: User, talk: Thread) -> None:
    due_in(talk, 3, alice)
    notifications.notify_near_deadlines()

    close_thread(talk, by=alice)

    assert unread(alice) == 0


def test_what_is_given_to_nobody_is_nothing_to_look_at(
    alice: User, bob: User, talk: Thread
) -> None:
    assign_thread(talk, to=alice, by=bob)
    assign_thread(talk, to=None, by=bob)

    assert Bell.load(alice).count == 0


def test_an_unassigned_or_closed_thread_notifies_nobody(alice: User, talk: Thread) -> None:
    due_in(talk, 3, None)
    notifications.notify_near_deadlines()
    due_in(talk, 3, alice)
    Thread.objects.update(status=Thread.Status.CLOSED)
    notifications.notify_near_deadlines()

    assert not Notification.objects.exists()
