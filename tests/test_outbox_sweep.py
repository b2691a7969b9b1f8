"""The sweep finds replies that no process handles any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Outgoing, Thread, User
from inbox.services.outbox import confirmation, delivery, queue, transitions
from tests.writing import Mirakl, change, later, queued


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replies for which a worker was asked; there is none in these tests."""
    asked: list[int] = []
    monkeypatch.setattr(delivery, "hand_to_worker", lambda pk, **_options: asked.append(pk))
    return asked


def test_it_hands_over_what_a_lost_task_left_queued(
    thread: Thread, alice: User, handed_over: list[int]
) -> None:
    forgotten, fresh, waiting = (queued(thread, alice) for _ in range(3))
    change(forgotten, queued_at=timezone.now() - timedelta(seconds=11))
    change(
        waiting,
        queued_at=timezone.now() - timedelta(seconds=11),
        deliver_after=timezone.now() + timedelta(minutes=1),
    )

    queue.sweep()

    assert handed_over == [forgotten.pk]


def test_a_dead_senders_reply_is_unconfirmed(
    thread: Thread, alice: User, handed_over: list[int]
) -> None:
    reply = queued(thread, alice)
    assert transitions.claim(reply)
    queue.sweep()
    assert Outgoing.objects.get().state == Outgoing.State.SENDING

    later(reply, minutes=3)
    queue.sweep()

    reply.refresh_from_db()
    assert reply.state == Outgoing.State.UNCONFIRMED
    assert "may have arrived" in reply.error
    assert handed_over == []


def test_looking_at_a_dead_senders_reply_finds_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = delivery.deliver(queued(thread, alice).pk)
    change(reply, state=Outgoing.State.SENDING, message_id="", settled_at=None)
    later(reply, minutes=3)
    assert reply.is_abandoned

    assert confirmation.confirm(reply).state == Outgoing.State.SENT
