"""Answers to a write that no marketplace should give: the reply gets past each of them."""

from typing import Any

import pytest

from inbox.models import Details, Outgoing, Thread, User
from inbox.services import error_texts
from inbox.services.outbox import confirmation, delivery
from tests.writing import Mirakl, file, later, queued, queued_thread

LONG = "9" * 300
ODD_IDS = [LONG, "a\0b", "a/b", "", "."]


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_id_that_cannot_be_kept_leaves_the_reply_sent(
    thread: Thread, alice: User, mirakl: Mirakl, odd: str
) -> None:
    mirakl.fails("M12", status=201, body={"message_id": odd, "thread_id": odd})

    reply = delivery.deliver(queued(thread, alice).pk)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert reply.message_id in {"", odd.replace("\0", "\N{REPLACEMENT CHARACTER}")}


@pytest.mark.parametrize("odd", ODD_IDS)
def test_an_odd_id_of_a_new_conversation_is_no_address(
    thread: Thread, alice: User, mirakl: Mirakl, odd: str
) -> None:
    mirakl.fails("OR43", status=201, body={"message_id": odd, "thread_id": odd})

    reply = delivery.deliver(queued_thread(thread, alice).pk)

    assert (reply.state, reply.error) == (Outgoing.State.SENT, "")
    assert "/" not in reply.created_thread_id


def test_the_words_of_a_refusal_are_kept_without_what_cannot_be_stored(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=400, body={"message": "No links,\n\n please\0."})

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "“No links, please" in reply.error


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_a_refusal_of_a_whole_book_is_kept_short(
    thread: Thread, alice: User, mirakl: Mirakl, status: int
) -> None:
    mirakl.fails("M12", status=status, body={"message": "No links, please. " * 5_500})

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.FAILED
    assert len(reply.error) < 700


def test_a_documents_refusal_is_kept_the_same_way(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    wrong = {"message": "No\0 such type. " * 6_000}
    report = {"errors_count": 1, "order_documents": [{"errors": [wrong]}]}
    mirakl.fails("OR74", status=200, body=report)
    about: dict[str, Any] = {
        "kind": "document",
        "topic_type": "",
        "details": Details(document_types={"bill.pdf": "OTHER"}),
        "body": "",
        "recipients": [],
    }

    reply = delivery.deliver(queued_thread(thread, alice, files=[file("bill.pdf")], **about).pk)

    assert reply.state == Outgoing.State.FAILED
    assert "such type" in reply.error
    assert len(reply.error) < 700


def test_what_nobody_foresaw_leaves_nothing_being_sent(
    thread: Thread, alice: User, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unforeseen(*_args: object) -> str:
        raise ValueError

    monkeypatch.setattr(error_texts, "refusal", unforeseen)
    mirakl.fails("M12", status=400)

    reply = delivery.deliver(queued(thread, alice).pk)

    assert reply.state == Outgoing.State.UNCONFIRMED


def test_an_odd_id_in_the_thread_is_still_the_reply(
    thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", drop="before")
    reply = delivery.deliver(queued(thread, alice).pk)
    later(reply, seconds=6)
    message: dict[str, Any] = {
        "id": LONG,
        "body": reply.body,
        "date_created": reply.created_at.isoformat(),
    }
    message |= {"from": {"type": "SHOP_USER"}, "to": [{"type": "CUSTOMER"}]}
    mirakl.fails("M10", status=200, body={"id": thread.mirakl_id, "messages": [message]})

    reply = confirmation.confirm(reply)

    assert (reply.state, reply.message_id) == (Outgoing.State.SENT, "")
