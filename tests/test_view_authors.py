"""The author of a message from our side, also after it is read back from the marketplace."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from inbox.models import Outgoing, Thread, User
from inbox.pages.folding import Entry
from inbox.pages.message_rows import MessageRow
from inbox.pages.timeline import timeline_of
from inbox.services.outbox import delivery
from tests.builders import text_of
from tests.html import Page
from tests.writing import Mirakl, queued


@pytest.fixture
def bob_answers(bob: User) -> User:
    User.objects.filter(pk=bob.pk).update(first_name="Bob", last_name="Berg")
    bob.refresh_from_db()
    return bob


def authors_on(page: str) -> list[str]:
    """The names of colleagues above messages that were written here."""
    return [one.text for one in Page(page).find("strong", has="title")]


def page_of(client: Client, thread: Thread) -> str:
    Thread.objects.update(read_at=None)
    return text_of(client.get(thread.get_absolute_url()))


def test_a_message_that_was_written_here_names_its_author(
    agent: Client, thread: Thread, bob_answers: User
) -> None:
    reply = delivery.deliver(queued(thread, bob_answers).pk)

    page = page_of(agent, thread)

    assert f'id="message-{reply.message_id}"' in page
    assert "Bob Berg" in authors_on(page)


def test_one_that_was_written_elsewhere_names_whom_mirakl_names(
    agent: Client, thread: Thread, mirakl: Mirakl
) -> None:
    message_id = mirakl.write(thread.mirakl_id, "From the back office")
    page_of(agent, thread)

    message = thread.messages.get(mirakl_id=message_id)

    assert f'<strong dir="auto">{message.called}</strong>' in page_of(agent, thread)


def test_one_whose_author_has_gone_names_whom_mirakl_names(
    agent: Client, thread: Thread, bob_answers: User
) -> None:
    reply = delivery.deliver(queued(thread, bob_answers).pk)
    Outgoing.objects.update(author=None)

    page = page_of(agent, thread)

    assert f'id="message-{reply.message_id}"' in page
    assert "Bob Berg" not in authors_on(page)


def test_authors_cost_one_query_however_many_they_are(
    agent: Client,
    thread: Thread,
    alice: User,
    bob_answers: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for user in (alice, bob_answers, alice):
        delivery.deliver(queued(thread, user, body=f"By {user.pk} at {timezone.now()}").pk)
    page_of(agent, thread)

    with django_assert_max_num_queries(12):
        timeline = timeline_of(thread)
        rows = [part.item for part in timeline.parts if isinstance(part, Entry)]
        names = [one.author.username for one in rows if isinstance(one, MessageRow) and one.author]

    assert names == ["alice", "bob", "alice"]
