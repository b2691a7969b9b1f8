"""The list of failed replies, its counter on every page, and checking unconfirmed replies."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from inbox.models import Marketplace, Outgoing, Thread, User
from tests.builders import HTMX, text_of, viewer_of
from tests.deciding import act, failed
from tests.writing import Mirakl, change, file, later, queued

State = Outgoing.State


def doubtful(thread: Thread, by: User, mirakl: Mirakl, **fault: Any) -> Outgoing:
    from inbox.services.outbox import delivery

    mirakl.fails("M12", **fault)
    reply = delivery.deliver(queued(thread, by).pk)
    mirakl.recovers()
    later(reply, seconds=10)
    return reply


# -- the list -----------------------------------------------------------------


def test_it_lists_what_failed_with_what_happened_and_what_can_be_done(
    agent: Client, bob: User, waiting: Thread
) -> None:
    failed(waiting, bob, body="Words worth keeping", files=[file("lamp.png")])

    page = text_of(agent.get(reverse("outbox")))

    for words in (
        "Words worth keeping",
        "lamp.png",
        "bob",
        "Maison Verte rejected this reply",
        waiting.who,
    ):
        assert words in page
    for words in ("Send again", "Edit", "Discard"):
        assert words in page


def test_it_lists_what_has_waited_for_too_long(agent: Client, alice: User, waiting: Thread) -> None:
    reply = queued(waiting, alice, body="Still here")
    assert "Still here" not in text_of(agent.get(reverse("outbox")))

    later(reply, minutes=4)

    page = text_of(agent.get(reverse("outbox")))
    assert "Still here" in page
    assert "Send now" in page


def test_its_pages_are_bounded_and_show_each_once(
    agent: Client, alice: User, waiting: Thread, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        failed(waiting, alice, body=f"Number {number:02}")

    with django_assert_max_num_queries(30):
        first = text_of(agent.get(reverse("outbox")))
    after = first.split("?after=")[1].split('"')[0]
    second = text_of(agent.get(reverse("outbox"), {"after": after}, headers=HTMX))

    assert "<html" not in second
    assert [number for number in range(30) if f"Number {number:02}" in first] == [*range(5, 30)]
    assert [number for number in range(30) if f"Number {number:02}" in second] == [*range(5)]


@pytest.mark.parametrize("name", ["outbox", "outbox-count", "drafts"])
def test_outsiders_have_no_such_page(name: str, client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("otto"))

    assert client.get(reverse(name)).status_code == 404


def test_a_viewer_neither_counts_nor_lists_what_others_settle(
    client: Client, alice: User, maison: Marketplace, waiting: Thread
) -> None:
    failed(waiting, alice, body="Not yours")
    client.force_login(viewer_of(maison))

    assert client.get(reverse("outbox")).status_code == 404
    assert 'class="number">1</span>' not in text_of(client.get(reverse("outbox-count")))


def test_nobody_sees_what_failed_elsewhere(charlie: User, client: Client, waiting: Thread) -> None:
    failed(waiting, charlie, body="On another marketplace")
    client.force_login(charlie)

    assert "On another marketplace" not in text_of(client.get(reverse("outbox")))


@pytest.mark.parametrize("path", ["/", "/drafts/", "/threads/new/"])
def test_every_page_counts_what_failed(
    path: str, agent: Client, alice: User, waiting: Thread
) -> None:
    assert 'id="trouble-top"' in text_of(agent.get(path, follow=True))
    assert 'hidden><a href="/outbox/"' in text_of(agent.get(path, follow=True))

    failed(waiting, alice)

    page = text_of(agent.get(path, follow=True))
    assert 'hidden><a href="/outbox/"' not in page
    assert page.count('<span class="number">1</span>') >= 2


# -- check again --------------------------------------------------------------


def test_a_check_says_that_it_has_arrived(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = doubtful(waiting, alice, mirakl, drop="after")

    text = text_of(act(agent, reply, "check", HTMX))

    assert "Delivered. Maison Verte shows this reply." in text
    assert 'data-state="sent"' in text


def test_a_check_says_that_it_is_not_there_yet(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = doubtful(waiting, alice, mirakl, drop="before")

    text = text_of(act(agent, reply, "check", HTMX))

    assert "Not found yet at" in text
    assert "Last checked" in text


def test_a_check_says_when_it_cannot_look(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = doubtful(waiting, alice, mirakl, drop="before")
    mirakl.fails("M10", status=500)

    assert "responding, so we" in text_of(act(agent, reply, "check", HTMX))


def test_a_plain_check_leads_back_to_the_reply(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    reply = doubtful(waiting, alice, mirakl, drop="after")

    assert act(agent, reply, "check")["Location"].endswith(f"#reply-{reply.token}")
    assert Outgoing.objects.get().state == State.SENT


# -- by hand ------------------------------------------------------------------


def test_send_again_sends_a_reply_that_no_worker_has_taken(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl, settings: Settings
) -> None:
    settings.UPLOAD_INLINE_BYTES = 4
    reply = queued(waiting, alice, files=[file(content=b"12345")])
    later(reply, minutes=4)

    text = text_of(act(agent, reply, "send-again", HTMX))

    assert 'data-state="sent"' in text


def test_a_page_asks_rarely_for_what_waits_for_its_next_try(
    agent: Client, alice: User, waiting: Thread
) -> None:
    reply = queued(waiting, alice)
    change(reply, deliver_after=timezone.now() + timedelta(minutes=5))

    bubble = text_of(agent.get(reply.get_absolute_url(), headers=HTMX))

    assert "load delay:16s" in bubble
