"""A conversation that Mirakl accepted without its id: its bubble stays until it is found."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Outgoing, Thread, User
from inbox.pages.addresses import page_for
from inbox.services.outbox import delivery
from tests.builders import show_inbox, text_of
from tests.test_outbox_kinds import OPERATIONS, STARTING, QueuedKind, of_kind
from tests.writing import Mirakl, queued_thread

if TYPE_CHECKING:
    from inbox.models import Marketplace

__all__ = ["of_kind"]

KINDS = ("order_thread", *STARTING)
ALL = OPERATIONS | {"order_thread": "OR43"}
WORDS = "Nobody has said this before."
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def begun(of_kind: QueuedKind, thread: Thread, alice: User) -> QueuedKind:
    """Queues a message of a kind."""

    def queue_reply(kind: str) -> Outgoing:
        if kind == "order_thread":
            return queued_thread(thread, alice, body=WORDS)
        return of_kind(kind, body=WORDS)

    return queue_reply


def where_written(reply: Outgoing) -> str:
    if reply.kind == "order_thread":
        return reverse("order", args=[reply.marketplace.slug, reply.subject_id])
    return page_for(reply)


def accepted(reply: Outgoing, mirakl: Mirakl, answer: str = "{}") -> Outgoing:
    """Mirakl answers with success but does not carry it out."""
    mirakl.fails(ALL[reply.kind], status=201, body=answer, headers=JSON)
    sent = delivery.deliver(reply.pk)
    mirakl.recovers()
    assert sent.state == Outgoing.State.SENT
    return sent


@pytest.mark.parametrize("answer", ["", "{}", '{"message_id": "m-1"}', '{"thread_id": "t-1"}'])
@pytest.mark.parametrize("kind", KINDS)
def test_its_bubble_stays_while_no_reading_shows_it(
    kind: str, answer: str, begun: QueuedKind, agent: Client, mirakl: Mirakl
) -> None:
    reply = accepted(begun(kind), mirakl, answer)

    pages = [text_of(agent.get(where_written(reply))) for _time in range(2)]

    assert all(f"reply-{reply.token}" in page for page in pages)


@pytest.mark.parametrize("alter", [None, "mask"])
@pytest.mark.parametrize("kind", KINDS)
def test_its_bubble_goes_once_the_conversation_is_seen(
    kind: str, alter: str | None, begun: QueuedKind, agent: Client, mirakl: Mirakl
) -> None:
    mirakl.fails(ALL[kind], alter=alter)
    reply = delivery.deliver(begun(kind).pk)
    there = reply.created_thread_id
    Outgoing.objects.filter(pk=reply.pk).update(created_thread_id="", message_id="")
    show_inbox(reply.marketplace)

    page = text_of(agent.get(where_written(reply)))

    reply.refresh_from_db()
    assert f"reply-{reply.token}" not in page
    assert reply.created_thread_id == there


def test_two_messages_with_the_same_text_are_two_conversations(
    begun: QueuedKind, agent: Client, maison: "Marketplace", mirakl: Mirakl
) -> None:
    seen, unseen = delivery.deliver(begun("order_thread").pk), begun("order_thread")
    unseen = accepted(unseen, mirakl)
    show_inbox(maison)

    page = text_of(agent.get(where_written(unseen)))

    assert f"reply-{unseen.token}" in page
    assert f"reply-{seen.token}" not in page
