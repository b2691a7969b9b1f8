"""What others write between the click on Send and the sending holds a reply back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Notification, Outgoing, Thread, User
from inbox.sandbox.server import Running
from inbox.services.mirror import sync
from inbox.services.outbox import delivery, queue, transitions, upload_progress
from tests.builders import post_reply
from tests.writing import Mirakl, change, date_back, file, later, queued

State = Outgoing.State
WORDS = "It left this morning."


@pytest.fixture
def agent(alice: User, client: Client) -> Client:
    User.objects.filter(pk=alice.pk).update(undo_seconds=5)
    client.force_login(alice)
    return client


def written(client: Client, thread: Thread, words: str = WORDS) -> Outgoing:
    """A reply that may still be undone."""
    sync.open_thread(thread.marketplace, thread.mirakl_id, force=True)
    post_reply(client, thread, body=words)
    return Outgoing.objects.get(body=words)


def deliver(reply: Outgoing) -> Outgoing:
    """When its time has come."""
    change(reply, undo_until=timezone.now() - timedelta(seconds=3))
    later(reply, seconds=8)
    return delivery.deliver(reply.pk)


def test_a_customers_word_holds_it_back_and_its_author_is_told(
    agent: Client, waiting: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = written(agent, waiting)
    mirakl.customer_writes(waiting.mirakl_id, "Never mind, it has just come.")

    held = deliver(reply)

    assert held.state == State.FAILED
    assert "A new message arrived before your reply was sent" in held.error
    assert WORDS not in mirakl.bodies(waiting.mirakl_id)
    assert Notification.objects.filter(user=alice, kind="failed").exists()


def test_one_that_is_dated_before_the_last_one_does_too(
    agent: Client, waiting: Thread, mirakl: Mirakl, sandbox: Running
) -> None:
    mirakl.customer_writes(waiting.mirakl_id, "Hello?")
    reply = written(agent, waiting)
    mirakl.customer_writes(waiting.mirakl_id, "Never mind, it has just come.")
    date_back(sandbox, waiting.mirakl_id)

    assert deliver(reply).state == State.FAILED


def test_a_word_from_the_back_office_does_too(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = written(agent, waiting)
    mirakl.write(waiting.mirakl_id, "We are looking into it.")

    assert deliver(reply).state == State.FAILED


def test_sent_again_it_goes(agent: Client, waiting: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = written(agent, waiting)
    mirakl.customer_writes(waiting.mirakl_id, "Never mind, it has just come.")

    again = queue.resend(deliver(reply), by=alice)

    assert delivery.deliver(again.pk).state == State.SENT
    assert mirakl.bodies(waiting.mirakl_id).count(WORDS) == 1


def test_what_nobody_has_answered_goes(agent: Client, waiting: Thread, mirakl: Mirakl) -> None:
    assert deliver(written(agent, waiting)).state == State.SENT


def test_ones_own_replies_do_not_hold_each_other_back(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    first, second = written(agent, waiting), written(agent, waiting, "And it is insured.")

    assert deliver(first).state == State.SENT
    assert deliver(second).state == State.SENT


def test_one_that_is_not_recognised_yet_is_not_taken_for_somebodys(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    first, second = written(agent, waiting), written(agent, waiting, "And it is insured.")
    mirakl.fails("M12", drop="after", times=1)

    assert deliver(first).state == State.UNCONFIRMED
    assert deliver(second).state == State.SENT


def test_a_marketplace_that_does_not_answer_holds_nothing_back(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = written(agent, waiting)
    mirakl.fails("M10", status=503)

    assert deliver(reply).state == State.SENT


@pytest.fixture
def customer_writes_during_an_upload(
    waiting: Thread, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as the first piece has left; and a display shows it."""

    def write_and_look(_reply: Outgoing) -> bool:
        monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 60)
        mirakl.customer_writes(waiting.mirakl_id, "And where is the shade?")
        sync.open_thread(waiting.marketplace, waiting.mirakl_id, force=True)
        return True

    monkeypatch.setattr(upload_progress, "WRITTEN_EVERY", 0)
    monkeypatch.setattr(transitions, "renew", write_and_look)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("customer_writes_during_an_upload")
def test_a_word_that_comes_during_an_upload_keeps_its_deadline(
    waiting: Thread, alice: User
) -> None:
    reply = queued(waiting, alice, files=[file("noise.bin", bytes(900_000))])

    sent = delivery.deliver(reply.pk)

    waiting.refresh_from_db()
    assert sent.state == State.SENT
    assert waiting.due_at is not None
    assert waiting.preview == "And where is the shade?"
