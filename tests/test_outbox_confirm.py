"""Looking for what was not confirmed, and telling it apart from its twins."""

from typing import Any

import pytest

from inbox import mirakl as api
from inbox.models import Event, Outgoing, Participant, Thread, User
from inbox.services.outbox import confirmation, delivery, matching, queue
from tests.writing import (
    Mirakl,
    change,
    file,
    later,
    queued,
    queued_thread,
    staged_names,
)


def unconfirmed(reply: Outgoing, mirakl: Mirakl, *, arrives: bool) -> Outgoing:
    operation = "M12" if reply.thread else "OR43"
    mirakl.fails(operation, drop="after" if arrives else "before")
    reply = delivery.deliver(reply.pk)
    mirakl.recovers()
    later(reply, seconds=6)
    assert reply.state == Outgoing.State.UNCONFIRMED
    return reply


def test_it_is_sent_when_it_is_found(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    before = staged_names()
    body = "Grüße & à bientôt <3\r\n\r\n👋  It’s “here”"
    reply = unconfirmed(queued(thread, alice, body=body, files=[file()]), mirakl, arrives=True)

    reply = confirmation.confirm(reply)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert reply.message_id == mirakl.messages(thread.mirakl_id)[-1]["id"]
    assert staged_names() == before
    assert Event.objects.filter(verb="sent", by=alice).count() == 1


def test_a_new_thread_is_found_on_its_order(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = unconfirmed(queued_thread(thread, alice), mirakl, arrives=True)

    reply = confirmation.confirm(reply)

    assert reply.state == Outgoing.State.SENT
    assert mirakl.bodies(reply.created_thread_id) == ["It left this morning."]


def test_a_new_thread_is_not_mistaken_for_a_reply(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.write(thread.mirakl_id, "It left this morning.")
    reply = unconfirmed(queued_thread(thread, alice), mirakl, arrives=False)

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


def test_one_look_that_does_not_find_it_decides_nothing(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=False)

    reply = confirmation.confirm(confirmation.confirm(reply))

    assert reply.state == Outgoing.State.UNCONFIRMED
    assert reply.missing_since is not None
    assert not reply.needs_person


def test_a_person_decides_when_two_looks_do_not_find_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = confirmation.confirm(unconfirmed(queued(thread, alice), mirakl, arrives=False))
    later(reply, seconds=31)

    reply = confirmation.confirm(reply)

    assert reply.state == Outgoing.State.UNCONFIRMED
    assert reply.needs_person
    assert "find this reply on" in reply.error


def test_no_look_counts_while_mirakl_may_still_be_storing_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="before")
    reply = delivery.deliver(queued(thread, alice).pk)

    reply = confirmation.confirm(reply)

    assert reply.missing_since is None


def test_no_look_counts_when_mirakl_does_not_answer(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=True)
    mirakl.fails("M10", status=500)

    reply = confirmation.confirm(reply)

    assert (reply.state, reply.missing_since) == (Outgoing.State.UNCONFIRMED, None)


def test_it_is_found_even_after_it_was_missed_twice(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = confirmation.confirm(unconfirmed(queued(thread, alice), mirakl, arrives=False))
    later(reply, seconds=31)
    reply = confirmation.confirm(reply)
    mirakl.write(thread.mirakl_id, "It left this morning.")

    assert confirmation.confirm(reply).state == Outgoing.State.SENT


def test_mirakl_is_read_only_for_what_is_unconfirmed(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    sent = delivery.deliver(queued(thread, alice).pk)
    waiting = queued(thread, alice)

    confirmation.confirm(sent)
    confirmation.confirm(waiting)
    queue.sweep()

    assert mirakl.calls("M10") == []


# -- twins ----------------------------------------------------------------


def test_an_identical_earlier_reply_is_not_taken_for_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    earlier = delivery.deliver(queued(thread, alice).pk)
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=False)

    reply = confirmation.confirm(reply)

    assert reply.state == Outgoing.State.UNCONFIRMED
    assert reply.missing_since is not None
    assert Outgoing.objects.get(pk=earlier.pk).state == Outgoing.State.SENT


def test_an_identical_earlier_reply_without_a_known_id_is_not_taken_for_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    earlier = delivery.deliver(queued(thread, alice).pk)
    change(earlier, message_id="")
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=False)

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


def test_it_is_found_beside_an_identical_earlier_reply_without_a_known_id(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    earlier = delivery.deliver(queued(thread, alice).pk)
    first_id = earlier.message_id
    change(earlier, message_id="")
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=True)

    reply = confirmation.confirm(reply)

    assert reply.state == Outgoing.State.SENT
    assert reply.message_id not in {"", first_id}


def test_of_two_twins_only_one_takes_the_message_that_arrived(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    one = unconfirmed(queued(thread, alice), mirakl, arrives=False)
    other = unconfirmed(queued(thread, alice), mirakl, arrives=True)

    states = sorted(confirmation.confirm(reply).state for reply in (one, other))

    assert states == [Outgoing.State.SENT, Outgoing.State.UNCONFIRMED]


def test_it_leaves_a_message_to_a_twin_that_is_being_sent(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=False)
    # The twin's message is there, and its sender has not heard the answer yet.
    twin = delivery.deliver(queued(thread, alice).pk)
    message_id = twin.message_id
    change(twin, state=Outgoing.State.SENDING, message_id="", settled_at=None)

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED
    change(twin, state=Outgoing.State.SENT, message_id=message_id)
    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


def test_earlier_twins_with_and_without_a_known_id_are_not_taken_for_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    delivery.deliver(queued(thread, alice).pk)
    change(delivery.deliver(queued(thread, alice).pk), message_id="")
    reply = unconfirmed(queued(thread, alice), mirakl, arrives=False)

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


class Stub(api.MiraklClient):
    """A Mirakl that leaves out what it may: the sandbox always names recipients."""

    def __init__(self, *messages: api.Message) -> None:
        self._messages = list(messages)

    def read_thread(self, thread_id: str, **_options: Any) -> api.Thread:
        return api.Thread(id=thread_id, messages=self._messages)


@pytest.mark.parametrize(
    ("sender", "found"), [("SHOP_USER", True), ("OPERATOR_USER", False), (None, False)]
)
def test_words_without_known_readers_are_told_apart_by_who_wrote_them(
    thread: Thread, alice: User, sender: str | None, found: bool
) -> None:
    reply = queued(thread, alice)
    message = api.Message(
        id="m1",
        body="It left<br/>this morning.",
        date_created=reply.created_at,
        sender=api.Sender(type=sender),
    )

    equal = [one.id for one in matching.find_sightings(Stub(message), reply) if one.is_equal]
    assert equal == (["m1"] if found else [])


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": [Participant("CUSTOMER"), Participant("OPERATOR")]},
        {"files": [file("lamp.png")]},
        {"body": "It left this evening."},
    ],
    ids=["other readers", "another file", "other words"],
)
def test_a_similar_message_is_not_taken_for_it(
    thread: Thread, alice: User, mirakl: Mirakl, changes: dict[str, object]
) -> None:
    reply = unconfirmed(queued(thread, alice, **changes), mirakl, arrives=False)
    mirakl.write(thread.mirakl_id, "It left this morning.")

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED


def test_words_of_long_ago_are_not_taken_for_it(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    old = next(
        message
        for message in mirakl.messages(thread.mirakl_id)
        if message["from"]["type"] == "SHOP_USER"
    )
    recipients = [Participant(party["type"]) for party in old["to"]]
    reply = queued(thread, alice, body=old["body"], recipients=recipients)
    reply = unconfirmed(reply, mirakl, arrives=False)

    assert confirmation.confirm(reply).state == Outgoing.State.UNCONFIRMED
