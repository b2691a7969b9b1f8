"""A late answer of a marketplace, swapped in while an agent works on the page."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from inbox.models import Note, Outgoing, Thread, User
from inbox.services.mirror import sync
from tests.composing import send
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEWS = "It came while the marketplace was slow"


@pytest.fixture
def late(
    page: Page,
    sign_in: Callable[[User], None],
    alice: User,
    waiting: Thread,
    mirakl: Mirakl,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Page:
    """Alice's tab with the stored conversation, while its marketplace still answers."""
    settings.THREAD_DEADLINE_SECONDS = 0.2
    monkeypatch.setattr(sync, "THREAD_FRESH_FOR", timedelta(0))
    Note.objects.create(thread=waiting, author=alice, body="As it was", token=uuid.uuid4())
    mirakl.customer_writes(waiting.mirakl_id, NEWS)
    mirakl.fails("M10", latency_ms=3000)
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    expect(page.get_by_role("link", name="Check again")).to_be_visible()
    return page


def test_what_is_typed_meanwhile_stays_and_the_news_is_marked_new(late: Page) -> None:
    box = late.get_by_label("Your reply")

    box.press_sequentially("Typed while it came, ", delay=100)
    expect(late.locator(".timeline").get_by_text(NEWS)).to_be_visible()
    late.keyboard.type("and after")

    expect(box).to_be_focused()
    expect(box).to_have_value("Typed while it came, and after")
    expect(late.locator("[data-first-unread] ~ .bubble").last).to_contain_text(NEWS)
    expect(late.get_by_role("link", name="Check again")).to_have_count(0)


def test_what_was_swapped_in_is_read_and_holds_nothing_back(late: Page) -> None:
    late.get_by_label("Your reply").fill("I have read it")
    expect(late.locator(".timeline").get_by_text(NEWS)).to_be_visible()

    send(late)

    expect(late.locator("section[data-state]").get_by_text("I have read it")).to_be_visible()
    assert Outgoing.objects.count() == 1


def test_the_focus_stays_where_it_is_in_the_timeline(late: Page) -> None:
    late.get_by_role("link", name="Edit note").focus()

    expect(late.locator(".timeline").get_by_text(NEWS)).to_be_visible()

    expect(late.get_by_role("link", name="Edit note")).to_be_focused()


def test_a_note_that_is_being_edited_keeps_the_answer_waiting(late: Page) -> None:
    late.get_by_role("link", name="Edit note").click()
    late.get_by_role("textbox", name="Note text").fill("As it is now")

    expect(late.get_by_role("link", name="Refresh conversation")).to_be_visible()

    expect(late.get_by_role("textbox", name="Note text")).to_have_value("As it is now")
    expect(late.get_by_text(NEWS)).to_have_count(0)


def test_a_menu_that_is_open_stays_open(late: Page) -> None:
    late.get_by_text("Assign", exact=True).first.click()

    expect(late.locator(".timeline").get_by_text(NEWS)).to_be_visible()

    expect(late.locator("details[data-menu][open]")).to_have_count(1)
