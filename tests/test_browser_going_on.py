"""One conversation after the other: focus, the page after closing, and toasts."""

import re

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Outgoing, Thread, User
from tests.builders import show_inbox
from tests.composing import WORDS, send, write
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def among(opened: Page, alice: User, waiting: Thread) -> Page:
    """The conversation with its list. Alice goes on, which is the default."""
    User.objects.filter(pk=alice.pk).update(undo_seconds=5, after_sending="next")
    show_inbox(waiting.marketplace)
    opened.goto(f"{waiting.get_absolute_url()}?view=all")
    expect(opened.locator("[aria-keyshortcuts]").first).to_be_attached()
    return opened


def test_closing_by_key_opens_the_next_one_and_z_undoes_it(among: Page, waiting: Thread) -> None:
    following = among.locator(".rows .open[aria-current]").evaluate(
        "open => [...document.querySelectorAll('.rows .open')]"
        ".at([...document.querySelectorAll('.rows .open')].indexOf(open) + 1).pathname"
    )
    among.keyboard.press("e")
    anyway = among.get_by_role("button", name="Close anyway")
    expect(anyway).to_be_focused()
    among.keyboard.press("Enter")
    among.wait_for_url(f"**{following}?view=all")
    expect(among.locator(".told")).to_contain_text(f"{waiting.who}: Closed")
    expect(among.locator("[data-rest]")).to_be_focused()
    expect(among.locator("[aria-keyshortcuts]").first).to_be_attached()

    among.keyboard.press("z")

    among.wait_for_url(f"**{waiting.get_absolute_url()}?view=all")
    assert not Thread.objects.filter(status="closed").exists()


def test_the_counts_and_the_row_beside_follow_a_decision(among: Page, waiting: Thread) -> None:
    desk = among.get_by_role("navigation", name="Desk")
    mine = desk.get_by_role("link", name="Mine").locator(".number")
    beside = among.locator(f".list [data-row='{waiting.pk}']")
    expect(mine).to_have_text("0")

    among.keyboard.press("t")
    expect(mine).to_have_text("1")
    expect(beside.get_by_role("img", name="Assigned to")).to_be_visible()
    expect(beside.locator(".open[aria-current]")).to_be_visible()
    among.get_by_role("button", name="Undo").click()

    expect(mine).to_have_text("0")
    expect(beside.get_by_role("img", name="Assigned to")).to_have_count(0)


def test_the_focus_is_in_the_box_after_sending_and_after_undo(opened: Page, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=50)
    box = opened.get_by_label("Your reply")
    write(opened)
    box.press("Control+Enter")
    expect(opened.locator("section[data-state=queued]")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("")

    opened.keyboard.press("Escape")
    opened.keyboard.press("z")

    expect(box).to_have_value(WORDS)
    expect(box).to_be_focused()
    assert box.evaluate("box => box.selectionStart") == len(WORDS)


def test_the_focus_is_never_on_nothing(opened: Page) -> None:
    expect(opened.locator("[data-rest]")).to_be_focused()
    opened.keyboard.press("t")
    expect(opened.get_by_text("Assigned to")).to_be_visible()
    opened.get_by_role("button", name="Undo").click()
    expect(opened.get_by_text("Undone")).to_be_visible()
    expect(opened.locator("[data-rest]")).to_be_focused()

    opened.keyboard.press("r")
    opened.keyboard.press("Escape")

    expect(opened.locator("[data-rest]")).to_be_focused()


def test_a_toast_follows_its_reply_until_it_is_refused_and_edits_it(
    among: Page, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=1)
    mirakl.fails("M12", status=400)
    write(among)
    send(among)
    toast = among.locator(".told")
    expect(toast).to_contain_text(f"Sending to {waiting.who}")
    expect(toast).to_contain_text("Not sent to")

    toast.get_by_role("button", name="Edit").click()

    among.wait_for_url(re.compile(re.escape(waiting.get_absolute_url())))
    expect(among.get_by_label("Your reply")).to_have_value(WORDS)
    expect(among.get_by_label("Your reply")).to_be_focused()


def test_a_toast_follows_its_reply_until_it_is_there(
    among: Page, alice: User, waiting: Thread
) -> None:
    User.objects.filter(pk=alice.pk).update(undo_seconds=1)
    write(among)
    send(among)

    expect(among.locator(".told")).to_contain_text(f"Sent to {waiting.who}")

    eventually(lambda: Outgoing.objects.get().state == Outgoing.State.SENT)


def test_what_is_held_back_goes_out_by_the_button_that_says_so(opened: Page) -> None:
    write(opened, "Can you refund him?")
    send(opened)
    button = opened.get_by_role("button", name="Send to customer anyway")
    expect(button).to_have_count(1)
    expect(button).to_be_visible()

    opened.get_by_label("Your reply").press_sequentially(" Please.")

    expect(opened.get_by_role("button", name="Send to customer", exact=True)).to_be_visible()
    expect(button).to_have_count(0)
