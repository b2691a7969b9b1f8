"""Replies that Mirakl accepts without a message id."""

import pytest
from django.test import Client

from inbox.models import Outgoing, Thread, User
from inbox.services.outbox import delivery
from tests.builders import text_of
from tests.html import Page
from tests.writing import Mirakl, queued

WORDS = "It left this morning."


@pytest.fixture
def nameless(thread: Thread, alice: User, client: Client, mirakl: Mirakl) -> Outgoing:
    """A reply accepted by a 201 without an id, which the conversation does not show yet."""
    mirakl.fails("M12", status=201, body="{}", times=1)
    reply = delivery.deliver(queued(thread, alice).pk)
    assert (reply.state, reply.message_id) == (Outgoing.State.SENT, "")
    client.force_login(alice)
    return reply


def shown(client: Client, thread: Thread) -> str:
    return text_of(client.get(thread.get_absolute_url()))


def test_it_stays_until_the_conversation_shows_its_text(
    client: Client, thread: Thread, nameless: Outgoing
) -> None:
    pages = [shown(client, thread), shown(client, thread)]

    assert all(f'id="reply-{nameless.token}"' in page for page in pages)


def test_it_goes_when_they_are_there(
    client: Client, thread: Thread, nameless: Outgoing, mirakl: Mirakl
) -> None:
    shown(client, thread)
    message_id = mirakl.write(thread.mirakl_id, WORDS)
    Thread.objects.update(read_at=None)

    page = shown(client, thread)

    assert f'id="message-{message_id}"' in page
    assert f'id="reply-{nameless.token}"' not in page


def test_of_two_that_say_the_same_one_stays(
    client: Client, thread: Thread, alice: User, nameless: Outgoing, mirakl: Mirakl
) -> None:
    mirakl.fails("M12", status=201, body="{}", times=1)
    second = delivery.deliver(queued(thread, alice).pk)
    mirakl.write(thread.mirakl_id, WORDS)

    page = shown(client, thread)

    assert f'id="reply-{nameless.token}"' not in page
    assert f'id="reply-{second.token}"' in page


def test_a_message_that_has_its_own_reply_does_not_stand_for_it(
    client: Client, thread: Thread, alice: User, nameless: Outgoing
) -> None:
    delivery.deliver(queued(thread, alice).pk)

    page = shown(client, thread)

    assert f'id="reply-{nameless.token}"' in page


def read_again(client: Client, thread: Thread) -> str:
    Thread.objects.update(read_at=None)
    return shown(client, thread)


def test_it_goes_when_the_conversation_shows_it_with_other_text(
    client: Client, thread: Thread, nameless: Outgoing, mirakl: Mirakl, alice: User
) -> None:
    message_id = mirakl.write(thread.mirakl_id, f"{WORDS} Sent through the marketplace.")

    page = read_again(client, thread)

    assert f'id="message-{message_id}"' in page
    assert f'id="reply-{nameless.token}"' not in page
    authors = [one.text for one in Page(page).find("strong", has="title")]
    assert alice.username in authors


def test_it_stays_if_two_messages_may_be_it(
    client: Client, thread: Thread, nameless: Outgoing, mirakl: Mirakl
) -> None:
    for words in ("One from the back office", "And another one"):
        mirakl.write(thread.mirakl_id, words)

    page = read_again(client, thread)

    assert f'id="reply-{nameless.token}"' in page


def test_it_stays_while_another_may_be_that_message(
    client: Client, thread: Thread, nameless: Outgoing, mirakl: Mirakl, alice: User
) -> None:
    mirakl.fails("M12", alter="footer", drop="after", times=1)
    doubtful = delivery.deliver(queued(thread, alice, body="Something else").pk)

    page = read_again(client, thread)

    assert doubtful.state == Outgoing.State.UNCONFIRMED
    assert f'id="reply-{nameless.token}"' in page
