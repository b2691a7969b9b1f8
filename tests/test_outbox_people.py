"""What a person decides: send again, discard."""

import pytest

from inbox.models import Event, Outgoing, Thread, User
from inbox.services.outbox import confirmation, delivery, queue
from tests.tools import move
from tests.writing import Mirakl, change, file, later, queued, staged_names


def failed(thread: Thread, alice: User, mirakl: Mirakl) -> Outgoing:
    mirakl.fails("M12", status=400, times=1)
    return delivery.deliver(queued(thread, alice, files=[file("lamp.png", b"pixels")]).pk)


def absent(thread: Thread, alice: User, mirakl: Mirakl) -> Outgoing:
    mirakl.fails("M12", drop="before", times=1)
    reply = delivery.deliver(queued(thread, alice, files=[file("lamp.png", b"pixels")]).pk)
    later(reply, seconds=6)
    later(confirmation.confirm(reply), seconds=31)
    return confirmation.confirm(reply)


@pytest.mark.parametrize("stopped", [failed, absent])
def test_it_is_sent_again_with_its_files(
    thread: Thread, alice: User, bob: User, mirakl: Mirakl, stopped: object
) -> None:
    reply = stopped(thread, alice, mirakl)  # type: ignore[operator]

    reply = queue.resend(reply, by=bob)
    reply = delivery.deliver(reply.pk)

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    assert reply.state == Outgoing.State.SENT
    assert mirakl.download(attached["id"]) == b"pixels"
    assert mirakl.bodies(thread.mirakl_id).count(reply.body) == 1
    assert Event.objects.filter(verb="resent", by=bob).count() == 1


def test_it_looks_once_more_before_it_sends_again(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="after", times=1)
    reply = delivery.deliver(queued(thread, alice).pk)
    # Both looks missed it: it arrived late.
    now = reply.created_at
    change(reply, missing_since=now, absent_at=now)
    later(reply, seconds=60)

    reply = queue.resend(reply, by=alice)

    assert reply.state == Outgoing.State.SENT
    assert len(mirakl.calls("M12")) == 1


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "unconfirmed", "discarded"])
def test_it_is_not_sent_again_where_it_may_be_there(
    thread: Thread, alice: User, mirakl: Mirakl, state: str
) -> None:
    mirakl.fails("M12", drop="before")
    reply = delivery.deliver(queued(thread, alice).pk)
    change(reply, state=state)
    reply.refresh_from_db()

    reply = queue.resend(reply, by=alice)

    assert reply.state == state
    assert not Event.objects.filter(verb="resent").exists()


def test_it_starts_anew_when_sent_again(thread: Thread, alice: User) -> None:
    move(thread.marketplace, "http://127.0.0.1:1")
    reply = queued(thread, alice)
    for _ in range(delivery.MOST_ATTEMPTS):
        change(reply, deliver_after=None)
        reply = delivery.deliver(reply.pk)
    later(reply, hours=1)

    reply = delivery.deliver(queue.resend(reply, by=alice).pk)

    assert (reply.state, reply.attempts) == (Outgoing.State.QUEUED, 1)


@pytest.mark.parametrize("stopped", [failed, absent])
def test_it_is_discarded_with_its_files(
    thread: Thread, alice: User, bob: User, mirakl: Mirakl, stopped: object
) -> None:
    before = staged_names()
    reply = stopped(thread, alice, mirakl)  # type: ignore[operator]

    reply = queue.discard(reply, by=bob)

    assert reply.state == Outgoing.State.DISCARDED
    assert staged_names() == before
    assert Event.objects.filter(verb="discarded", by=bob).count() == 1


def test_it_is_discarded_before_it_is_sent(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = queue.discard(queued(thread, alice), by=alice)

    delivery.deliver(reply.pk)

    assert mirakl.calls("M12") == []


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_it_is_not_discarded_on_its_way_or_after(thread: Thread, alice: User, state: str) -> None:
    reply = queued(thread, alice)
    change(reply, state=state)
    reply.refresh_from_db()

    assert queue.discard(reply, by=alice).state == state


def test_whoever_decides_second_changes_nothing(
    thread: Thread, alice: User, bob: User, mirakl: Mirakl
) -> None:
    reply = failed(thread, alice, mirakl)
    delivery.deliver(queue.resend(reply, by=alice).pk)

    assert queue.discard(reply, by=bob).state == Outgoing.State.SENT
    assert queue.resend(reply, by=bob).state == Outgoing.State.SENT
