"""To Mirakl, under everything that can happen on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from inbox.models import Event, Marketplace, Outgoing, Participant, Thread, User
from inbox.services.marketplaces import clients
from inbox.services.outbox import delivery, queue
from tests.tools import move
from tests.writing import (
    Mirakl,
    change,
    file,
    later,
    queued,
    queued_thread,
    staged_names,
)


def test_it_sends_a_reply(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = delivery.deliver(queued(thread, alice).pk)

    sent = mirakl.messages(thread.mirakl_id)[-1]
    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert (reply.message_id, sent["body"]) == (sent["id"], "It left this morning.")
    assert [party["type"] for party in sent["to"]] == ["CUSTOMER"]
    assert reply.settled_at is not None


def test_it_records_who_sent_what_without_a_word_of_it(thread: Thread, alice: User) -> None:
    reply = delivery.deliver(queued(thread, alice).pk)

    event = Event.objects.get(verb="sent")
    assert (event.thread, event.by) == (thread, alice)
    assert event.about == {"reply": str(reply.token)}


def test_it_sends_text_as_text(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    delivery.deliver(queued(thread, alice, body="1 < 2 & 3\r\nÀ bientôt 👋").pk)

    assert mirakl.bodies(thread.mirakl_id)[-1] == "1 &lt; 2 &amp; 3<br />À bientôt 👋"


def test_it_sends_files_byte_for_byte_and_removes_them_here(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    before = staged_names()
    pixels = bytes(range(256)) * 100

    reply = delivery.deliver(queued(thread, alice, files=[file("lampe été.png", pixels)]).pk)

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    assert attached["name"] == "lampe été.png"
    assert mirakl.download(attached["id"]) == pixels
    assert staged_names() == before
    assert [(one.name, bool(one.file)) for one in reply.files.all()] == [("lampe été.png", False)]


def test_it_opens_a_thread_on_an_order(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = delivery.deliver(queued_thread(thread, alice, body="About your lamp").pk)

    opened = mirakl.threads(entity_type="MMP_ORDER", entity_id=thread.entity_id)
    created = next(one for one in opened if one["id"] == reply.created_thread_id)
    assert reply.state == Outgoing.State.SENT
    assert created["topic"] == {"type": "FREE_TEXT", "value": "Your lamp"}
    assert mirakl.bodies(created["id"]) == ["About your lamp"]


def test_it_is_claimed_once(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = queued(thread, alice)

    delivery.deliver(reply.pk)
    again = delivery.deliver(reply.pk)

    assert again.state == Outgoing.State.SENT
    assert len(mirakl.calls("M12")) == 1


def test_it_waits_for_its_time(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = queued(thread, alice)
    change(reply, deliver_after=timezone.now() + timedelta(seconds=5))

    assert delivery.deliver(reply.pk).state == Outgoing.State.QUEUED
    later(reply, seconds=6)
    assert delivery.deliver(reply.pk).state == Outgoing.State.SENT


# -- refused --------------------------------------------------------------


def test_it_keeps_text_and_files_when_mirakl_refuses(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    body = {"errors": [{"code": "BODY", "field": "body", "message": "No links, please"}]}
    mirakl.fails("M12", status=400, body=body)

    reply = delivery.deliver(queued(thread, alice, files=[file()]).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "Maison Verte rejected this reply" in reply.error
    assert "No links, please" in reply.error
    assert reply.body == "It left this morning."
    assert default_storage.exists(str(reply.files.get().file.name))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "admin"),
        (403, "admin"),
        (404, "find this conversation or order"),
        (413, "too large"),
        (418, "rejected"),
    ],
)
def test_it_says_what_to_do_about_a_refusal(
    thread: Thread, alice: User, mirakl: Mirakl, status: int, words: str
) -> None:
    mirakl.fails("M12", status=status)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "Maison Verte" in reply.error
    assert words in reply.error


def test_it_fails_in_words_when_the_key_cannot_be_opened(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    Marketplace.objects.update(sealed_credential="rubbish")

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "admin" in reply.error
    assert mirakl.calls("M12") == []


def test_it_sends_nothing_that_mirakl_does_not_take(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = delivery.deliver(queued(thread, alice, body="ab").pk)

    assert reply.state == Outgoing.State.FAILED
    assert reply.error
    assert mirakl.calls("M12") == []


def test_it_sends_nothing_when_a_file_is_lost(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = queued(thread, alice, files=[file("lamp.png")])
    default_storage.delete(str(reply.files.get().file.name))

    reply = delivery.deliver(reply.pk)

    assert reply.state == Outgoing.State.FAILED
    assert "lamp.png" in reply.error
    assert mirakl.calls("M12") == []


# -- nothing has left this machine ----------------------------------------


def test_it_tries_again_by_itself_when_mirakl_cannot_be_reached(
    thread: Thread, alice: User
) -> None:
    move(thread.marketplace, "http://127.0.0.1:1")

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.QUEUED
    assert "Maison Verte can't be reached" in reply.error
    assert waits(reply) == pytest.approx(5, abs=1)


def test_it_waits_longer_each_time(thread: Thread, alice: User) -> None:
    move(thread.marketplace, "http://127.0.0.1:1")
    reply = queued(thread, alice)
    waited = []

    for _ in range(4):
        reply = delivery.deliver(reply.pk)
        waited.append(round(waits(reply)))
        change(reply, deliver_after=None)

    assert waited == [5, 10, 20, 40]


def test_it_gives_up_after_a_while(thread: Thread, alice: User) -> None:
    move(thread.marketplace, "http://127.0.0.1:1")
    reply = queued(thread, alice)

    for _ in range(delivery.MOST_ATTEMPTS):
        reply = delivery.deliver(reply.pk)
        change(reply, deliver_after=None)

    assert reply.state == Outgoing.State.FAILED
    assert "be reached. Nothing was sent" in reply.error
    assert list(Event.objects.filter(verb="failed").values_list("by", flat=True)) == [alice.pk]


def test_it_waits_as_long_as_mirakl_asks(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    mirakl.fails("M12", status=429, retry_after=90)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.QUEUED
    assert "is limiting requests" in reply.error
    assert waits(reply) == pytest.approx(90, abs=3)


def test_it_waits_when_mirakl_does_not_say_how_long(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=429)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.QUEUED
    assert waits(reply) >= 4


def test_it_asks_a_person_rather_than_wait_for_hours(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=429, retry_after=7200)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "Nothing was sent" in reply.error


def test_it_goes_out_after_a_rest(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    address = thread.marketplace.base_url
    move(thread.marketplace, "http://127.0.0.1:1")
    reply = delivery.deliver(queued(thread, alice, files=[file()]).pk)
    move(thread.marketplace, address)
    later(reply, seconds=6)

    reply = delivery.deliver(reply.pk)

    assert reply.state == Outgoing.State.SENT
    assert len(mirakl.messages(thread.mirakl_id)[-1]["attachments"]) == 1


def waits(reply: Outgoing) -> float:
    assert reply.deliver_after is not None
    return (reply.deliver_after - timezone.now()).total_seconds()


# -- a byte may have left -------------------------------------------------

LOST = [
    {"drop": "before"},
    {"drop": "after"},
    {"status": 500},
    {"status": 502, "body": "<html>Bad gateway</html>"},
    {"status": 503, "retry_after": 1},
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_it_is_unconfirmed_when_the_answer_is_lost(
    thread: Thread, alice: User, mirakl: Mirakl, fault: dict[str, Any]
) -> None:
    mirakl.fails("M12", **fault)

    reply = delivery.deliver(queued(thread, alice, files=[file()]).pk)

    assert reply.state == Outgoing.State.UNCONFIRMED
    assert "may have arrived" in reply.error
    assert default_storage.exists(str(reply.files.get().file.name))
    assert len(mirakl.calls("M12")) == 1


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_it_is_never_sent_again_by_itself_once_a_byte_may_have_left(
    thread: Thread, alice: User, mirakl: Mirakl, fault: dict[str, Any]
) -> None:
    mirakl.fails("M12", **fault)
    reply = delivery.deliver(queued(thread, alice).pk)
    mirakl.recovers()

    delivery.deliver(reply.pk)
    later(reply, hours=1)
    queue.sweep()
    delivery.deliver(reply.pk)

    assert len(mirakl.calls("M12")) == 1


def test_it_is_not_lost_when_mirakls_yes_is_cut_short(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", truncate=5)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state in {Outgoing.State.SENT, Outgoing.State.UNCONFIRMED}
    assert mirakl.bodies(thread.mirakl_id).count("It left this morning.") == 1


def test_it_is_unconfirmed_when_our_own_code_fails_after_the_claim(
    thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("a bug of ours")

    # No outside failure reaches this branch: it is there for unforeseen ones.
    monkeypatch.setattr(clients, "build_client", broken)

    assert delivery.deliver(queued(thread, alice).pk).state == Outgoing.State.UNCONFIRMED


def test_it_copies_whoever_was_chosen(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    both = [Participant("CUSTOMER"), Participant("OPERATOR", display_name="Maison Verte")]

    delivery.deliver(queued(thread, alice, recipients=both).pk)

    sent = mirakl.messages(thread.mirakl_id)[-1]
    assert {party["type"] for party in sent["to"]} == {"CUSTOMER", "OPERATOR"}
