"""Leaving a page during a request: the last typed text, and late answers."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from inbox.models import Draft, Outgoing, Thread, User
from inbox.services.composing import drafts
from tests.browser import until
from tests.composing import send, write
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# As a list beside would do it: the panes of another conversation take the place of these.
GO_ON = """async (url) => {
  const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  const panes = page.querySelector(".panes").outerHTML;
  history.pushState({}, "", url);
  htmx.swap(document.querySelector(".panes"), panes, { swapStyle: "outerHTML" });
}"""


class Held:
    """Saves of one text wait until they are let go."""

    def __init__(self, body: str) -> None:
        self.body, self.gate = body, threading.Event()
        self.waiting, self.done = 0, 0
        self._keep = drafts.save

    def __call__(self, *args: Any, **fields: Any) -> drafts.SaveResult:
        if fields["body"] != self.body:
            return self._keep(*args, **fields)
        self.waiting += 1
        assert self.gate.wait(60)
        kept = self._keep(*args, **fields)
        self.done += 1
        return kept


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Held]:
    def begin(body: str) -> Held:
        held = Held(body)
        monkeypatch.setattr(drafts, "save", held)
        return held

    return begin


def is_kept(body: str) -> bool:
    return Draft.objects.filter(body=body).exists()


@pytest.mark.parametrize("box", ["Your reply", "Your note"])
def test_what_is_typed_during_a_save_outlives_the_page_and_the_save(
    box: str, opened: Page, waiting: Thread, hold: Callable[[str], Held]
) -> None:
    held = hold("Your lamp")
    address = f"{waiting.get_absolute_url()}{'?mode=note' if 'note' in box else ''}"
    opened.goto(address)
    opened.get_by_label(box).press_sequentially("Your lamp")
    eventually(lambda: held.waiting)
    opened.get_by_label(box).press_sequentially(" has left")

    opened.goto("/")
    eventually(lambda: is_kept("Your lamp has left"))
    held.gate.set()
    eventually(lambda: held.done)

    opened.goto(address)
    expect(opened.get_by_label(box)).to_have_value("Your lamp has left")
    assert is_kept("Your lamp has left")


def test_a_way_back_with_the_caret_in_the_box_loses_nothing(
    page: Page, sign_in: Callable[[User], None], alice: User, waiting: Thread
) -> None:
    sign_in(alice)
    page.goto("/?view=all")
    page.goto(waiting.get_absolute_url())
    page.get_by_label("Your reply").press_sequentially("The last word")
    page.go_back()

    eventually(lambda: is_kept("The last word"))
    page.go_forward()

    expect(page.get_by_label("Your reply")).to_have_value("The last word")


def test_a_text_too_long_to_send_ahead_waits_in_its_tab(opened: Page, waiting: Thread) -> None:
    text = "A long story. " * 7000
    opened.get_by_label("Your reply").fill(text)
    opened.goto("/")

    opened.goto(waiting.get_absolute_url())

    expect(opened.get_by_label("Your reply")).to_have_value(text)


def test_text_is_saved_to_its_own_conversation_when_the_panes_change(
    opened: Page, waiting: Thread, longest: Thread
) -> None:
    opened.get_by_label("Your reply").press_sequentially("For the first")
    opened.evaluate(GO_ON, longest.get_absolute_url())
    expect(opened.locator(f"#composer-{longest.pk}")).to_be_visible()

    eventually(lambda: Draft.objects.filter(thread=waiting, body="For the first").exists())
    expect(opened.get_by_label("Your reply")).to_have_value("")
    assert not Draft.objects.filter(thread=longest).exists()
    opened.evaluate(GO_ON, waiting.get_absolute_url())
    expect(opened.get_by_label("Your reply")).to_have_value("For the first")


class HeldAnswers:
    """Requests to these addresses are answered by the desk at once, and told when let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._held: list[tuple[Route, APIResponse]] = []
        page.route(re.compile(address), lambda one: self._held.append((one, one.fetch())))

    def come(self) -> None:
        until(self._page, lambda: self._held)

    def let_go(self) -> None:
        for route, answer in self._held:
            route.fulfill(response=answer)


def test_the_answer_to_a_reply_does_not_land_in_the_next_conversation(
    opened: Page, alice: User, waiting: Thread, longest: Thread, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=0)
    answers = HeldAnswers(opened, "/reply/$")
    write(opened, "For the first")
    send(opened)
    answers.come()
    opened.evaluate(GO_ON, longest.get_absolute_url())
    composer = opened.locator(f"#composer-{longest.pk}")
    token = composer.locator("[name=token]").get_attribute("value")

    answers.let_go()

    expect(opened.locator("#done")).to_contain_text("Sent")
    assert composer.locator("[name=token]").get_attribute("value") == token
    expect(opened.locator(".timeline")).not_to_contain_text("For the first")
    expect(opened.locator(f"#thread-head-{longest.pk}")).to_be_visible()
    assert Outgoing.objects.get().thread == waiting


def test_a_decision_about_one_conversation_is_told_in_the_next_and_no_more(
    opened: Page, waiting: Thread, longest: Thread
) -> None:
    expect(opened.locator("[aria-keyshortcuts]").first).to_be_attached()
    answers = HeldAnswers(opened, "/assign/$")
    opened.keyboard.press("t")
    answers.come()
    opened.evaluate(GO_ON, longest.get_absolute_url())
    expect(opened.locator(f"#thread-head-{longest.pk}")).to_be_visible()

    answers.let_go()

    expect(opened.locator(".told")).to_contain_text("Assigned")
    expect(opened.locator(".thread-head")).to_have_id(f"thread-head-{longest.pk}")
    assert opened.url.endswith(longest.get_absolute_url())


def test_back_after_a_search_is_a_whole_page(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: object
) -> None:
    sign_in(alice)
    page.goto("/canned/")
    page.get_by_role("searchbox").press_sequentially("lamp")
    page.wait_for_url(re.compile("q=lamp"))
    page.reload()
    expect(page.locator("main h1")).to_have_text("Canned replies")

    page.goto("/canned/?q=other")
    page.get_by_role("searchbox").press("End")
    page.keyboard.type("s")
    page.wait_for_url(re.compile("q=others"))
    page.evaluate("window.isOld = true")
    page.go_back()

    expect(page.get_by_role("searchbox")).to_have_value("other")
    page.wait_for_load_state("load")
    assert not page.evaluate("window.isOld")
