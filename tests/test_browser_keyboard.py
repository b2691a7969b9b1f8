"""Shortcuts, the palette and the help sheet: no mouse is needed, and typing triggers nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Thread, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def inbox(page: Page, sign_in: Callable[[User], None], alice: User, waiting: Thread) -> Page:
    sign_in(alice)
    page.goto("/?view=all")
    return page


def test_rows_are_walked_and_opened(inbox: Page) -> None:
    links = inbox.locator(".rows .open")
    second = links.nth(1).get_attribute("href")

    for key in "jjjk":
        inbox.keyboard.press(key)
    expect(links.nth(1)).to_be_focused()
    inbox.keyboard.press("o")

    assert second
    expect(inbox).to_have_url(re.compile(re.escape(second)))


def test_keys_lead_to_search_the_inbox_and_the_reply(opened: Page) -> None:
    opened.keyboard.press("r")
    expect(opened.get_by_label("Your reply")).to_be_focused()
    opened.keyboard.type("gi/?")
    expect(opened.get_by_label("Your reply")).to_have_value("gi/?")
    opened.keyboard.press("Escape")

    opened.keyboard.press("g")
    opened.keyboard.press("i")
    # The inbox's own URL, loaded: a conversation's URL ends with a slash too.
    opened.wait_for_url(re.compile("://[^/]+/$"))
    opened.keyboard.press("/")

    expect(opened.get_by_role("searchbox", name="Search")).to_be_focused()


def test_the_palette_finds_a_command_by_its_name(inbox: Page) -> None:
    inbox.keyboard.press("Control+k")
    inbox.keyboard.type("waiting")
    chosen = inbox.get_by_role("dialog", name="Commands").get_by_role("option", selected=True)
    expect(chosen).to_have_text("Waiting on customer")
    inbox.keyboard.press("Enter")

    expect(inbox).to_have_url(re.compile("view=waiting"))


def test_the_palette_searches_for_what_is_no_command(inbox: Page) -> None:
    inbox.keyboard.press("Control+k")
    inbox.keyboard.type("zzz & more")
    inbox.keyboard.press("Enter")

    expect(inbox).to_have_url(re.compile(re.escape("/search/?q=zzz%20%26%20more")))


def test_the_sheet_lists_the_keys(inbox: Page) -> None:
    inbox.keyboard.press("?")
    sheet = inbox.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()

    inbox.keyboard.press("j")
    inbox.keyboard.press("Escape")

    expect(sheet).to_be_hidden()
    expect(inbox.locator(".rows .open").first).not_to_be_focused()
