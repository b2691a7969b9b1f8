"""A form's token opens only the message that this form has written."""

import uuid
from typing import Any

import pytest
from django.test import Client

from inbox.models import Marketplace, Outgoing, Thread, User
from tests.builders import HTMX, text_of
from tests.writing import file, queued, queued_thread

SECRET = "The words of somebody else."
ORDER = "MV-1016-A"
FORMS = {
    "order_thread": f"/orders/maison-verte/{ORDER}/threads/new/",
    "operator_thread": "/marketplaces/maison-verte/threads/new/",
    "document": f"/orders/maison-verte/{ORDER}/documents/new/",
    "order_message": f"/orders/maison-verte/{ORDER}/messages/new/",
}


def form(reply: Outgoing, **changes: Any) -> dict[str, Any]:
    written = {"token": str(reply.token), "body": "What is it?", "to": ["CUSTOMER"]}
    return written | {"topic": "Your lamp", "subject": "Your lamp"} | changes


def other_thread(thread: Thread) -> Thread:
    return Thread.objects.create(
        marketplace=thread.marketplace, mirakl_id="other", last_message_at=thread.last_message_at
    )


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("body", ["What is it?", ""], ids=["valid", "invalid"])
def test_a_colleagues_token_opens_nothing(
    agent: Client, thread: Thread, bob: User, headers: dict[str, str], body: str
) -> None:
    theirs = queued(thread, bob, body=SECRET)

    answer = agent.post(
        f"{thread.get_absolute_url()}reply/", form(theirs, body=body), headers=headers
    )

    assert answer.status_code == 404
    assert SECRET not in text_of(answer)


def test_a_token_of_another_conversation_opens_nothing(
    agent: Client, thread: Thread, alice: User
) -> None:
    elsewhere = queued(other_thread(thread), alice, body=SECRET)

    answer = agent.post(f"{thread.get_absolute_url()}reply/", form(elsewhere), headers=HTMX)

    assert answer.status_code == 404
    assert Outgoing.objects.count() == 1


def test_a_token_of_another_marketplace_opens_nothing(
    client: Client, charlie: User, thread: Thread, alice: User, nordhaus: Marketplace
) -> None:
    theirs = queued(thread, alice, body=SECRET)
    own = Thread.objects.create(
        marketplace=nordhaus, mirakl_id="own", last_message_at=thread.last_message_at
    )
    client.force_login(charlie)

    answer = client.post(f"{own.get_absolute_url()}reply/", form(theirs), headers=HTMX)

    assert answer.status_code == 404


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("replaces", [False, True], ids=["new", "edited"])
def test_another_forms_token_begins_nothing(
    agent: Client, thread: Thread, bob: User, kind: str, replaces: bool
) -> None:
    Marketplace.objects.update(has_threads=kind != "order_message")
    theirs = queued_thread(thread, bob, body=SECRET, subject_id=ORDER)
    more = {"type": "CUSTOMER_INVOICE", "file": file("invoice.pdf")} if kind == "document" else {}
    more |= {"replaces": str(uuid.uuid4())} if replaces else {}
    more |= {"to": ["OPERATOR"]} if kind == "operator_thread" else {}

    answer = agent.post(FORMS[kind], form(theirs, **more))

    assert answer.status_code == 404
    assert Outgoing.objects.count() == 1
