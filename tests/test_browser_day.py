"""A working day by keyboard: triage, replies, assigning, snoozing, searching, bulk closing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Note, Tag, Thread, User
from tests.browser import strike
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERED = 5


@pytest.fixture
def desk(
    page: Page, sign_in: Callable[[User], None], alice: User, bob: User, mirakl: Mirakl
) -> Page:
    """The inbox in the morning. After each reply Alice goes on to the next conversation."""
    User.objects.filter(pk=alice.pk).update(undo_seconds=0, after_sending="next")
    Tag.objects.create(name="Damaged", is_for_all=True)
    sign_in(alice)
    page.goto("/")
    return page


def says(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def open_first(page: Page) -> None:
    strike(page, "j", "o")
    page.wait_for_url(re.compile("/threads/"))


def command(page: Page, name: str) -> None:
    strike(page, "Control+k")
    page.keyboard.type(name)
    chosen = page.get_by_role("dialog", name="Commands").get_by_role("option", selected=True)
    expect(chosen).to_contain_text(name)
    strike(page, "Enter")


def test_a_list_is_triaged_by_keys(desk: Page, alice: User) -> None:
    """Each of twenty rows is selected and tagged, assigned, or closed."""
    strike(desk, *["j", "x"] * 10, "t")
    says(desk, "10 conversations assigned")
    strike(desk, *["j", "x"] * 9, "l")
    desk.keyboard.type("damag")
    expect(desk.locator("[data-first]")).to_have_text("Damaged")
    strike(desk, "Enter")
    says(desk, "9 conversations tagged")
    strike(desk, "j", "e")
    expect(desk.get_by_role("button", name="Close it anyway")).to_be_focused()
    strike(desk, "Enter")
    says(desk, "1 conversation closed")

    assert Thread.objects.filter(assignee=alice).count() == 10
    assert Thread.objects.filter(tags__name="Damaged").count() == 9
    assert Thread.objects.filter(status="closed").count() == 1


def test_conversations_are_answered_one_after_the_other(desk: Page, mirakl: Mirakl) -> None:
    open_first(desk)
    for number in range(ANSWERED):
        answer(desk, f"Answer number {number} of the day.")

    sent = [f"Answer number {number} of the day." for number in range(ANSWERED)]
    known = Thread.objects.values_list("mirakl_id", flat=True)
    said = [body for thread_id in known for body in mirakl.bodies(thread_id)]
    assert sorted(body for body in said if body in sent) == sorted(sent)


def answer(page: Page, words: str) -> None:
    here = page.url
    strike(page, "r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type(words)
    strike(page, "Control+Enter")
    page.wait_for_url(lambda url: url != here)


def test_one_is_handed_over_with_a_note(desk: Page, bob: User) -> None:
    open_first(desk)
    strike(desk, "n")
    expect(desk.get_by_label("Your note")).to_be_focused()
    desk.keyboard.type("Please look, @bo")
    expect(desk.get_by_role("option", name="@bob")).to_have_attribute("aria-selected", "true")
    strike(desk, "Enter", "Control+Enter")
    says(desk, "Please look, @bob")
    expect(desk.get_by_label("Your note")).to_be_focused()
    strike(desk, "Escape", "a")
    expect(desk.get_by_role("button", name="alice (me)")).to_be_focused()
    strike(desk, "ArrowDown", "Enter")
    says(desk, "Assigned to bob")

    thread = Note.objects.get().thread
    assert thread.assignee == bob


def test_one_is_snoozed_past_its_deadline_when_that_is_meant(desk: Page) -> None:
    open_first(desk)
    strike(desk, "s")
    expect(desk.get_by_role("button", name=re.compile("Tomorrow|Later"))).not_to_have_count(0)
    strike(desk, "Enter")
    anyway = desk.get_by_role("button", name="Snooze anyway")
    expect(anyway).to_be_focused()
    strike(desk, "Enter")
    says(desk, "Snoozed until")

    assert Thread.objects.exclude(snoozed_until=None).count() == 1


def test_a_reply_closes_what_it_answers(desk: Page, mirakl: Mirakl) -> None:
    open_first(desk)
    strike(desk, "r")
    expect(desk.get_by_label("Your reply")).to_be_focused()
    here = desk.url
    desk.keyboard.type("That is settled, then.")
    strike(desk, "Control+Shift+Enter")
    desk.wait_for_url(lambda url: url != here)

    closed = Thread.objects.get(status="closed")
    eventually(lambda: "That is settled, then." in mirakl.bodies(closed.mirakl_id))


def test_what_is_looked_for_is_found_and_the_rest_swept(desk: Page) -> None:
    strike(desk, "/")
    desk.keyboard.type("is:overdue")
    strike(desk, "Enter")
    desk.wait_for_url(re.compile("search"))
    open_first(desk)
    strike(desk, "g", "i")
    expect(desk.get_by_role("heading", name="Needs reply")).to_be_visible()
    command(desk, "All conversations")
    desk.wait_for_url(re.compile("view=all"))
    strike(desk, "j", "X", "e")
    desk.get_by_role("button", name=re.compile("^Close all")).click()
    says(desk, "conversations closed")

    assert not Thread.objects.filter(status="open").exists()
