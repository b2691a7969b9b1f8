"""Two replies from one page, and a clock that stops."""

import uuid

from django.test import Client

from inbox.models import Outgoing, Thread, User
from tests.builders import text_of

HTMX = {"HX-Request": "true"}


def answer(client: Client, thread: Thread, body: str, seen: str) -> str:
    response = client.post(
        f"{thread.get_absolute_url()}reply/",
        {"token": str(uuid.uuid4()), "body": body, "to": "CUSTOMER", "seen": seen},
        headers=HTMX,
    )
    assert response.status_code == 200, text_of(response)
    return text_of(response)


def test_it_does_not_hold_back_a_second_reply_because_of_the_first(
    alice: User, client: Client, waiting: Thread
) -> None:
    client.force_login(alice)
    client.get(waiting.get_absolute_url())
    newest = waiting.messages.order_by("pk").last()
    assert newest is not None

    answer(client, waiting, "The first of two", str(newest.pk))
    answer(client, waiting, "The second of two", str(newest.pk))

    assert set(Outgoing.objects.values_list("state", flat=True)) == {Outgoing.State.SENT}


def test_it_stops_the_clock_on_the_page_at_once(
    alice: User, client: Client, waiting: Thread
) -> None:
    client.force_login(alice)
    client.get(waiting.get_absolute_url())
    newest = waiting.messages.order_by("pk").last()
    assert newest is not None

    page = answer(client, waiting, "Here you are", str(newest.pk))

    assert 'id="thread-head-' in page
    assert "Answered 0m" in page
    waiting.refresh_from_db()
    assert waiting.due_at is None
