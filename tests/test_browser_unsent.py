"""A new conversation without a thread: typed text stays until it is sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save
from playwright.sync_api import Page, expect

from inbox.models import Draft, Outgoing, Thread, User
from tests.browser import until
from tests.composing import WORDS, reload_late, send
from tests.writing import eventually

SignIn = Callable[[User], None]

pytestmark = pytest.mark.browser


@pytest.fixture
def address(waiting: Thread) -> str:
    return f"/orders/maison-verte/{waiting.order_id}/threads/new/"


@pytest.fixture
def begun(page: Page, sign_in: SignIn, alice: User, address: str) -> Page:
    """Alice's tab with a started conversation."""
    sign_in(alice)
    page.goto(address)
    page.locator("[name=topic]").fill("Your lamp")
    page.get_by_label("Operator").check()
    page.get_by_label("Message").fill(WORDS)
    return page


def stands_there(page: Page) -> None:
    expect(page.get_by_label("Message")).to_have_value(WORDS)
    expect(page.locator("[name=topic]")).to_have_value("Your lamp")
    expect(page.get_by_label("Operator")).to_be_checked()


def test_it_outlives_a_reload_and_a_way_back(begun: Page) -> None:
    begun.reload()
    stands_there(begun)

    begun.goto("/")
    begun.go_back()

    stands_there(begun)


def test_a_reload_that_overtakes_a_save_keeps_it_too(begun: Page) -> None:
    reload_late(begun, happened=lambda: is_saved(WORDS))

    stands_there(begun)


@dataclass(frozen=True)
class FirstSave:
    """The first save of a draft: stored, but not seen by others until `may_end`."""

    begins: Event = field(default_factory=Event)
    may_end: Event = field(default_factory=Event)

    def hold(self, **_of: object) -> None:
        self.begins.set()
        assert self.may_end.wait(30)


@pytest.fixture
def first_save() -> Iterator[FirstSave]:
    save = FirstSave()
    post_save.connect(save.hold, sender=Draft)
    yield save
    post_save.disconnect(save.hold, sender=Draft)


def test_a_reload_that_does_not_see_a_running_save_keeps_it_too(
    first_save: FirstSave, begun: Page
) -> None:
    answered: list[str] = []
    begun.on("response", lambda one: answered.append(one.url))

    def end() -> bool:
        first_save.may_end.set()
        until(begun, lambda: any(url.endswith("/drafts/forms/") for url in answered))
        return True

    until(begun, first_save.begins.is_set)
    reload_late(begun, happened=end)

    stands_there(begun)


def is_saved(text: str) -> bool:
    return Draft.objects.filter(body=text).exists()


def test_another_tab_has_what_was_saved(begun: Page, address: str) -> None:
    eventually(lambda: is_saved(WORDS))
    begun.get_by_role("link", name="Drafts").click()
    begun.get_by_role("link", name=WORDS).click()
    stands_there(begun)

    other = begun.context.new_page()
    other.goto(address)
    stands_there(other)


def test_what_another_tab_wrote_later_is_not_overwritten(begun: Page, address: str) -> None:
    eventually(lambda: is_saved(WORDS))
    other = begun.context.new_page()
    other.goto(address)
    other.get_by_label("Message").fill("Something newer.")
    eventually(lambda: is_saved("Something newer."))
    # The old tab keeps its text and comes back too late.
    begun.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")

    begun.reload()

    expect(begun.get_by_label("Message")).to_have_value("Something newer.")


def test_it_outlives_a_session_that_ends(
    begun: Page, alice: User, address: str, sign_in: SignIn
) -> None:
    Session.objects.all().delete()
    begun.keyboard.press("Control+Enter")
    # Not `wait_for_url`: the pending save may navigate again and interrupt the first navigation.
    expect(begun).to_have_url(re.compile("/accounts/login/"))

    sign_in(alice)
    begun.goto(address)

    stands_there(begun)
    assert not Outgoing.objects.exists()


def test_it_is_gone_once_it_is_sent(begun: Page, address: str) -> None:
    send(begun)
    begun.wait_for_url(lambda url: "/threads/new/" not in url)

    begun.goto(address)

    expect(begun.get_by_label("Message")).to_have_value("")


def test_nobody_else_finds_it(begun: Page, bob: User, address: str, sign_in: SignIn) -> None:
    sign_in(bob)

    begun.goto(address)

    expect(begun.get_by_label("Message")).to_have_value("")
