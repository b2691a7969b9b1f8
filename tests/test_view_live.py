"""What open pages ask the desk: from its own rows, and only what their user may see."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from inbox.models import Access, Marketplace, Thread, User
from inbox.models.live_changes import cursor_now
from inbox.services.triage import status
from tests.builders import HTMX, text_of, viewer_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


def changes_of(client: Client, since: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get("/changes/", {"since": since}).content)
    return found


def test_a_page_says_where_it_begins_and_gets_what_follows(
    agent: Client, waiting: Thread, bob: User
) -> None:
    page = text_of(agent.get(waiting.get_absolute_url()))
    cursor = page.partition('data-cursor="')[2].partition('"')[0]
    status.close_thread(waiting, by=bob)

    told = changes_of(agent, cursor)

    assert told["news"]["changed"] == [waiting.pk]
    assert told["news"]["counts"][str(waiting.marketplace_id)]["closed"] == 1
    assert not told["resync"]
    assert changes_of(agent, told["cursor"])["news"] == {}


def test_a_page_that_says_nothing_is_told_to_look_at_everything(agent: Client) -> None:
    assert changes_of(agent, "")["resync"]


def test_nobody_is_told_of_conversations_they_may_not_see(
    client: Client, waiting: Thread, bob: User, charlie: User
) -> None:
    client.force_login(charlie)
    since = cursor_now()
    status.close_thread(waiting, by=bob)

    told = changes_of(client, since)["news"]
    rows = text_of(client.get("/changes/rows/", {"shown": waiting.pk}, headers=HTMX))

    assert "changed" not in told
    assert str(waiting.marketplace_id) not in told.get("counts", {})
    assert waiting.mirakl_id not in rows


def test_a_row_that_has_left_the_list_says_so_and_one_that_came_is_counted(
    agent: Client, waiting: Thread, bob: User
) -> None:
    new = Thread.objects.create(
        marketplace=waiting.marketplace,
        mirakl_id="new",
        last_message_at=timezone.now(),
        due_at=waiting.due_at,
        shop_reply_needed_since=waiting.shop_reply_needed_since,
    )
    asked = {"shown": waiting.pk, "others": new.pk}

    before = text_of(agent.get("/changes/rows/", asked, headers=HTMX))
    status.close_thread(waiting, by=bob)
    after = text_of(agent.get("/changes/rows/", asked, headers=HTMX))
    elsewhere = text_of(agent.get("/changes/rows/", asked | {"view": "closed"}, headers=HTMX))

    assert "data-gone" not in before
    assert "data-gone" in after
    assert "1 new conversation" in after
    assert "data-gone" not in elsewhere
    assert "new conversation" not in elsewhere


def test_a_page_that_counts_no_new_ones_is_told_none(agent: Client, waiting: Thread) -> None:
    answer = text_of(agent.get("/changes/rows/", {"shown": waiting.pk}, headers=HTMX))

    assert 'id="arrivals"' not in answer


def test_a_row_of_a_conversation_that_is_gone_goes(agent: Client, waiting: Thread) -> None:
    answer = text_of(agent.get("/changes/rows/", {"shown": "123456"}, headers=HTMX))

    assert "hx-swap-oob=\"delete:[data-row='123456']\"" in answer


def test_the_conversation_as_stored_calls_nobody(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    agent.get(waiting.get_absolute_url())
    before = mirakl.calls("M10")

    answer = text_of(agent.get(f"{waiting.get_absolute_url()}now/", headers=HTMX))

    assert f"timeline-{waiting.pk}" in answer
    assert mirakl.calls("M10") == before


def policy_of(answer: Any) -> list[str]:
    return str(answer["Content-Security-Policy"]).split("; ")


def test_pages_may_connect_to_the_channels_port_and_no_other(
    agent: Client, settings: Settings
) -> None:
    settings.LIVE_URL = ":8001/live/"
    answer = agent.get("/")

    assert "connect-src 'self' http://testserver:8001" in policy_of(answer)
    assert 'data-address="http://testserver:8001/live/"' in text_of(answer)
    settings.LIVE_URL = "/live/"
    assert "connect-src 'self'" in policy_of(agent.get("/"))


def test_what_each_may_see_is_what_they_may_see_one_by_one(
    alice: User, bob: User, charlie: User, maison_operator: Marketplace, admin_user: User
) -> None:
    off = User.objects.create(username="off", is_active=False)
    off.groups.set(alice.groups.all())
    Access.objects.create(
        group=bob.groups.get(), marketplace=maison_operator, role=Access.Role.VIEWER
    )
    Marketplace.objects.filter(slug="nordhaus").update(is_active=False)
    people = [alice, bob, charlie, admin_user, off, viewer_of(maison_operator)]

    together = Marketplace.objects.visible_to_each(people)

    assert together == {
        one.pk: frozenset(Marketplace.objects.visible_to(one).values_list("pk", flat=True))
        for one in people
    }
    assert len({*together.values()}) > 3
