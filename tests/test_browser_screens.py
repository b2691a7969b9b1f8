"""Details of screens: visible elements, the focus, and elements that must not move."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from inbox.models import CannedReply, Marketplace, Thread, User
from inbox.sandbox.seed import files
from inbox.services.triage.status import close_thread
from tests.builders import show_inbox
from tests.composing import write
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
WIDE: ViewportSize = {"width": 1440, "height": 900}
LAPTOP: ViewportSize = {"width": 1100, "height": 800}


def test_enter_with_nothing_found_stays_in_the_conversation(opened: Page) -> None:
    CannedReply.objects.create(name="Greeting", body="Hello")
    address = opened.url
    opened.get_by_role("button", name="Canned replies").click()
    opened.keyboard.type("zzzz")
    expect(opened.locator("[data-canned-found] [data-q='zzzz']")).to_be_attached()
    expect(opened.get_by_role("option")).to_have_count(0)

    opened.keyboard.press("Enter")

    expect(opened.get_by_role("combobox", name="Search canned replies")).to_be_focused()
    assert opened.url == address


def test_all_that_match_takes_the_place_of_the_number_selected(
    page: Page, sign_in: SignIn, alice: User, maison: Marketplace
) -> None:
    show_inbox(maison)
    sign_in(alice)
    page.goto("/?view=all")
    page.locator(".row .pick").first.click()
    expect(page.get_by_text("1 selected")).to_be_visible()

    page.locator(".everything").click()
    expect(page.locator("[data-selected]")).to_be_hidden()
    page.locator(".everything").click()

    expect(page.locator(".pick input:checked")).to_have_count(0)


def test_a_closed_conversation_that_is_shown_is_the_one_marked_beside(
    opened: Page, waiting: Thread, alice: User
) -> None:
    close_thread(waiting, by=alice)

    opened.set_viewport_size(WIDE)
    opened.reload()

    marked = opened.locator(".list [aria-current='true']")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("Closed")


def test_a_text_that_is_saved_moves_no_button(opened: Page) -> None:
    opened.set_viewport_size(WIDE)
    before = opened.locator("[data-send]").bounding_box()

    write(opened)
    expect(opened.get_by_text("Saved")).to_be_visible()

    assert opened.locator("[data-send]").bounding_box() == before


def test_the_viewer_begins_at_its_way_out(
    page: Page, sign_in: SignIn, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    mirakl.write(thread.mirakl_id, "Here is my file.", ("lamp.png", files.photo(0)))
    sign_in(alice)
    page.goto(thread.get_absolute_url())

    page.locator("[data-file][data-name='lamp.png'] [data-look]").click()

    expect(page.get_by_role("dialog").get_by_role("button", name="Close")).to_be_focused()


def test_the_key_of_details_is_listed_only_where_it_opens_them(opened: Page) -> None:
    opened.set_viewport_size(WIDE)
    opened.keyboard.press("?")
    words = opened.get_by_text("show or hide details")

    expect(words).to_be_hidden()
    opened.set_viewport_size(LAPTOP)

    expect(words).to_be_visible()


def test_a_name_in_the_list_beside_has_more_room_than_its_clock(opened: Page) -> None:
    opened.set_viewport_size(WIDE)
    pill = opened.locator(".list .row .pill[data-due]").first

    expect(pill.locator(".short")).to_be_visible()
    assert pill.locator("[data-left]").evaluate("one => one.clientWidth") <= 1
    assert opened.locator(".list .row .who").first.get_attribute("title")


def test_an_orders_page_leads_back_and_names_its_columns(opened: Page, waiting: Thread) -> None:
    opened.goto(f"/orders/{waiting.marketplace.slug}/{waiting.order_id}/")

    expect(opened.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()
    opened.get_by_role("link", name="Back to the list").click()

    expect(opened.locator(".listing")).to_be_visible()


def test_a_tab_that_is_duplicated_or_come_back_to_shows_the_whole_page(
    opened: Page, waiting: Thread
) -> None:
    address = waiting.get_absolute_url()
    opened.evaluate("address => htmx.ajax('GET', address, { target: '#announcements' })", address)
    expect(opened.locator("#announcements")).not_to_be_empty()

    with opened.expect_popup() as duplicate:
        opened.evaluate("window.open(location.href)")
    opened.goto("/")
    opened.go_back()

    for tab in (duplicate.value, opened):
        expect(tab.get_by_role("navigation", name="Desk")).to_be_visible()
        expect(tab.get_by_label("Your reply")).to_be_visible()


def test_the_toolbar_has_its_words_on_one_line_where_three_columns_are_tight(opened: Page) -> None:
    opened.set_viewport_size({"width": 1366, "height": 800})

    for button in ("Assign", "Assign to me", "Tags", "Snooze", "Close"):
        words = opened.locator(".triage").get_by_text(button, exact=True).first
        expect(words).to_be_in_viewport(ratio=1)
    expect(opened.locator("#triage-tags")).to_have_css("height", "30px")


def test_a_word_of_the_toolbar_without_room_leaves_its_icon(opened: Page, alice: User) -> None:
    alice.language = "de"
    alice.save(update_fields=["language"])
    opened.set_viewport_size({"width": 1330, "height": 800})

    opened.reload()

    tags = opened.locator("#triage-tags")
    expect(tags.locator(".icon")).to_be_in_viewport(ratio=1)
    expect(tags.get_by_text("Schlagwörter")).not_to_be_in_viewport()
    expect(opened.get_by_text("Mir zuweisen", exact=True)).to_be_in_viewport(ratio=1)
