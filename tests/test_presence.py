"""Presence: other people with the thread open, expiring by itself, never blocking a page."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from helpdesk import workers
from inbox.models import Marketplace, Thread, User
from inbox.services.people import presence
from tests.builders import HTMX, text_of, viewer_of, waiting_on
from tests.writing import Mirakl


@pytest.fixture
def talk(maison: Marketplace) -> Iterator[Thread]:
    thread = Thread.objects.create(
        marketplace=maison, mirakl_id="talk", last_message_at=timezone.now()
    )
    yield thread
    workers.client().delete(f"helpdesk:presence:{thread.pk}")


@pytest.fixture
def no_redis(settings: Settings) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    workers.client.cache_clear()
    yield
    workers.client.cache_clear()


def beat(client: Client, thread: Thread, state: str = "viewing", **more: str) -> object:
    return client.post(
        f"{thread.get_absolute_url()}presence/", {"state": state} | more, headers=HTMX
    )


def seen(thread: Thread, by: User) -> list[str]:
    return [one.words for one in presence.people_present([thread], but=by).get(thread.pk, [])]


def test_each_sees_the_others_and_never_themselves(alice: User, bob: User, talk: Thread) -> None:
    presence.record_presence(talk, alice, presence.VIEWING)
    presence.record_presence(talk, bob, presence.WRITING)

    assert seen(talk, alice) == ["bob is typing"]
    assert seen(talk, bob) == ["alice is viewing this"]


def test_writers_come_first_and_people_in_another_tab_last(
    alice: User, bob: User, charlie: User, maison: Marketplace, talk: Thread
) -> None:
    vera = viewer_of(maison)
    presence.record_presence(talk, alice, presence.AWAY)
    presence.record_presence(talk, vera, presence.VIEWING)
    presence.record_presence(talk, bob, presence.WRITING)

    states = [one.state for one in presence.people_present([talk], but=charlie)[talk.pk]]

    assert states == ["writing", "viewing", "away"]


def test_who_goes_or_falls_silent_is_gone(
    alice: User, bob: User, talk: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    presence.record_presence(talk, alice, presence.VIEWING)
    presence.record_presence(talk, alice, presence.GONE)
    monkeypatch.setitem(presence.LASTS_SECONDS, presence.WRITING, -1)
    presence.record_presence(talk, alice, presence.WRITING)

    assert seen(talk, bob) == []


def test_a_page_is_told_who_else_is_there_and_only_when_that_changes(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    presence.record_presence(talk, bob, presence.WRITING)
    client.force_login(alice)

    told = beat(client, talk)
    again = beat(client, talk, shown=f"{bob.pk}:writing")

    assert "bob is typing" in text_of(told)
    assert again.status_code == 204  # type: ignore[attr-defined]
    assert seen(talk, bob) == ["alice is viewing this"]


def test_without_javascript_a_display_says_it(
    alice: User, bob: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    client.force_login(alice)

    client.get(waiting.get_absolute_url())
    response = client.post(f"{waiting.get_absolute_url()}presence/", {"state": "away"})

    assert response["Location"] == waiting.get_absolute_url()
    assert seen(waiting, bob) == ["alice has this open in another tab"]


def test_a_page_that_leaves_is_not_sent_back(
    alice: User, bob: User, client: Client, talk: Thread
) -> None:
    client.force_login(alice)
    beat(client, talk)

    response = client.post(f"{talk.get_absolute_url()}presence/", {"state": "gone"})

    assert response.status_code == 204
    assert seen(talk, bob) == []


def test_what_is_no_state_is_nothing(alice: User, bob: User, client: Client, talk: Thread) -> None:
    client.force_login(alice)

    assert beat(client, talk, "dancing").status_code == 204  # type: ignore[attr-defined]
    assert seen(talk, bob) == []


def test_an_outsider_is_not_there(charlie: User, bob: User, client: Client, talk: Thread) -> None:
    client.force_login(charlie)

    assert beat(client, talk).status_code == 404  # type: ignore[attr-defined]
    assert seen(talk, bob) == []


def test_rows_have_a_corner_at_the_cost_of_one_query(
    alice: User, bob: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    client.force_login(alice)

    def queries() -> tuple[int, str]:
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            page = text_of(client.get("/"))
        return len(asked), page

    before, nobody = queries()
    presence.record_presence(waiting, bob, presence.WRITING)
    after, somebody = queries()

    assert 'class="corner"' not in nobody
    assert somebody.count('class="corner"') == 1
    assert 'data-state="writing" role="img" aria-label="bob is typing"' in somebody
    assert after <= before + 1


@pytest.mark.usefixtures("no_redis")
def test_nothing_breaks_without_redis(
    alice: User, client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    client.force_login(alice)

    assert client.get(waiting.get_absolute_url()).status_code == 200
    assert client.get("/").status_code == 200
    assert beat(client, waiting, shown="5:viewing").status_code == 200  # type: ignore[attr-defined]
