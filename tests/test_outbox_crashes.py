"""Slow, killed and overtaken senders; a database that goes away while Mirakl answers."""

import os
import signal
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from helpdesk.celery import app
from helpdesk.processes import Child
from inbox.models import Outgoing, OutgoingFile, Thread, User
from inbox.services.outbox import confirmation, delivery, queue, transitions, upload_progress
from tests.writing import Mirakl, change, eventually, file, later, queued

pytestmark = pytest.mark.django_db(transaction=True)


class Sender:
    """A deliverer on its own thread, stopped by a slow Mirakl in the middle of its call."""

    def __init__(self, reply: Outgoing, mirakl: Mirakl) -> None:
        mirakl.fails("M12", latency_ms=1500, times=1)
        before = len(mirakl.calls("M12"))
        self._thread = threading.Thread(target=self._run, args=(reply.pk,))
        self._thread.start()
        # At Mirakl, and so done with the database for now.
        eventually(lambda: len(mirakl.calls("M12")) > before)

    def _run(self, pk: int) -> None:
        try:
            delivery.deliver(pk)
        finally:
            connection.close()

    def finish(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive()


def is_being_sent(reply: Outgoing) -> bool:
    return Outgoing.objects.get(pk=reply.pk).state == Outgoing.State.SENDING


def test_a_late_yes_still_counts_where_nobody_has_decided(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    sender = Sender(reply, mirakl)
    later(reply, minutes=3)
    queue.sweep()
    assert Outgoing.objects.get().state == Outgoing.State.UNCONFIRMED

    sender.finish()

    reply.refresh_from_db()
    assert (reply.state, bool(reply.message_id)) == (Outgoing.State.SENT, True)


def test_a_late_answer_changes_nothing_of_a_newer_attempt(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    sender = Sender(reply, mirakl)
    # A person was told twice that it is not there, and has sent it again.
    change(reply, state=Outgoing.State.FAILED)
    reply.refresh_from_db()
    reply = queue.resend(reply, by=alice)
    assert transitions.claim(reply)

    sender.finish()

    reply.refresh_from_db()
    assert (reply.state, reply.message_id) == (Outgoing.State.SENDING, "")


def test_two_deliverers_send_once(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply, start = queued(thread, alice), threading.Barrier(6)

    def run() -> None:
        try:
            start.wait()
            delivery.deliver(reply.pk)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(6)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(20)

    assert len(mirakl.calls("M12")) == 1
    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_what_mirakl_said_is_kept_when_the_database_was_gone(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    sender = Sender(reply, mirakl)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    sender.finish()

    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_a_reply_whose_worker_was_killed_waits_for_a_person(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    (worker,) = (app.control.inspect(limit=1).stats() or {}).values()
    # Longer than it takes to kill, and more than the line between them can hold.
    mirakl.fails("M12", latency_ms=2000)
    reply = queued(thread, alice, files=[file(content=bytes(25_000_000))])
    eventually(lambda: is_being_sent(reply))

    os.kill(worker["pid"], signal.SIGKILL)
    mirakl.recovers()
    later(reply, minutes=3)
    queue.sweep()
    for _look in range(2):
        later(reply, seconds=31)
        reply = confirmation.confirm(reply)

    assert reply.needs_person
    reply = delivery.deliver(queue.resend(reply, by=alice).pk)
    assert reply.state == Outgoing.State.SENT
    assert mirakl.bodies(thread.mirakl_id).count(reply.body) == 1


# -- an upload under way --------------------------------------------------


@pytest.fixture
def uploading(thread: Thread, alice: User) -> Outgoing:
    reply = queued(thread, alice, files=[file("a", bytes(300)), file("b", bytes(700))])
    assert transitions.claim(reply)
    reply.refresh_from_db()
    return reply


@pytest.fixture
def told(uploading: Outgoing, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 0)
    return upload_progress.Progress(uploading, transitions.renew)


@pytest.mark.parametrize(
    ("sent", "shown"), [(0, [0, 0]), (240, [200, 0]), (720, [300, 300]), (1200, [300, 700])]
)
def test_an_upload_shows_how_far_each_file_has_come(
    told: Callable[[int, int], None], sent: int, shown: list[int]
) -> None:
    told(sent, 1200)

    assert list(OutgoingFile.objects.values_list("bytes_sent", flat=True)) == shown


def test_an_upload_keeps_its_lease(uploading: Outgoing, told: Callable[[int, int], None]) -> None:
    change(uploading, lease_until=uploading.created_at)

    told(1, 1200)

    uploading.refresh_from_db()
    assert not uploading.is_abandoned


def test_an_upload_stops_once_its_reply_is_given_up(
    uploading: Outgoing, told: Callable[[int, int], None]
) -> None:
    change(uploading, state=Outgoing.State.DISCARDED)

    with pytest.raises(upload_progress.SendingInterrupted):
        told(1, 1200)


def test_a_stopped_upload_never_arrives(
    thread: Thread, alice: User, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 0)
    monkeypatch.setattr(transitions, "renew", lambda _reply: False)
    before = mirakl.bodies(thread.mirakl_id)

    reply = delivery.deliver(queued(thread, alice, files=[file(content=bytes(900_000))]).pk)

    assert reply.state == Outgoing.State.UNCONFIRMED
    assert mirakl.bodies(thread.mirakl_id) == before
