"""Two browsers side by side on one thread."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Outgoing, Thread, User
from inbox.services.people import presence
from tests.browser import browser_of
from tests.composing import send, write
from tests.writing import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bobs(
    _browser: "Browser", live_server: "LiveServer", bob: User, all_answered: None
) -> Iterator[Page]:
    with browser_of(_browser, live_server, bob) as page:
        yield page


def ask_again(page: Page) -> None:
    """Runs the page's next poll now."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def sees(page: Page, words: str) -> None:
    """Returns whether the text appears after a few polls: the other page reports with a delay."""
    here = page.get_by_role("status", name="Other viewers")

    def asked() -> bool:
        ask_again(page)
        with suppress(AssertionError):
            expect(here).to_contain_text(words, timeout=1000)
            return True
        return False

    eventually(asked)


def test_each_sees_the_other_come_write_and_go(
    opened: Page, alice: User, bobs: Page, waiting: Thread
) -> None:
    bobs.goto(waiting.get_absolute_url())
    sees(bobs, "alice is viewing this")

    write(opened, "Half a word")
    sees(bobs, "alice is typing")
    sees(opened, "bob is viewing this")
    bobs.goto("/?view=all")
    expect(bobs.get_by_role("img", name="alice is typing")).to_have_count(1)

    # Bob's page reports it while it closes, without waiting.
    eventually(lambda: not presence.people_present([waiting], but=alice))
    ask_again(opened)
    expect(opened.get_by_role("status", name="Other viewers")).not_to_contain_text("bob")


def test_who_answers_second_is_shown_the_first_answer(
    opened: Page, bobs: Page, waiting: Thread
) -> None:
    bobs.goto(waiting.get_absolute_url())
    write(opened, "It left this morning.")
    send(opened)
    expect(opened.locator(".bubble", has_text="It left this morning.")).to_be_visible()

    write(bobs, "It leaves tomorrow.")
    send(bobs)

    expect(bobs.get_by_role("alert").first).to_contain_text("It left this morning.")
    expect(bobs.get_by_label("Your reply")).to_have_value("It leaves tomorrow.")
    assert Outgoing.objects.get().body == "It left this morning."
