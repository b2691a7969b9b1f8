"""The list of conversations under the hand: ticked, walked, left and come back to."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from inbox.models import Marketplace, Tag, Thread, User
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
SIZES = [(1440, 900), (1024, 768), (390, 844)]
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts.push(one.value);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def many(maison: Marketplace) -> list[Thread]:
    """Seventy that wait, by deadline."""
    now = timezone.now()
    rows = [
        Thread(
            marketplace=maison,
            mirakl_id=f"T{number:02}",
            customer_name=f"Nora {number:02}",
            search_names=f"nora {number:02}",
            last_message_at=now - timedelta(minutes=number),
            due_at=now + timedelta(hours=30, minutes=number),
        )
        for number in range(70)
    ]
    return Thread.objects.bulk_create(rows)


@pytest.fixture
def desk(page: Page, sign_in: SignIn, alice: User, many: list[Thread]) -> Page:
    sign_in(alice)
    return page


def row(page: Page, thread: Thread) -> Locator:
    return page.locator(f"[data-row='{thread.pk}']")


def place_of(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box
    return box["x"], box["y"]


def top_of(one: Locator) -> float:
    return place_of(one)[1]


def in_hand(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.closest('[data-row]')?.dataset.row ?? ''")
    return found


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_ticking_a_row_moves_none(desk: Page, many: list[Thread], width: int) -> None:
    Thread.objects.filter(pk=many[0].pk).update(status="closed")
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto("/?view=all&q=from:nora")
    second = row(desk, many[1])
    before = place_of(second)

    row(desk, many[0]).locator(".pick").click()
    desk.mouse.click(before[0] + 20, before[1] + 20)

    expect(desk.get_by_text("2 selected")).to_be_visible()
    assert place_of(second) == before
    expect(second.get_by_role("checkbox")).to_be_checked()


def test_a_range_a_page_and_none_are_selected(desk: Page, many: list[Thread]) -> None:
    desk.goto("/?q=from:nora")

    row(desk, many[2]).locator(".pick").click()
    row(desk, many[6]).locator(".pick").click(modifiers=["Shift"])
    expect(desk.get_by_text("5 selected")).to_be_visible()
    desk.get_by_role("checkbox", name="Select all on this page").check()
    expect(desk.get_by_text("50 selected")).to_be_visible()
    expect(desk.get_by_label("Select all 70 matches")).to_be_visible()
    desk.get_by_role("button", name="Clear selection").click()

    expect(desk.locator(".pick input:checked")).to_have_count(0)
    expect(desk.get_by_role("button", name="Assign to me")).to_be_hidden()


def test_all_matches_are_selected_and_cleared_by_one_key(desk: Page, many: list[Thread]) -> None:
    desk.goto("/?q=from:nora")
    box = desk.get_by_role("checkbox", name="All 70 selected")
    unticked = desk.locator(".pick input:not(:checked)")

    desk.keyboard.press("j")
    desk.keyboard.press("X")
    expect(box).to_be_checked()
    expect(unticked).to_have_count(0)
    desk.get_by_role("link", name="Show more").click()
    expect(row(desk, many[69]).get_by_role("checkbox")).to_be_checked()
    row(desk, many[1]).locator(".pick").click()
    expect(desk.get_by_text("69 selected")).to_be_visible()
    expect(desk.get_by_role("checkbox", name="Select all 70 matches")).not_to_be_checked()
    desk.keyboard.press("X")
    expect(unticked).to_have_count(0)
    desk.keyboard.press("X")

    expect(desk.locator(".pick input:checked")).to_have_count(0)


def test_what_is_open_can_be_closed_and_what_is_closed_reopened(
    desk: Page, many: list[Thread]
) -> None:
    Thread.objects.filter(pk=many[0].pk).update(status="closed")
    desk.goto("/?view=all&q=from:nora")
    close, reopen = (desk.get_by_role("button", name=name) for name in ("Close", "Reopen"))

    row(desk, many[1]).locator(".pick").click()
    expect(close).to_be_visible()
    expect(reopen).to_be_hidden()
    row(desk, many[1]).locator(".pick").click()
    row(desk, many[0]).locator(".pick").click()

    expect(reopen).to_be_visible()
    expect(close).to_be_hidden()


def test_after_a_decision_one_goes_on_below_the_last_row_touched(
    desk: Page, many: list[Thread]
) -> None:
    desk.goto("/?q=from:nora")
    for _time in range(10):
        desk.keyboard.press("j")
        desk.keyboard.press("x")
    expect(desk.get_by_text("10 selected")).to_be_visible()
    desk.keyboard.press("t")

    expect(desk.get_by_text("10 conversations assigned")).to_be_visible()
    expect(row(desk, many[10]).locator(".open")).to_be_focused()
    desk.keyboard.press("j")

    assert in_hand(desk) == str(many[11].pk)
    expect(row(desk, many[11])).to_be_in_viewport()


def test_a_new_tag_is_put_on_by_enter_and_taken_off_again(desk: Page, many: list[Thread]) -> None:
    desk.goto("/?q=from:nora")
    row(desk, many[0]).locator(".pick").click()
    bulk = desk.get_by_role("form", name="Actions for selected conversations")
    bulk.get_by_text("Tag", exact=True).click()
    bulk.get_by_label("Add a tag").fill("fragile")
    bulk.get_by_label("Add a tag").press("Enter")
    expect(desk.get_by_text("1 conversation tagged")).to_be_visible()
    assert [one.name for one in many[0].tags.all()] == ["fragile"]

    row(desk, many[1]).locator(".pick").click()
    bulk.get_by_text("Tag", exact=True).click()
    expect(bulk.get_by_role("button", name="Remove fragile")).to_be_disabled()
    desk.keyboard.press("Escape")
    row(desk, many[0]).locator(".pick").click()
    bulk.get_by_text("Tag", exact=True).click()
    bulk.get_by_role("button", name="Remove fragile").click()

    expect(desk.get_by_text("1 tag removed. 1 is unchanged.")).to_be_visible()
    assert not many[0].tags.exists()


@pytest.mark.parametrize("way", ["link", "back", "key"])
def test_one_comes_back_to_where_one_was(desk: Page, many: list[Thread], way: str) -> None:
    desk.goto("/" if way == "key" else "/?q=from:nora")
    desk.get_by_role("link", name="Show more").click()
    last = row(desk, many[60])
    last.scroll_into_view_if_needed()
    before, number = top_of(last), desk.locator("[data-row]").count()

    last.locator(".open").click()
    desk.wait_for_url(re.compile("T60"))
    if way == "link":
        desk.locator(".list-head a").click()
    elif way == "back":
        desk.go_back()
    else:
        desk.keyboard.press("g")
        desk.keyboard.press("i")

    expect(row(desk, many[60]).locator(".open")).to_be_focused()
    assert abs(top_of(row(desk, many[60])) - before) < 2
    expect(desk.locator("[data-row]")).to_have_count(number)


def test_the_list_starts_at_its_top_after_a_conversation_opened_without_it(
    desk: Page, many: list[Thread]
) -> None:
    desk.goto(f"{many[1].get_absolute_url()}?q=from:nora")

    desk.locator(".list-head a").click()

    expect(row(desk, many[1]).locator(".open")).to_be_focused()
    assert desk.locator("#inbox").evaluate("list => list.scrollTop") == 0


def test_the_list_shows_the_neighbours_of_a_conversation_deep_in_it(
    desk: Page, many: list[Thread]
) -> None:
    desk.goto("/?q=from:nora")
    desk.goto(f"{many[60].get_absolute_url()}?q=from:nora")

    for near in (58, 59, 61, 62):
        expect(row(desk, many[near])).to_be_in_viewport()
    desk.keyboard.press("k")

    desk.wait_for_url(re.compile("T59"))


def test_hits_are_walked_and_left_for_their_list(desk: Page, many: list[Thread]) -> None:
    desk.goto("/search/?q=nora")
    desk.locator(".rows .open").first.click()
    desk.wait_for_url(re.compile("T00"))
    expect(desk.locator(".list [data-row]").nth(1).locator(".open")).to_be_visible()

    desk.keyboard.press("j")
    desk.wait_for_url(re.compile("T01"))
    desk.locator(".list-head a").click()

    desk.wait_for_url(re.compile(r"/search/\?q=nora"))
    expect(row(desk, many[1]).locator(".open")).to_be_focused()


def test_a_filter_is_clicked_saved_counted_and_removed(desk: Page, many: list[Thread]) -> None:
    late = Tag.objects.create(name="Late parcel", is_for_all=True)
    for one in many[:3]:
        one.tags.add(late)
    desk.goto("/search/?q=nora")
    filters = desk.get_by_role("group", name="Filters")

    filters.get_by_text("Tags", exact=True).click()
    filters.get_by_role("link", name="Late parcel").click()
    expect(desk.get_by_role("searchbox", name="Search")).to_have_value('tag:"Late parcel" nora')
    expect(desk.get_by_text("3 conversations")).to_be_visible()
    filters.get_by_text("Save as view").click()
    desk.get_by_label("Save these filters as").fill("Late Nora")
    desk.get_by_role("button", name="Save view").click()

    entry = desk.get_by_role("navigation", name="Desk").get_by_role("link", name="Late Nora")
    expect(entry).to_have_attribute("aria-current", "page")
    expect(entry).to_contain_text("3")
    desk.get_by_label("Remove filter Late parcel").click()
    expect(desk.get_by_text("70 conversations")).to_be_visible()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("where", ["list", "thread"])
def test_every_menu_lies_in_the_window(
    desk: Page, many: list[Thread], size: tuple[int, int], where: str
) -> None:
    Tag.objects.create(name="A tag with a name as long as they come", is_for_all=True)
    width, height = size
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto("/?view=all" if where == "list" else f"{many[0].get_absolute_url()}?view=all")
    looks = 2 if where == "list" else 1

    opened = 0
    for look in range(looks):
        if look:
            row(desk, many[0]).locator(".pick").click()
        for menu in desk.locator("details[data-menu]").all():
            if not menu.locator("summary").first.is_visible():
                continue
            menu.evaluate("menu => { menu.open = true; }")
            box = menu.locator(".menu").first.bounding_box()
            menu.evaluate("menu => { menu.open = false; }")
            assert box, menu.text_content()
            assert box["x"] >= 0, menu.text_content()
            assert box["y"] >= 0, menu.text_content()
            assert box["x"] + box["width"] <= width, menu.text_content()
            assert box["y"] + box["height"] <= height, menu.text_content()
            opened += 1
    assert opened > 2


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("where", ["/?view=all", "thread"])
def test_nothing_jumps_as_a_page_loads(
    desk: Page, many: list[Thread], width: int, where: str
) -> None:
    desk.set_viewport_size({"width": width, "height": 844})
    desk.add_init_script(SHIFTS)

    desk.goto(many[0].get_absolute_url() if where == "thread" else where)
    desk.wait_for_load_state("networkidle")

    assert desk.evaluate("window.shifts") == []


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_beyond_its_own_end(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 844})
    extra = "document.documentElement.scrollHeight - document.documentElement.clientHeight"

    beyond = {}
    for where in ("/", "/profile/", "/canned/", "/notifications/", "/views/", "/drafts/"):
        desk.goto(where)
        beyond[where] = desk.evaluate(extra)

    assert set(beyond.values()) == {0}, beyond


def test_news_waits_while_somebody_has_a_hand_on_the_list(
    desk: Page, many: list[Thread], mirakl: Mirakl, waiting: Thread, settings: Settings
) -> None:
    settings.INBOX_FRESH_SECONDS = 0
    settings.INBOX_DEADLINE_SECONDS = 0.2
    desk.goto("/?view=all")
    mirakl.customer_writes(waiting.mirakl_id, "The news that came late")
    mirakl.fails("M11", latency_ms=1500)

    desk.goto("/?view=all")
    expect(desk.get_by_text("Checking for updates.")).to_be_visible()
    row(desk, many[0]).locator(".pick").click()

    expect(desk.get_by_role("link", name="Refresh list")).to_be_visible()
    expect(row(desk, many[0]).get_by_role("checkbox")).to_be_checked()
