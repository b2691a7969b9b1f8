"""Marketplaces that alter what they store: a person compares, and nothing is sent twice."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.models import (
    Candidate,
    Details,
    Event,
    Message,
    Notification,
    Outgoing,
    Participant,
    Thread,
    User,
)
from inbox.models.error_text import ErrorText
from inbox.services.outbox import bodies, candidates, confirmation, delivery, queue, transitions
from tests.test_outbox_kinds import OPERATIONS, QueuedKind, of_kind
from tests.writing import Mirakl, change, file, later, queued, queued_thread

__all__ = ["of_kind"]

State, Verdict = Outgoing.State, Candidate.Verdict
BODY = "Call 01 23 45 67 89, or write to shop@demo.example 👋"
ALL = OPERATIONS | {"reply": "M12", "order_thread": "OR43"}


def lost(
    reply: Outgoing, mirakl: Mirakl, *, alter: str | None = "mask", drop: str = "after"
) -> Outgoing:
    mirakl.fails(ALL[reply.kind], alter=alter, drop=drop, times=1)
    reply = delivery.deliver(reply.pk)
    mirakl.recovers()
    assert reply.state == State.UNCONFIRMED
    later(reply, seconds=6)
    return reply


def looked_at_twice(reply: Outgoing) -> Outgoing:
    reply = confirmation.confirm(reply)
    later(reply, seconds=31)
    return confirmation.confirm(reply)


@pytest.fixture
def asked(thread: Thread, alice: User, mirakl: Mirakl) -> Outgoing:
    """One whose answer was lost, and that stands there with its number masked."""
    return confirmation.confirm(lost(queued(thread, alice, body=BODY), mirakl))


def question(reply: Outgoing) -> Candidate:
    return reply.candidates.undecided().get()


def test_an_altered_reply_is_asked_about_and_not_called_absent(
    asked: Outgoing, thread: Thread, mirakl: Mirakl
) -> None:
    later(asked, seconds=31)

    reply = confirmation.confirm(asked)

    assert reply.needs_comparison
    assert (reply.needs_person, reply.is_moving, reply.can_be_edited) == (False, False, False)
    assert question(reply).body == mirakl.bodies(thread.mirakl_id)[-1]
    assert "Compare the two" in reply.error


def test_a_reply_that_was_refused_late_is_sent_again_without_a_question(
    asked: Outgoing, alice: User
) -> None:
    transitions.fail(asked, ErrorText("No"))

    reply = queue.resend(asked, by=alice)

    assert (reply.state, reply.asked_at) == (State.QUEUED, None)


@pytest.mark.parametrize("alter", ["mask", "emoji", "footer"])
def test_pressing_send_again_sends_nothing_while_the_question_is_open(
    thread: Thread, alice: User, mirakl: Mirakl, alter: str
) -> None:
    reply = looked_at_twice(lost(queued(thread, alice, body=BODY), mirakl, alter=alter))

    delivery.deliver(queue.resend(reply, by=alice).pk)

    assert len(mirakl.calls("M12")) == 1


def test_a_reply_that_was_only_wrapped_is_recognised(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = lost(queued(thread, alice, body=BODY), mirakl, alter="wrap")

    assert confirmation.confirm(reply).state == State.SENT


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert bodies.comparable_text("Re\u0301gle\u0301") == bodies.comparable_text("Réglé")


def test_yes_makes_it_sent(asked: Outgoing, bob: User, thread: Thread, mirakl: Mirakl) -> None:
    assert candidates.accept(question(asked), bob)

    asked.refresh_from_db()
    there = mirakl.messages(thread.mirakl_id)[-1]
    assert (asked.state, asked.message_id, asked.error) == (State.SENT, there["id"], "")
    assert Event.objects.filter(verb="identified", by=bob, thread=thread).count() == 1


def test_no_makes_it_absent_after_a_second_look(
    asked: Outgoing, alice: User, mirakl: Mirakl
) -> None:
    assert candidates.rule_out(question(asked), alice)
    later(asked, seconds=31)

    reply = confirmation.confirm(asked)

    assert reply.needs_person
    assert Event.objects.filter(verb="ruled_out", by=alice).count() == 1
    assert delivery.deliver(queue.resend(reply, by=alice).pk).state == State.SENT
    assert len(mirakl.calls("M12")) == 2


def test_no_alone_does_not_make_it_absent(asked: Outgoing, alice: User) -> None:
    candidates.rule_out(question(asked), alice)

    reply = confirmation.confirm(asked)

    assert reply.is_moving
    assert not reply.needs_person


@pytest.mark.parametrize("decide", [candidates.accept, candidates.rule_out])
def test_it_is_decided_once(asked: Outgoing, alice: User, decide: Any) -> None:
    first, second = question(asked), question(asked)
    candidates.rule_out(first, alice)

    assert not decide(second, alice)
    assert Event.objects.filter(verb__in=["identified", "ruled_out"]).count() == 1


def test_a_decision_looks_at_the_verdict_that_is_there_then(asked: Outgoing, alice: User) -> None:
    """An update by ids found before would overwrite a decision that is just being made."""
    with CaptureQueriesContext(connection) as told:
        candidates.rule_out(question(asked), alice)

    changes = [one["sql"] for one in told if one["sql"].startswith('UPDATE "inbox_candidate"')]
    assert len(changes) == 1
    assert 'WHERE "inbox_candidate"."id" IN' not in changes[0]


def test_its_author_is_told_once(asked: Outgoing) -> None:
    confirmation.confirm(asked)

    assert Notification.objects.filter(outgoing=asked, kind=Notification.Kind.FAILED).count() == 1


def test_the_real_one_is_taken_though_another_was_asked_about(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    mirakl.write(thread.mirakl_id, "Written in the back office.")
    assert confirmation.confirm(reply).needs_comparison
    mirakl.write(thread.mirakl_id, "It left this morning.")

    assert confirmation.confirm(reply).state == State.SENT


def test_one_called_absent_is_asked_about_when_something_appears_late(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = looked_at_twice(lost(queued(thread, alice), mirakl, alter=None, drop="before"))
    assert reply.needs_person
    mirakl.write(thread.mirakl_id, "It left this ***.")

    reply = queue.resend(reply, by=alice)

    assert (reply.needs_comparison, reply.needs_person) == (True, False)


# -- messages that are no candidates --------------------------------------


def test_what_the_mirror_had_before_is_none(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    message_id = mirakl.write(thread.mirakl_id, "Written in the back office.")
    Message.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        mirakl_id=message_id,
        created_at=thread.last_message_at,
    )
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")

    assert looked_at_twice(reply).needs_person


def test_what_another_reply_has_become_is_none(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    delivery.deliver(queued(thread, alice, body="Something else.").pk)

    assert looked_at_twice(reply).needs_person


def test_what_another_may_become_by_its_words_is_none(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    lost(queued(thread, alice, body="Something else."), mirakl, alter=None)

    assert not confirmation.confirm(reply).needs_comparison


def test_what_another_is_said_to_be_is_none(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    other = lost(queued(thread, alice, body=BODY), mirakl)
    for one in (reply, other):
        assert confirmation.confirm(one).needs_comparison
    candidates.accept(question(other), alice)

    assert not confirmation.confirm(reply).needs_comparison


def test_one_being_sent_beside_it_is_waited_for(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    other = delivery.deliver(queued(thread, alice, body="Something else.").pk)
    change(other, state=State.SENDING, message_id="", settled_at=None)

    reply = confirmation.confirm(reply)

    assert (reply.asked_at, reply.missing_since) == (None, None)


@pytest.mark.parametrize("readers", [["OPERATOR"], ["CUSTOMER", "OPERATOR"]], ids=str)
def test_what_others_read_is_none(
    thread: Thread, alice: User, mirakl: Mirakl, readers: list[str]
) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    delivery.deliver(queued(thread, alice, recipients=[Participant(one) for one in readers]).pk)

    assert looked_at_twice(reply).needs_person


def test_what_the_customer_writes_is_none(thread: Thread, alice: User, mirakl: Mirakl) -> None:
    reply = lost(queued(thread, alice), mirakl, alter=None, drop="before")
    mirakl.customer_writes(thread.mirakl_id, "Where is it?")

    assert looked_at_twice(reply).needs_person


# -- every kind -----------------------------------------------------------


@pytest.fixture
def altered(of_kind: QueuedKind, thread: Thread, alice: User, mirakl: Mirakl) -> Any:
    def make(kind: str) -> Outgoing:
        if kind in ("reply", "order_thread"):
            make_one = queued if kind == "reply" else queued_thread
            return lost(make_one(thread, alice, body=BODY), mirakl)
        return lost(of_kind(kind, **({} if kind == "document" else {"body": BODY})), mirakl)

    return make


@pytest.mark.parametrize("kind", ALL)
def test_each_kind_is_asked_about(altered: Any, kind: str, mirakl: Mirakl) -> None:
    reply = looked_at_twice(altered(kind))

    assert reply.needs_comparison
    assert len(mirakl.calls(ALL[kind])) == 1


@pytest.mark.parametrize("kind", ALL)
def test_each_kind_is_sent_when_it_is_this_one(altered: Any, alice: User, kind: str) -> None:
    reply = confirmation.confirm(altered(kind))

    candidates.accept(question(reply), alice)

    reply.refresh_from_db()
    assert reply.state == State.SENT
    assert bool(reply.created_thread_id) == reply.starts_thread


def test_of_two_documents_each_is_asked_about(
    of_kind: QueuedKind, alice: User, mirakl: Mirakl
) -> None:
    types = {"one.pdf": "CUSTOMER_INVOICE", "two.pdf": "OTHER"}
    files = [file(name) for name in types]
    reply = lost(of_kind("document", files=files, details=Details(document_types=types)), mirakl)
    reply = confirmation.confirm(reply)

    candidates.accept(reply.candidates.get(file__name="one.pdf"), alice)

    reply.refresh_from_db()
    assert [one.name for one in reply.files.exclude(file="")] == ["two.pdf"]
    assert reply.state == State.UNCONFIRMED


def test_a_conversation_of_others_about_the_same_order_is_none(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    reply = queued_thread(thread, alice, recipients=[Participant("CUSTOMER")])
    reply = lost(reply, mirakl, alter=None, drop="before")
    mirakl.write(thread.mirakl_id, "Written in the conversation that was there.")

    assert looked_at_twice(reply).needs_person
