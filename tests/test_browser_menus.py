"""Menus filter by typing, the palette and Undo have shortcuts, and typed text triggers nothing."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from inbox.models import Tag, Thread, User
from tests.browser import strike
from tests.writing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(bob: User, opened: Page) -> Page:
    """A conversation with active shortcuts; Bob may answer it too."""
    expect(opened.locator("[aria-keyshortcuts]").first).to_be_attached()
    return opened


def shown_entries(page: Page) -> Locator:
    return page.locator("details[open] .menu button").filter(visible=True)


def status(thread: Thread) -> str:
    thread.refresh_from_db()
    return str(thread.status)


def test_typing_in_the_assign_menu_finds_a_colleague(
    desk: Page, waiting: Thread, bob: User
) -> None:
    strike(desk, "a")
    desk.keyboard.type("bob")
    expect(shown_entries(desk)).to_have_text([re.compile("bob")])
    strike(desk, "Enter")

    eventually(lambda: Thread.objects.filter(pk=waiting.pk, assignee=bob).exists())


def test_a_name_in_the_assign_menu_is_no_row_of_commands(desk: Page, waiting: Thread) -> None:
    strike(desk, "a")
    desk.keyboard.type("tesler")

    expect(shown_entries(desk)).to_have_count(0)
    expect(desk.get_by_text("No one matches")).to_be_visible()
    expect(desk.get_by_label("Filter")).to_have_value("tesler")
    assert status(waiting) == "open"
    assert waiting.assignee is None


@pytest.mark.parametrize("typed", ["me", "al", "alice"])
def test_one_finds_oneself_by_me_initials_and_name(
    desk: Page, waiting: Thread, alice: User, typed: str
) -> None:
    strike(desk, "a")
    desk.keyboard.type(typed)
    strike(desk, "Enter")

    eventually(lambda: Thread.objects.filter(pk=waiting.pk, assignee=alice).exists())


def test_the_assign_menu_shows_the_user_first(desk: Page) -> None:
    strike(desk, "a")

    expect(shown_entries(desk).first).to_contain_text("(me)")
    expect(shown_entries(desk).first).to_be_focused()


def test_deleting_the_typed_text_shows_every_entry_again(desk: Page) -> None:
    strike(desk, "s")
    before = shown_entries(desk).count()
    desk.keyboard.type("tomo")
    expect(shown_entries(desk)).not_to_have_count(before)
    strike(desk, *["Backspace"] * 4)

    expect(shown_entries(desk)).to_have_count(before)


def test_typing_still_filters_after_an_arrow_key(desk: Page, bob: User) -> None:
    strike(desk, "a", "ArrowDown", "ArrowDown")
    desk.keyboard.type("bo")

    expect(desk.get_by_label("Filter")).to_have_value("bo")
    expect(shown_entries(desk)).to_have_text([re.compile("bob")])


def test_escape_leaves_a_menu_with_the_focus_on_its_button(desk: Page) -> None:
    strike(desk, "s")
    desk.keyboard.type("x")
    strike(desk, "Escape")

    expect(desk.locator("details[open]")).to_have_count(0)
    expect(desk.locator("summary[data-key=s]")).to_be_focused()
    expect(desk.get_by_label("Filter")).to_have_count(0)


def test_enter_in_the_send_menu_never_sends_by_itself(desk: Page) -> None:
    desk.get_by_label("Your reply").fill("Not yet, please.")
    desk.get_by_label("After sending").click()
    desk.keyboard.type("nothing of that name")
    strike(desk, "Enter")

    expect(desk.get_by_label("Your reply")).to_have_value("Not yet, please.")
    expect(desk.get_by_label("Filter")).to_be_focused()


def test_the_send_menu_filters_by_typing(desk: Page) -> None:
    desk.get_by_label("After sending").click()
    desk.keyboard.type("back")

    expect(shown_entries(desk)).to_have_text([re.compile("Back to the list")])


def test_a_tag_is_found_or_made_by_typing(desk: Page, waiting: Thread) -> None:
    Tag.objects.create(name="Warranty", is_for_all=True)
    desk.reload()
    expect(desk.locator("[aria-keyshortcuts]").first).to_be_attached()
    strike(desk, "l")
    desk.keyboard.type("warr")
    expect(desk.locator("[data-first]")).to_have_text("Warranty")
    strike(desk, "Enter")
    expect(desk.locator("summary .tag")).to_have_text(["Warranty"])

    strike(desk, "l")
    desk.keyboard.type("Recall")
    strike(desk, "Enter")

    expect(desk.locator("summary .tag")).to_have_text(["Recall", "Warranty"])


def test_a_slash_in_a_conversation_searches(desk: Page, waiting: Thread) -> None:
    strike(desk, "/")
    desk.keyboard.type("is:overdue")
    strike(desk, "Enter")

    desk.wait_for_url(re.compile(re.escape("/search/?q=is%3Aoverdue")))
    assert status(waiting) == "open"


@pytest.mark.parametrize("word", ["qa", "yr", "7l"])
def test_a_word_that_begins_with_no_command_does_nothing(word: str, desk: Page) -> None:
    desk.keyboard.type(word)

    expect(desk.locator("details[open]")).to_have_count(0)
    expect(desk.get_by_label("Your reply")).not_to_be_focused()


def test_nothing_happens_to_what_is_composed_or_held_down(desk: Page, waiting: Thread) -> None:
    for how in ({"isComposing": True}, {"repeat": True}, {"altKey": True}):
        desk.evaluate(
            "how => document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'a', bubbles: true, cancelable: true, ...how}))",
            how,
        )

    expect(desk.locator("details[open]")).to_have_count(0)


def test_z_undoes_the_last_thing(desk: Page, waiting: Thread) -> None:
    strike(desk, "t")
    expect(desk.get_by_role("button", name="Undo")).to_contain_text("z")
    strike(desk, "z")

    expect(desk.get_by_text("Undone")).to_be_visible()
    waiting.refresh_from_db()
    assert waiting.assignee is None


def test_the_palette_undoes_the_last_thing(desk: Page, waiting: Thread) -> None:
    strike(desk, "t")
    expect(desk.get_by_role("button", name="Undo")).to_be_visible()
    strike(desk, "Control+k")
    desk.keyboard.type("undo")
    expect(desk.get_by_role("option", selected=True)).to_contain_text("Undo")
    strike(desk, "Enter")

    expect(desk.get_by_text("Undone")).to_be_visible()


def test_a_toast_waits_for_the_pointer_and_the_focus(desk: Page) -> None:
    strike(desk, "t")
    toast, undo = desk.locator(".told"), desk.get_by_role("button", name="Undo")
    running = "toast => getComputedStyle(toast).animationName"
    expect(undo).to_be_visible()
    assert toast.evaluate(running) == "told"

    toast.hover()
    assert toast.evaluate(running) == "none"
    desk.mouse.move(700, 10)
    undo.focus()
    assert toast.evaluate(running) == "none"
