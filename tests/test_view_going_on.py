"""Closing opens the next conversation, and the toast about a reply follows it."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Outgoing, Thread, User, Visit
from tests.builders import HTMX, post_reply, reply_form, text_of, threads_on
from tests.html import Page
from tests.writing import Mirakl, change

VIEW = "?view=all"


@pytest.fixture
def talks(maison: Marketplace) -> list[Thread]:
    """Three conversations without a clock, newest first, as a list shows them."""
    return [
        Thread.objects.create(
            marketplace=maison,
            mirakl_id=f"talk-{number}",
            customer_name=f"Customer {number}",
            last_message_at=timezone.now() - timedelta(hours=number),
        )
        for number in range(3)
    ]


@pytest.fixture
def restless(agent: Client, alice: User) -> Client:
    """Alice's browser, in which she goes on, the default."""
    anybody = User()
    User.objects.update(undo_seconds=anybody.undo_seconds, after_sending=anybody.after_sending)
    return agent


def close(client: Client, thread: Thread) -> str:
    url = f"{thread.get_absolute_url()}close/{VIEW}"
    return client.post(url, headers=HTMX)["HX-Redirect"]


def test_closing_goes_on_to_the_next_in_the_list(restless: Client, talks: list[Thread]) -> None:
    rows = threads_on(text_of(restless.get(f"/{VIEW}")))
    listed = [one for one in rows if one.startswith("talk-")]

    following = close(restless, Thread.objects.get(mirakl_id=listed[0]))

    assert following == f"/threads/maison-verte/{listed[1]}/{VIEW}"


def test_after_the_last_one_the_list_is_back(restless: Client, talks: list[Thread]) -> None:
    assert close(restless, talks[-1]) == f"/{VIEW}"


def test_the_next_one_comes_along_if_the_list_beside_has_it_below(
    restless: Client, talks: list[Thread]
) -> None:
    left, following = talks[:2]
    url = f"{left.get_absolute_url()}close/{VIEW}"

    answer = restless.post(url, headers=HTMX | {"X-Below": str(following.pk)})

    fragment = unescape(text_of(answer))
    assert answer["HX-Redirect"] == f"{following.get_absolute_url()}{VIEW}"
    assert answer["X-Thread"] == str(left.pk)
    assert f'data-thread="{following.pk}"' in fragment
    assert f"outerHTML:[data-row='{left.pk}']" in fragment
    assert f"{left.who}: Closed" in fragment
    assert f"{left.who}: Closed" not in unescape(text_of(restless.get(f"/{VIEW}")))
    assert not Visit.objects.filter(thread=following).exists()


def test_another_one_below_is_not_the_next(restless: Client, talks: list[Thread]) -> None:
    url = f"{talks[0].get_absolute_url()}close/{VIEW}"

    answer = restless.post(url, headers=HTMX | {"X-Below": str(talks[2].pk)})

    assert answer["HX-Redirect"] == f"{talks[1].get_absolute_url()}{VIEW}"
    assert answer.content == b""


def test_a_reply_brings_the_next_one_along_too(
    restless: Client, waiting: Thread, talks: list[Thread]
) -> None:
    form = reply_form(waiting, after="next")
    following = talks[0]
    url = f"{waiting.get_absolute_url()}reply/{VIEW}"

    answer = restless.post(url, form, headers=HTMX | {"X-Below": str(following.pk)})

    fragment = unescape(text_of(answer))
    assert answer["HX-Redirect"] == f"{following.get_absolute_url()}{VIEW}"
    assert f'data-thread="{following.pk}"' in fragment
    assert f"Sending to {waiting.who}" in fragment


def test_an_agent_who_chose_to_stay_stays(agent: Client, talks: list[Thread]) -> None:
    answer = agent.post(f"{talks[0].get_absolute_url()}close/{VIEW}", headers=HTMX)

    assert "HX-Redirect" not in answer
    assert f'id="thread-head-{talks[0].pk}"' in text_of(answer)


def test_the_next_page_says_what_was_closed_and_undoes_it(
    restless: Client, talks: list[Thread]
) -> None:
    page = text_of(restless.get(close(restless, talks[0])))
    (undo,) = [one for one in Page(page).get_all("action", "form") if "/undo/" in one]

    back = restless.post(undo)

    talks[0].refresh_from_db()
    assert f"{talks[0].who}: Closed" in page
    assert talks[0].status == "open"
    assert back["Location"] == f"{talks[0].get_absolute_url()}{VIEW}"


def told(client: Client, reply: Outgoing, asked: int = 1) -> str:
    return text_of(client.get(f"/replies/{reply.token}/toast/?asked={asked}", headers=HTMX))


def test_the_word_about_a_reply_follows_it_until_it_is_there(
    agent: Client, alice: User, waiting: Thread
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=5)
    post_reply(agent, waiting, after="list")
    reply = Outgoing.objects.get()
    first = text_of(agent.get("/"))
    change(reply, state="sent")

    assert f"Sending to {waiting.who}" in first
    (toast,) = Page(first).find(hx_get=f"/replies/{reply.token}/toast/?asked=1")
    assert toast["hx-trigger"].startswith("load delay:")
    assert f"Sent to {waiting.who}" in told(agent, reply)
    assert "hx-get" not in told(agent, reply)


def test_a_word_that_is_not_settled_yet_asks_less_and_less_often(
    agent: Client, alice: User, waiting: Thread
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=30)
    post_reply(agent, waiting, after="list")
    reply = Outgoing.objects.get()

    assert "load delay:2s" in told(agent, reply, 1)
    assert "load delay:7s" in told(agent, reply, 2)
    assert "desk-poll from:body" in told(agent, reply, 3)


def test_a_word_about_a_refusal_says_why_and_offers_to_edit(
    agent: Client, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=5)
    form = reply_form(waiting)
    post_reply(agent, waiting, after="list", **form)
    error = "The shop is on holiday."
    change(Outgoing.objects.get(), state="failed", error=error, undo_until=None)

    words = told(agent, Outgoing.objects.get())

    assert f"Not sent to {waiting.who}: The shop is on holiday." in words
    assert "/take-back/" in words
    assert 'role="alert"' in words


def test_nobody_else_hears_of_a_reply(client: Client, charlie: User, waiting: Thread) -> None:
    token = uuid.uuid4()
    Outgoing.objects.create(
        marketplace=waiting.marketplace, thread=waiting, body="Secret", token=token
    )
    client.force_login(charlie)

    assert client.get(f"/replies/{token}/toast/", headers=HTMX).status_code == 404


def test_without_javascript_the_word_leads_to_the_conversation(
    agent: Client, waiting: Thread
) -> None:
    post_reply(agent, waiting)

    response = agent.get(f"/replies/{Outgoing.objects.get().token}/toast/")

    assert response["Location"].startswith(waiting.get_absolute_url())
