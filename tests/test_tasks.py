"""A real worker in its own process."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from helpdesk.celery import SWEEPS, Clockwork, app
from helpdesk.processes import Child
from inbox import tasks
from inbox.models import Outgoing, Thread, User
from tests.writing import Mirakl, change, eventually, file, queued, staged_names


def state_of(reply: Outgoing) -> str:
    return Outgoing.objects.get(pk=reply.pk).state


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_a_large_reply_and_shows_how_far_it_has_come(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    before = staged_names()
    content = os.urandom(25_000_000)

    reply = queued(thread, alice, files=[SimpleUploadedFile("noise.bin", content)])
    assert state_of(reply) in {Outgoing.State.QUEUED, Outgoing.State.SENDING}
    eventually(lambda: state_of(reply) == Outgoing.State.SENT)

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    downloaded = mirakl.download(attached["id"])
    assert hashlib.sha256(downloaded).digest() == hashlib.sha256(content).digest()
    assert staged_names() == before


@pytest.mark.django_db(transaction=True)
def test_a_worker_finds_what_a_lost_task_left_queued(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice, files=[file()])
    change(reply, queued_at=timezone.now() - timedelta(seconds=11))

    tasks.sweep_outbox.delay()

    eventually(lambda: state_of(reply) == Outgoing.State.SENT)
    assert len(mirakl.calls("M12")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_tries_again_when_its_time_has_come(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=429, retry_after=1, times=1)
    reply = queued(thread, alice)

    tasks.deliver_reply.delay(reply.pk)
    eventually(lambda: Outgoing.objects.get(pk=reply.pk).attempts == 1)
    eventually(lambda: state_of(reply) == Outgoing.State.SENT)

    assert len(mirakl.calls("M12")) == 2


class FakeTimer:
    def __init__(self) -> None:
        self.entries: list[tuple[float, object]] = []

    def call_repeatedly(self, seconds: float, _call: object, args: object, _kwargs: object) -> None:
        self.entries.append((seconds, args))


def test_each_worker_asks_for_every_sweep() -> None:
    # A worker's timer takes half a minute; the test checks that it is set.
    class Worker:
        timer = FakeTimer()

    Clockwork(Worker).start(Worker)

    assert Worker.timer.entries == [(span, (task,)) for task, span in SWEEPS.items()]
    assert set(SWEEPS) <= set(app.tasks)
    assert Clockwork in app.steps["worker"]


def test_the_clock_never_makes_a_worker_read_from_mirakl(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="before")
    queued(thread, alice)
    calls = mirakl.calls("M10") + mirakl.calls("M11")

    tasks.sweep_outbox()
    tasks.sweep_files()

    assert mirakl.calls("M10") + mirakl.calls("M11") == calls
