"""Senders that were away between their claim and their first byte send nothing."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.celery import app
from helpdesk.processes import Child
from inbox import mirakl as api
from inbox.models import Event, Outgoing, Thread, User
from inbox.services.marketplaces import clients
from inbox.services.mirror import sync
from inbox.services.outbox import collision, delivery, posting, queue, transitions
from tests.test_outbox_kinds import OPERATIONS, QueuedKind, of_kind
from tests.writing import Mirakl, eventually, later, queued, queued_thread

__all__ = ["of_kind"]

ALL = OPERATIONS | {"reply": "M12", "order_thread": "OR43"}


@pytest.fixture
def any_kind(of_kind: QueuedKind, thread: Thread, alice: User) -> QueuedKind:
    special: dict[str, QueuedKind] = {"reply": queued, "order_thread": queued_thread}

    def make(kind: str) -> Outgoing:
        return special[kind](thread, alice) if kind in special else of_kind(kind)

    return make


def is_away(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """The sender has claimed, and stands still before it has its client."""

    def awake_again(*args: Any) -> api.MiraklClient:
        meanwhile()
        return clients.build_client(*args)

    monkeypatch.setattr(posting, "clients", SimpleNamespace(build_client=awake_again))


@pytest.mark.parametrize("kind", ALL)
def test_a_reply_that_went_to_another_meanwhile_is_left_alone(
    any_kind: QueuedKind, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    reply = any_kind(kind)

    def another_takes_it() -> None:
        later(reply, minutes=3)
        queue.sweep()

    is_away(monkeypatch, another_takes_it)
    reply = delivery.deliver(reply.pk)

    assert mirakl.calls(ALL[kind]) == []
    assert reply.state == Outgoing.State.UNCONFIRMED
    assert Event.objects.filter(verb="overtaken", by=None).count() == 1


@pytest.mark.parametrize("kind", ALL)
def test_a_reply_that_nobody_has_taken_meanwhile_goes_out(
    any_kind: QueuedKind, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    reply = any_kind(kind)
    is_away(monkeypatch, lambda: later(reply, minutes=3))

    assert delivery.deliver(reply.pk).state == Outgoing.State.SENT
    assert len(mirakl.calls(ALL[kind])) == 1


@pytest.mark.parametrize("kind", ALL)
def test_nothing_leaves_once_the_claim_is_nearly_over(
    any_kind: QueuedKind, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def a_moment_long(reply: Outgoing) -> bool:
        reply.lease_until = timezone.now() + timedelta(seconds=3)
        return True

    monkeypatch.setattr(transitions, "renew", a_moment_long)

    reply = delivery.deliver(any_kind(kind).pk)

    assert mirakl.calls(ALL[kind]) == []
    assert (reply.state, "nothing was sent" in reply.error) == (Outgoing.State.QUEUED, True)
    assert Event.objects.filter(verb="overtaken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_stopped_while_it_read_sends_nothing(
    celery_worker: Child, thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    (worker,) = (app.control.inspect(limit=1).stats() or {}).values()
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    asked = len(mirakl.calls("M10"))
    mirakl.fails("M10", latency_ms=2000)
    reply = queued(
        thread, alice, seen_message_id=collision.newest_message_id(thread), undo_seconds=1
    )
    eventually(lambda: len(mirakl.calls("M10")) > asked)

    os.kill(worker["pid"], signal.SIGSTOP)
    later(reply, minutes=3)
    queue.sweep()
    os.kill(worker["pid"], signal.SIGCONT)

    eventually(Event.objects.filter(verb="overtaken").exists)
    reply.refresh_from_db()
    assert reply.state == Outgoing.State.UNCONFIRMED
    assert mirakl.calls("M12") == []
