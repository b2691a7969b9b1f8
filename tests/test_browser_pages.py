"""Pages in a real browser: by keyboard, on a phone, and with failing requests."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from inbox.models import Marketplace, Thread, User
from inbox.services.mirror import sync
from tests.builders import works_on
from tests.composing import SEND, WORDS, send, sent, write
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
NOTE = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"for you")


# -- lists --------------------------------------------------------------------


def test_every_marketplace_of_ones_own_is_in_the_list(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread, nordhaus: Marketplace
) -> None:
    works_on(nordhaus, alice)
    sign_in(alice)

    page.goto("/?view=all")

    rows = page.get_by_role("list", name="Conversations").get_by_role("link")
    for name in ("Maison Verte", "Nordhaus"):
        expect(rows.filter(has_text=name).first).to_be_visible()


def test_show_more_adds_rows_below_and_keeps_those_above(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inbox.services.search import thread_list

    monkeypatch.setattr(thread_list, "PAGE_SIZE", 5)
    sign_in(alice)
    page.goto("/?view=all")
    rows = page.locator(".rows a.open")
    first = rows.first.get_attribute("href")

    page.get_by_role("link", name="Show more").click()

    expect(rows).to_have_count(10)
    addresses = [one.get_attribute("href") for one in rows.all()]
    assert addresses[0] == first
    assert len(set(addresses)) == 10


def test_a_late_marketplace_comes_in_by_itself(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread, mirakl: Mirakl, settings: Settings
) -> None:
    settings.INBOX_FRESH_SECONDS = 0
    settings.INBOX_DEADLINE_SECONDS = 0.2
    mirakl.customer_writes(waiting.mirakl_id, "The news that came late")
    mirakl.fails("M11", latency_ms=1500)
    sign_in(alice)

    page.goto("/?view=all")

    expect(page.get_by_text("Checking for updates.")).to_be_visible()
    expect(page.get_by_text("The news that came late")).to_be_visible()
    expect(page.get_by_text("Checking for updates.")).to_have_count(0)


def test_a_filter_applies_as_it_is_chosen(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread
) -> None:
    sign_in(alice)
    page.goto("/?view=all")

    filters = page.get_by_role("group", name="Filters")
    filters.get_by_text("Subject", exact=True).click()
    filters.get_by_role("link", name="Offers").click()

    expect(page).to_have_url(re.compile("q=about%3Aoffer"))
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("about:offer")
    expect(page.get_by_label("Remove filter Offers")).to_be_visible()


def test_the_past_comes_in_by_itself_while_its_page_is_open(
    page: Page, sign_in: SignIn, alice: User, mirakl: Mirakl, small_pages: None
) -> None:
    everything = len(mirakl.threads(limit="100"))
    sign_in(alice)

    page.goto("/marketplaces/maison-verte/history/")

    expect(page.get_by_text(f"All loaded: {everything} conversations.")).to_be_visible(
        timeout=30_000
    )
    assert Thread.objects.count() == everything


# -- a thread -----------------------------------------------------------------


def test_a_long_thread_unfolds_in_place(
    page: Page, sign_in: SignIn, alice: User, longest: Thread
) -> None:
    sign_in(alice)
    page.goto(longest.get_absolute_url())
    bubbles = page.locator(".timeline section.bubble")
    last = bubbles.last.get_attribute("id")

    page.get_by_role("link", name="earlier messages").click()

    expect(bubbles).to_have_count(longest.message_count)
    assert bubbles.last.get_attribute("id") == last


def test_a_thread_opens_where_its_news_begins(opened: Page) -> None:
    expect(opened.locator("[data-first-unread]")).to_be_in_viewport()


# -- what a customer sends ----------------------------------------------------


def test_nothing_that_a_customer_wrote_runs_or_covers_the_page(
    page: Page, sign_in: SignIn, alice: User, maison: Marketplace, live_server: LiveServer
) -> None:
    sync.refresh([maison])
    hostile = Thread.objects.get(topic_value='<b>Parcel</b> & "more"')
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    sign_in(alice)

    page.goto(hostile.get_absolute_url())

    expect(page.get_by_text("where is my parcel?").first).to_be_visible()
    assert page.title() != "owned"
    assert [one for one in asked if not one.startswith(live_server.url)] == []
    assert [one for one in asked if "/admin/" in one] == []
    write(page)
    send(page)
    sent(page)


def test_a_message_from_right_to_left_is_set_so(
    page: Page, sign_in: SignIn, alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    arabic = Thread.objects.get(topic_value="أين طلبي؟")
    sign_in(alice)

    page.goto(arabic.get_absolute_url())

    body = page.locator(".timeline .body").first
    assert body.evaluate("element => getComputedStyle(element).direction") == "rtl"


# -- without a mouse, without room --------------------------------------------


def focused(page: Page) -> str:
    """Returns the text of the focused element, or nothing if its focus is invisible."""
    seen: str = page.evaluate(
        """() => {
            const it = document.activeElement, style = getComputedStyle(it);
            const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            const name = it.getAttribute("aria-label") || it.getAttribute("href")
                || it.labels?.[0]?.textContent || it.textContent;
            return shown ? name.trim() : "";
        }"""
    )
    return seen


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until it has the focus. Every focused element on the way must be visible."""
    for _press in range(150):
        page.keyboard.press("Tab")
        here = focused(page)
        assert here, f"a stop before {name} cannot be seen: {page.evaluate(SELF)}"
        if here == name:
            return
    raise AssertionError(f"no Tab leads to {name}")


SELF = "document.activeElement.outerHTML.slice(0, 200)"


def test_a_reply_goes_out_by_keyboard_alone(
    page: Page, alice: User, waiting: Thread, mirakl: Mirakl
) -> None:
    alice.set_password("a good one")
    alice.save()
    page.goto("/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type("a good one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()

    tab_to(page, waiting.get_absolute_url())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(waiting.get_absolute_url()))
    expect(page.get_by_role("region", name="Messages")).to_be_focused()
    tab_to(page, "Your reply")
    page.keyboard.type(WORDS)
    page.keyboard.press("Control+Enter")

    sent(page)
    assert mirakl.bodies(waiting.mirakl_id)[-1] == WORDS


WIDTHS = [320, 360, 800]
NARROW = [
    "/accounts/login/",
    "/?view=all",
    "/?view=all&q=zzzz",
    "{thread}",
    "{long}",
    "{order}",
    "{order}threads/new/",
    "/threads/new/",
    "/marketplaces/maison-verte/",
    "/marketplaces/maison-verte/history/",
    "/legacy/maison-verte/messages/",
    "/threads/maison-verte/gone/",
]


def test_no_page_is_wider_than_its_window(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread, longest: Thread
) -> None:
    known = {
        "thread": waiting.get_absolute_url(),
        "long": longest.get_absolute_url(),
        "order": f"/orders/maison-verte/{waiting.order_id}/",
    }
    too_wide = wider(page, NARROW[0])
    sign_in(alice)

    for path in NARROW[1:]:
        too_wide += wider(page, path.format(**known))

    assert too_wide == []


def wider(page: Page, path: str) -> list[str]:
    """Loads a page in the narrowest window, and returns the windows in which it is too wide."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 740})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path} at {width}")
    return found


def test_the_button_that_sends_is_in_reach_on_a_phone(
    page: Page, sign_in: SignIn, alice: User, waiting: Thread
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(alice)

    page.goto(waiting.get_absolute_url())

    expect(page.get_by_role("button", name=SEND)).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Your reply")).to_be_in_viewport(ratio=1)
