"""From one conversation to the next: only the panes change."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

from inbox.models import Draft, Thread, User, Visit
from inbox.services.people import presence
from tests.browser import until
from tests.composing import write
from tests.writing import Mirakl, eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, sign_in: Callable[[User], None], alice: User, longest: Thread) -> Page:
    """Alice's tab with the first conversation of the list. She goes on after closing."""
    User.objects.filter(pk=alice.pk).update(after_sending="next")
    sign_in(alice)
    page.goto("/?view=all")
    page.locator(".rows .open").first.click()
    page.wait_for_url("**/threads/**")
    is_ready(page)
    return page


def is_ready(page: Page) -> None:
    """Its scripts listen to keys. From now on it is known if it becomes another page."""
    expect(page.locator("[aria-keyshortcuts]").first).to_be_attached()
    page.evaluate("window.isSamePage = true")


def listed(desk: Page) -> list[str]:
    found: list[str] = desk.locator(".list .open").evaluate_all("all => all.map((one) => one.href)")
    return found


def shows(desk: Page, address: str) -> None:
    """Address, title, panes and the row of the list agree."""
    desk.wait_for_url(address)
    thread = Thread.objects.get(mirakl_id=address.split("/")[5])
    expect(desk.locator("article.thread")).to_have_attribute("data-thread", str(thread.pk))
    expect(desk.locator(f"#composer-{thread.pk}")).to_have_count(1)
    expect(desk).to_have_title(re.compile(re.escape(thread.who)))
    expect(desk.locator(".list .open[aria-current]")).to_have_count(1)
    expect(desk.locator(f".list [data-row='{thread.pk}'] .open[aria-current]")).to_have_count(1)
    assert desk.evaluate("window.isSamePage")


def close(desk: Page) -> None:
    """By keys; the desk asks first where a clock is running."""
    shown = desk.locator("article.thread").get_attribute("data-thread")
    anyway = desk.get_by_role("button", name="Close anyway")
    following = desk.locator(f"article.thread:not([data-thread='{shown}'])")

    desk.keyboard.press("e")

    expect(anyway.or_(following)).to_be_visible()
    if anyway.count():
        anyway.click()


def bare(address: str) -> str:
    return address.split("?")[0]


def requests(desk: Page, part: str) -> list[str]:
    found: list[str] = []

    def note(request: Request) -> None:
        if part in request.url:
            found.append(request.url)

    desk.on("request", note)
    return found


def test_keys_and_the_way_back_swap_the_panes(desk: Page) -> None:
    rows = listed(desk)[:4]
    for address in rows[1:]:
        desk.keyboard.press("j")
        shows(desk, address)
        expect(desk.locator("[data-rest]")).to_be_focused()
    for address in rows[2::-1]:
        desk.go_back()
        shows(desk, address)
    desk.go_forward()
    shows(desk, rows[1])

    desk.keyboard.press("k")
    shows(desk, rows[0])
    desk.keyboard.press("r")

    expect(desk.get_by_label("Your reply")).to_be_focused()


def test_a_click_swaps_and_the_list_stays_where_it_was(desk: Page) -> None:
    scroller = desk.locator(".list .scroll")
    scroller.evaluate("list => { list.scrollTop = 400; }")
    place = scroller.evaluate("list => list.scrollTop")
    row = desk.locator(".list .open").nth(8)
    address = row.evaluate("link => link.href")

    row.click()
    shows(desk, address)

    assert place > 0
    assert scroller.evaluate("list => list.scrollTop") == place
    expect(desk.locator("[data-rest]")).to_be_focused()
    expect(desk.locator("#announcements")).not_to_be_empty()
    desk.keyboard.press("j")
    shows(desk, listed(desk)[9])


def test_a_click_with_ctrl_opens_a_tab_with_the_whole_page(desk: Page) -> None:
    here = desk.url
    with desk.context.expect_page() as opened:
        desk.locator(".list .open").nth(2).click(modifiers=["Control"])

    expect(opened.value.locator(".sidebar")).to_have_count(1)
    assert desk.url == here
    desk.locator("[data-rest]").focus()
    desk.keyboard.press("j")
    shows(desk, listed(desk)[1])
    desk.reload()
    expect(desk.locator(".list .open[aria-current]")).to_have_count(1)


def test_showing_counts_as_the_visit_and_resting_does_not(desk: Page, mirakl: Mirakl) -> None:
    rows = listed(desk)
    eventually(lambda: Visit.objects.count() == 1)
    ahead = requests(desk, "/panes/")
    desk.locator(".list .open").nth(3).hover()
    until(desk, lambda: bare(rows[3]) in " ".join(ahead))
    desk.wait_for_load_state("networkidle")
    asked = len(mirakl.calls("M10"))
    assert Visit.objects.count() == 1

    before = len(ahead)
    desk.locator(".list .open").nth(3).click()
    shows(desk, rows[3])

    eventually(lambda: Visit.objects.count() == 2)
    eventually(lambda: len(mirakl.calls("M10")) == asked + 1)
    assert [one for one in ahead[before:] if bare(rows[3]) in one] == []


def test_colleagues_see_where_one_is_and_no_longer_where_one_was(desk: Page, bob: User) -> None:
    rows = listed(desk)
    first, second = (Thread.objects.get(mirakl_id=one.split("/")[5]) for one in rows[:2])
    eventually(lambda: presence.people_present([first], but=bob))

    desk.keyboard.press("j")
    shows(desk, rows[1])

    eventually(lambda: presence.people_present([second], but=bob))
    eventually(lambda: not presence.people_present([first], but=bob))


def test_only_the_last_of_many_is_shown(desk: Page) -> None:
    rows = listed(desk)
    held: list[Route] = []
    desk.route(f"{bare(rows[1])}panes/**", lambda route: held.append(route))
    # Without what this page may have fetched ahead.
    desk.reload()
    is_ready(desk)
    desk.keyboard.press("j")
    until(desk, lambda: held)
    desk.keyboard.press("j")
    shows(desk, rows[2])

    for route in held:
        route.continue_()
    desk.wait_for_load_state("networkidle")

    shows(desk, rows[2])


def test_a_key_that_is_held_asks_for_few(desk: Page) -> None:
    rows = listed(desk)
    desk.wait_for_load_state("networkidle")
    asked = requests(desk, "/panes/")

    for _ in range(9):
        desk.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', repeat: true}))"
        )
    desk.keyboard.up("j")
    shows(desk, rows[9])

    assert len({*asked}) <= 3, asked


def test_a_key_on_the_way_is_for_the_next_one(desk: Page, alice: User) -> None:
    rows = listed(desk)
    expect(desk.locator("[data-key=t]")).not_to_have_count(0)

    desk.keyboard.press("j")
    desk.keyboard.press("t")

    shows(desk, rows[1])
    expect(desk.get_by_text("Assigned to")).to_be_visible()
    assert Thread.objects.get(assignee=alice).get_absolute_url() in rows[1]


def test_text_is_saved_where_it_belongs(desk: Page) -> None:
    rows = listed(desk)
    write(desk, "For the first")
    desk.locator(".list .open").nth(1).click()
    shows(desk, rows[1])
    expect(desk.get_by_label("Your reply")).not_to_have_value(re.compile("For the first"))
    eventually(lambda: Draft.objects.filter(body="For the first").exists())
    write(desk, "For the second")

    desk.go_back()
    shows(desk, rows[0])

    eventually(lambda: Draft.objects.filter(body="For the second").exists())
    expect(desk.get_by_label("Your reply")).to_have_value("For the first")
    drafts = {one.body: one.thread and one.thread.mirakl_id for one in Draft.objects.all()}
    assert drafts["For the first"] == rows[0].split("/")[5]
    assert drafts["For the second"] == rows[1].split("/")[5]


def test_closing_goes_on_in_place_and_takes_the_row_away(desk: Page) -> None:
    desk.goto("/")
    desk.locator(".rows .open").first.click()
    desk.wait_for_url("**/threads/**")
    expect(desk.locator("[aria-keyshortcuts]").first).to_be_attached()
    desk.evaluate("window.isSamePage = true")
    rows = listed(desk)
    count = (
        desk.get_by_role("navigation", name="Desk")
        .locator("[aria-current], a")
        .filter(has_text="Needs reply")
        .locator(".number")
    )
    before = int(count.inner_text())
    apart = requests(desk, "left=")

    for address, following in pairwise(rows[:3]):
        close(desk)
        shows(desk, following)
        expect(
            desk.locator(f".list .open[href='{address[address.index('/threads') :]}']")
        ).to_have_count(0)
        expect(desk.locator(".told")).to_contain_text("Closed")

    expect(count).to_have_text(str(before - 2))
    assert Thread.objects.filter(status="closed").count() == 2
    assert apart == [], "The answer that closes brings the next one."


def test_files_on_their_way_are_not_left_unasked(desk: Page) -> None:
    asked: list[str] = []
    routes: list[Route] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    desk.route("**/draft/files/", lambda route: routes.append(route))
    desk.get_by_label("Attach files").set_input_files("setup.py")
    until(desk, lambda: routes)
    here = desk.url

    desk.locator(".list .open").nth(1).click(no_wait_after=True)
    until(desk, lambda: asked)

    assert asked == ["beforeunload"]
    assert desk.url == here
    assert desk.evaluate("window.isSamePage")
    expect(desk.locator(".list .open[aria-current]")).to_have_count(1)


@pytest.fixture
def without_panes(page: Page) -> None:
    """None comes, not even one that is sent for while the pointer rests."""
    page.route(re.compile("/panes/"), lambda route: route.abort())


def test_panes_that_do_not_come_are_a_whole_page(without_panes: None, desk: Page) -> None:
    rows = listed(desk)
    desk.keyboard.press("j")

    desk.wait_for_url(rows[1])
    assert not desk.evaluate("window.isSamePage")
    expect(desk.locator("article.thread")).to_have_count(1)
