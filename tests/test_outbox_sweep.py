"""What nobody looks after any more is found again, and a late comer changes nothing."""

from datetime import timedelta
from threading import Barrier, Event
from threading import Thread as Executor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from inbox.models import Reply, Thread
from inbox.services import outbox, transitions
from tests.writing import Mirakl, change, later, queued


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replies for which a worker was asked; there is none in these tests."""
    asked: list[int] = []
    monkeypatch.setattr(outbox, "_hand_over", lambda pk, **_options: asked.append(pk))
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

    outbox.sweep()

    assert handed_over == [forgotten.pk]


def test_a_dead_senders_reply_is_unconfirmed(
    thread: Thread, alice: User, handed_over: list[int]
) -> None:
    reply = queued(thread, alice)
    assert transitions.claim(reply.pk)
    outbox.sweep()
    assert Reply.objects.get().state == Reply.State.SENDING

    later(reply, minutes=3)
    outbox.sweep()

    reply.refresh_from_db()
    assert reply.state == Reply.State.UNCONFIRMED
    assert "may have arrived" in reply.error
    assert handed_over == []


def test_looking_at_a_dead_senders_reply_finds_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = outbox.deliver(queued(thread, alice).pk)
    change(reply, state=Reply.State.SENDING, message_id="", settled_at=None)
    later(reply, minutes=3)
    assert outbox.is_abandoned(reply)

    assert outbox.confirm(reply).state == Reply.State.SENT


class Sender:
    """A deliverer on its own thread, stopped by a slow Mirakl in the middle of its call."""

    def __init__(self, reply: Reply, mirakl: Mirakl) -> None:
        mirakl.fails("M12", latency_ms=1500, times=1)
        self._thread = Executor(target=self._run, args=(reply.pk,))
        self._thread.start()
        wait_until(lambda: Reply.objects.get(pk=reply.pk).state == Reply.State.SENDING)

    def _run(self, pk: int) -> None:
        try:
            outbox.deliver(pk)
        finally:
            connection.close()

    def finish(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive()


def wait_until(condition: Any) -> None:
    pause = Event()
    for _ in range(500):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen within 5 s")


@pytest.mark.django_db(transaction=True)
def test_a_late_yes_still_counts_where_nobody_has_decided(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    sender = Sender(reply, mirakl)
    later(reply, minutes=3)
    outbox.sweep()
    assert Reply.objects.get().state == Reply.State.UNCONFIRMED

    sender.finish()

    reply.refresh_from_db()
    assert (reply.state, bool(reply.message_id)) == (Reply.State.SENT, True)


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_changes_nothing_of_a_newer_attempt(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    sender = Sender(reply, mirakl)
    # A person was told twice that it is not there, and has sent it again.
    change(reply, state=Reply.State.FAILED)
    reply.refresh_from_db()
    outbox.resend(reply, by=alice)
    assert transitions.claim(reply.pk)

    sender.finish()

    reply.refresh_from_db()
    assert (reply.state, reply.message_id) == (Reply.State.SENDING, "")


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_send_once(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply, start = queued(thread, alice), Barrier(6)

    def run() -> None:
        try:
            start.wait()
            outbox.deliver(reply.pk)
        finally:
            connection.close()

    runners = [Executor(target=run) for _ in range(6)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(20)

    assert len(mirakl.calls("M12")) == 1
    assert Reply.objects.get().state == Reply.State.SENT
