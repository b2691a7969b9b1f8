"""A phone with an open keyboard: the question, the text field and the send button are visible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from inbox.models import CannedReply, Tag, Thread, User
from tests.composing import SEND, write
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
KEYBOARD_UP = ViewportSize(width=390, height=508)
EIGHT_LINES = "\n".join(f"Line {number}" for number in range(1, 9))
QUESTION = "Could you say when it comes?"


@pytest.fixture
def phone(page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl) -> Page:
    """A conversation with a question, before any tap."""
    mirakl.customer_writes(thread.mirakl_id, QUESTION)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(alice)
    page.goto(thread.get_absolute_url())
    return page


def bring_keyboard_up(page: Page) -> None:
    page.get_by_label("Your reply").click()
    page.set_viewport_size(KEYBOARD_UP)


@pytest.mark.parametrize("draft", ["", EIGHT_LINES], ids=["empty", "eight lines"])
def test_question_text_and_button_are_in_sight(phone: Page, draft: str) -> None:
    bring_keyboard_up(phone)
    write(phone, draft)

    expect(phone.get_by_role("button", name=SEND)).to_be_in_viewport(ratio=1)
    expect(phone.get_by_label("Your reply")).to_be_in_viewport(ratio=1)
    messages = phone.get_by_role("region", name="Messages")
    expect(messages.get_by_text(QUESTION)).to_be_in_viewport(ratio=1)
    room = messages.bounding_box()
    assert room
    assert room["height"] >= 100


def test_what_makes_room_comes_back(phone: Page) -> None:
    bring_keyboard_up(phone)
    expect(phone.get_by_role("button", name="Snooze")).to_be_hidden()

    phone.get_by_label("Your reply").blur()

    expect(phone.get_by_text("Snooze", exact=True).first).to_be_visible()


def test_the_picker_of_canned_replies_takes_the_screen(phone: Page, alice: User) -> None:
    CannedReply.objects.create(name="Late", body="It is late.", owner=alice)
    bring_keyboard_up(phone)

    phone.get_by_role("button", name="Canned replies").click()

    search = phone.get_by_role("combobox", name="Search canned replies")
    expect(search).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("option", name="Late")).to_be_in_viewport(ratio=1)
    panel = phone.locator("[data-canned]").bounding_box()
    assert panel
    assert (panel["y"], panel["height"]) == (0, KEYBOARD_UP["height"])


def test_every_icon_has_its_word(phone: Page) -> None:
    for word in ("Assign", "Assign to me", "Tags", "Snooze", "Close", "Details"):
        expect(
            phone.locator(".thread-head").get_by_text(word, exact=True).first
        ).to_be_in_viewport()


def test_nothing_stands_beyond_the_edge(phone: Page, thread: Thread) -> None:
    names = ("A tag with a name as long as they come", "Late parcel", "Return")
    thread.tags.set([Tag.objects.create(name=name, is_for_all=True) for name in names])
    thread.snoozed_until = timezone.now() + timedelta(days=7)
    thread.save()
    for address in (thread.get_absolute_url(), "/?view=snoozed"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
    expect(phone.locator(".row time")).to_be_in_viewport(ratio=1)
    topic = phone.locator(".row .topic").bounding_box()
    assert topic
    assert topic["width"] >= 60


def test_the_question_before_closing_fits(phone: Page) -> None:
    phone.get_by_role("button", name="Close", exact=True).click()

    for answer in ("Close anyway", "Keep open"):
        expect(phone.locator(".refusal").get_by_text(answer)).to_be_in_viewport(ratio=1)
    box = phone.locator(".refusal").bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
