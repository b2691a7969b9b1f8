"""A conversation of a slow marketplace: stored messages at once, the answer later."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from benchmarks.desk.page_requests import ASKS_AGAIN, address_in
from inbox.models import Thread, User, Visit
from inbox.services.mirror import sync
from tests.builders import HTMX, text_of
from tests.html import Page
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)
NEWS = "It came while the marketplace was slow"


@pytest.fixture(autouse=True)
def short_waits(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.THREAD_DEADLINE_SECONDS = 0.1
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(0))


@pytest.fixture
def late(waiting: Thread, mirakl: Mirakl) -> Thread:
    """A message that the desk does not have, at a marketplace that is slow once."""
    Thread.objects.update(read_at=timezone.now() - timedelta(minutes=5))
    mirakl.customer_writes(waiting.mirakl_id, NEWS)
    mirakl.fails("M10", latency_ms=5000, times=1)
    return waiting


def finish_of(page: str) -> str:
    return next(one for one in Page(page).get_all("hx-get") if "version=" in one)


def test_the_benchmarks_ask_what_its_page_asks(agent: Client, late: Thread) -> None:
    page = text_of(agent.get(late.get_absolute_url()))

    assert address_in(ASKS_AGAIN, page) == finish_of(page)


def test_it_is_shown_as_the_desk_has_it_and_offers_to_check_again(
    agent: Client, late: Thread
) -> None:
    page = text_of(agent.get(f"{late.get_absolute_url()}?view=all"))

    assert NEWS not in page
    assert "Still waiting for Maison Verte." in page
    assert "Showing this conversation as of" in page
    assert f'<a href="{late.get_absolute_url()}?view=all&amp;wait=1">Check again</a>' in page


def test_a_conversation_that_the_desk_has_not_read_waits_for_the_answer(
    agent: Client, waiting: Thread, mirakl: Mirakl, settings: Settings
) -> None:
    """Longer than an inbox waits."""
    Thread.objects.all().delete()
    settings.INBOX_DEADLINE_SECONDS = 0.3
    mirakl.fails("M10", latency_ms=600, times=1)

    assert "Still waiting" not in text_of(agent.get(waiting.get_absolute_url()))
    assert Thread.objects.filter(mirakl_id=waiting.mirakl_id).exists()


def test_check_again_waits_for_the_answer(agent: Client, late: Thread) -> None:
    text_of(agent.get(late.get_absolute_url()))

    page = text_of(agent.get(f"{late.get_absolute_url()}?wait=1"))

    assert NEWS in page
    assert "Check again" not in page


def test_one_request_of_the_page_brings_the_timeline_and_leaves_the_composer(
    agent: Client, late: Thread
) -> None:
    page = text_of(agent.get(late.get_absolute_url()))

    answer = agent.get(finish_of(page), headers=HTMX)

    fragment = text_of(answer)
    assert answer["X-Thread"] == str(late.pk)
    assert NEWS in fragment
    assert "<html" not in fragment
    assert f'id="composer-{late.pk}"' not in fragment
    assert "The conversation is up to date." in fragment


def test_what_the_answer_brings_is_new_and_what_was_new_stays_so(
    agent: Client, late: Thread, alice: User
) -> None:
    unread = late.messages.filter(sender_type__startswith="CUSTOMER").latest("created_at")
    before = unread.created_at - timedelta(seconds=1)
    Visit.objects.create(thread=late, user=alice, read_until=before)
    page = text_of(agent.get(late.get_absolute_url()))

    fragment = text_of(agent.get(finish_of(page), headers=HTMX))

    divider = fragment.index("data-first-unread")
    assert divider < fragment.index(f'id="message-{unread.mirakl_id}"') < fragment.index(NEWS)


def test_all_that_was_read_leaves_the_answer_alone_new(
    agent: Client, late: Thread, alice: User
) -> None:
    newest = late.messages.latest("created_at")
    Visit.objects.create(thread=late, user=alice, read_until=newest.created_at)
    page = text_of(agent.get(late.get_absolute_url()))

    fragment = text_of(agent.get(finish_of(page), headers=HTMX))

    assert "data-first-unread" not in page
    divider = fragment.index("data-first-unread")
    assert fragment.index(f'id="message-{newest.mirakl_id}"') < divider < fragment.index(NEWS)


def test_what_was_swapped_in_holds_no_reply_back(agent: Client, late: Thread) -> None:
    page = text_of(agent.get(late.get_absolute_url()))

    fragment = text_of(agent.get(finish_of(page), headers=HTMX))

    newest = late.messages.order_by("pk").last()
    assert newest
    assert f'<div id="shown-{late.pk}" hidden hx-swap-oob="true">' in fragment
    assert f'name="seen" value="{newest.pk}"' in fragment
    assert f'<div id="shown-{late.pk}" hidden>' in page


def test_the_answer_may_fail_too_and_says_so(agent: Client, late: Thread, mirakl: Mirakl) -> None:
    page = text_of(agent.get(late.get_absolute_url()))
    mirakl.fails("M10", status=500)

    fragment = text_of(agent.get(finish_of(page), headers=HTMX))

    assert "responded since" in fragment
    assert "Check again" not in fragment


def test_nobody_asks_a_late_marketplace_what_topics_are_called(
    agent: Client, late: Thread, mirakl: Mirakl
) -> None:
    agent.get(late.get_absolute_url())

    assert mirakl.calls("RE01") == []


@pytest.mark.parametrize("since", ["yesterday", "2026-13-45T99:00", "2026-01-01", "%00"])
def test_an_odd_address_is_no_error(since: str, agent: Client, waiting: Thread) -> None:
    url = f"{waiting.get_absolute_url()}?wait=1&since={since}"

    assert agent.get(url, headers=HTMX).status_code == 200
