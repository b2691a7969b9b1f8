"""Notes by keyboard: switching the composer, completing a name, and keeping a started note."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from inbox.models import Note, Notification, Thread, User
from tests.browser import strike
from tests.composing import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_note_is_written_by_keyboard_and_the_reply_waits(
    bob: User, opened: Page, waiting: Thread
) -> None:
    write(opened, "Half a reply")
    opened.keyboard.press("Escape")

    opened.keyboard.press("n")
    opened.keyboard.type("Look, @bo")
    expect(opened.get_by_role("option", name="@bob")).to_have_attribute("aria-selected", "true")
    opened.keyboard.press("Enter")
    expect(opened.get_by_label("Your note")).to_have_value("Look, @bob ")
    opened.keyboard.press("Control+Enter")

    expect(opened.locator(".bubble[data-side=note]")).to_contain_text("Look, @bob")
    expect(opened.get_by_label("Your note")).to_have_value("")
    assert Note.objects.get().thread == waiting
    assert Notification.objects.get().user == bob
    opened.keyboard.press("Escape")
    opened.locator("#main").focus()
    opened.keyboard.press("r")
    expect(opened.get_by_label("Your reply")).to_be_focused()
    expect(opened.get_by_label("Your reply")).to_have_value("Half a reply")


def test_a_colleague_is_chosen_by_the_pointer_or_not_at_all(bob: User, opened: Page) -> None:
    opened.keyboard.press("n")
    box = opened.get_by_label("Your note")
    opened.keyboard.type("@bo")
    opened.get_by_role("option", name="@bob").click()
    expect(box).to_have_value("@bob ")
    expect(box).to_be_focused()

    opened.keyboard.type("@bo")
    expect(opened.get_by_role("listbox", name="Colleagues")).to_be_in_viewport(ratio=1)
    opened.keyboard.press("Escape")

    expect(opened.get_by_role("listbox", name="Colleagues")).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("@bob @bo")


def test_names_are_offered_to_one_who_types_before_the_script_has_come(
    bob: User,
    page: Page,
    sign_in: Callable[[User], None],
    alice: User,
    waiting: Thread,
) -> None:
    held: list[Route] = []
    page.route("**/text-expander*.js", lambda route: held.append(route))
    sign_in(alice)
    with page.expect_request("**/text-expander*.js"):
        page.goto(waiting.get_absolute_url())
    strike(page, "n")
    expect(page.get_by_label("Your note")).to_be_focused()
    page.keyboard.type("@bo")

    held[0].continue_()

    expect(page.get_by_role("option", name="@bob")).to_be_visible()
