"""The list of notifications and the bell: only one's own, on visible threads."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.models import Marketplace, Notification, Thread, User
from tests.builders import HTMX, text_of

Kind = Notification.Kind


@pytest.fixture
def talk(maison: Marketplace, alice: User) -> Thread:
    return Thread.objects.create(
        marketplace=maison,
        mirakl_id="talk",
        customer_name="Camille Démo",
        assignee=alice,
        last_message_at=timezone.now(),
    )


def told(user: User, thread: Thread, **more: Any) -> Notification:
    return Notification.objects.create(
        **({"user": user, "thread": thread, "kind": Kind.ASSIGNED} | more)
    )


def test_it_lists_ones_own_and_counts_them_on_every_page(
    agent: Client, alice: User, bob: User, talk: Thread
) -> None:
    told(alice, talk, by=bob)
    told(alice, talk, kind=Kind.MENTIONED, by=bob, about="note 5")

    page = text_of(agent.get("/notifications/"))

    assert "bob assigned this to you" in page
    assert "bob mentioned you in a note" in page
    assert 'data-unread>2<span class="visually-hidden"> unread' in text_of(agent.get("/profile/"))


def test_a_hundred_cost_no_more_queries_than_one(
    agent: Client, alice: User, bob: User, talk: Thread
) -> None:
    def queries() -> int:
        agent.get("/notifications/")
        with CaptureQueriesContext(connection) as asked:
            agent.get("/notifications/")
        return len(asked)

    told(alice, talk, by=bob)
    one = queries()
    for _index in range(99):
        told(alice, talk, by=bob)

    assert queries() <= one + 1


def test_opening_one_reads_it_and_leads_to_the_note(
    agent: Client, alice: User, talk: Thread
) -> None:
    one = told(alice, talk, kind=Kind.MENTIONED, about="note 5")

    response = agent.post(f"/notifications/{one.pk}/")

    one.refresh_from_db()
    assert response["Location"] == f"{talk.get_absolute_url()}?note=5#note-5"
    assert one.read_at is not None


def test_one_and_all_are_marked_read(agent: Client, alice: User, talk: Thread) -> None:
    first, second, third = (told(alice, talk) for _index in range(3))

    fragment = text_of(agent.post(f"/notifications/{first.pk}/read/", headers=HTMX))
    assert agent.post("/notifications/read/")["Location"] == "/notifications/"

    assert "<html" not in fragment
    assert 'data-unread>2<span class="visually-hidden"> unread' in fragment
    assert not Notification.objects.filter(read_at=None).exists()
    assert {first.user, second.user, third.user} == {alice}


def test_without_javascript_marking_one_leads_back(
    agent: Client, alice: User, talk: Thread
) -> None:
    one = told(alice, talk)

    assert agent.post(f"/notifications/{one.pk}/read/")["Location"] == "/notifications/"


def test_opening_the_conversation_is_having_seen_that_it_is_ones_own(
    agent: Client, alice: User, bob: User, talk: Thread
) -> None:
    given, named = told(alice, talk, by=bob), told(alice, talk, kind=Kind.MENTIONED, about="note 5")

    agent.get(talk.get_absolute_url())

    given.refresh_from_db()
    named.refresh_from_db()
    assert (given.read_at is None, named.read_at is None) == (False, True)


def test_another_persons_are_not_there(agent: Client, alice: User, bob: User, talk: Thread) -> None:
    theirs = told(bob, talk)

    page = text_of(agent.get("/notifications/"))
    answers = [
        agent.post(f"/notifications/{theirs.pk}/").status_code,
        agent.post(f"/notifications/{theirs.pk}/read/").status_code,
    ]
    agent.post("/notifications/read/")

    theirs.refresh_from_db()
    assert "No notifications yet" in page
    assert answers == [404, 404]
    assert theirs.read_at is None


def test_who_may_not_see_the_thread_any_more_sees_nothing_of_it(
    agent: Client, alice: User, talk: Thread
) -> None:
    one = told(alice, talk)
    alice.groups.clear()

    page = text_of(agent.get("/notifications/"))

    assert "Camille" not in page
    assert "data-unread>1" not in page
    assert agent.post(f"/notifications/{one.pk}/").status_code == 404


# -- the bell -----------------------------------------------------------------


def test_the_bell_is_silent_while_nothing_is_new(agent: Client, alice: User, talk: Thread) -> None:
    one = told(alice, talk)

    assert agent.get(f"/notifications/bell/?known=1-{one.pk}", headers=HTMX).status_code == 204
    assert agent.get("/notifications/bell/?known=0-0", headers=HTMX).status_code == 200


def test_the_browser_is_told_of_what_it_is_to_tell_and_is_new(
    agent: Client, alice: User, bob: User, talk: Thread
) -> None:
    User.objects.filter(pk=alice.pk).update(notices={"mentioned": ["browser"]})
    old = told(alice, talk, kind=Kind.MENTIONED, by=bob, about="note 1")
    new = told(alice, talk, kind=Kind.MENTIONED, by=bob, about="note 2")
    told(alice, talk, by=bob)

    fragment = text_of(agent.get(f"/notifications/bell/?known=0-{old.pk}", headers=HTMX))

    assert fragment.count("data-notice=") == 1
    assert f'data-notice="{new.pk}"' in fragment
    assert 'data-unread>1<span class="visually-hidden"> unread' in fragment


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    for path in ("/notifications/", "/notifications/bell/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
