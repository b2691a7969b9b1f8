"""Shared by browser tests of the composer: a tab with a waiting thread, and key presses."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

if TYPE_CHECKING:
    from inbox.models import Marketplace, Thread, User
    from tests.writing import Mirakl

SEND = re.compile("^Send")
WORDS = "It left this morning."


@pytest.fixture
def waiting(maison: "Marketplace", mirakl: "Mirakl") -> "Thread":
    from tests.builders import waiting_on

    return waiting_on(maison)


@pytest.fixture
def longest(maison: "Marketplace", mirakl: "Mirakl") -> "Thread":
    """A thread of three hundred messages, with the other conversations."""
    from inbox.models import Thread
    from tests.builders import show_inbox

    show_inbox(maison)
    return Thread.objects.order_by("-message_count")[0]


@pytest.fixture
def opened(page: Page, sign_in: Callable[["User"], None], alice: "User", waiting: "Thread") -> Page:
    """Alice's tab with the waiting thread."""
    sign_in(alice)
    page.goto(waiting.get_absolute_url())
    return page


def write(page: Page, words: str = WORDS) -> None:
    page.get_by_label("Your reply").fill(words)


def reload_late(page: Page, happened: Callable[[], object]) -> None:
    """The server builds the new page at once, but it arrives after other content is shown."""
    from tests.browser import until
    from tests.writing import eventually

    held: list[tuple[Route, APIResponse]] = []
    page.route(re.compile(f"^{re.escape(page.url)}$"), lambda one: held.append((one, one.fetch())))
    page.evaluate("setTimeout(() => location.reload())")
    until(page, lambda: held)
    eventually(happened)
    with page.expect_navigation():
        route, made = held[0]
        route.fulfill(response=made)


def send(page: Page) -> None:
    page.get_by_role("button", name=SEND).click()


def sent(page: Page) -> None:
    expect(page.locator("section[data-state=sent]")).to_be_visible(timeout=60_000)
