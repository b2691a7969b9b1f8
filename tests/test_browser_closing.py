"""Closing by key asks first if the reply clock runs; times follow the browser's zone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from inbox.models import Marketplace, Thread, User
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def counting(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> Thread:
    """Alice's tab with an overdue conversation."""
    sign_in(alice)
    page.goto("/?view=all")
    found = Thread.objects.filter(due_at__isnull=False, entity_type="MMP_ORDER")[0]
    due = timezone.now() - timedelta(hours=2)
    Thread.objects.filter(pk=found.pk).update(due_at=due, read_at=timezone.now())
    page.goto(f"{found.get_absolute_url()}?view=breaching")
    return found


def test_a_key_asks_and_escape_leaves_it_open(page: Page, counting: Thread) -> None:
    page.keyboard.press("e")
    question = page.locator(".refusal")
    expect(question).to_contain_text("Closing doesn't stop it")
    expect(page.get_by_role("button", name="Close anyway")).to_be_focused()

    page.keyboard.press("Escape")

    expect(question).to_have_count(0)
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_focused()
    assert Thread.objects.get(pk=counting.pk).status == "open"


def test_it_is_closed_by_a_second_key_and_stays_in_sight(page: Page, counting: Thread) -> None:
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Close anyway")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(".thread-head .chip", has_text="Closed")).to_be_visible()
    page.goto("/?view=breaching")
    row = page.locator(f".row:has([href^='{counting.get_absolute_url()}'])")
    expect(row.locator(".chip", has_text="Closed")).to_be_visible()


PRESS_AT_ONCE = """document.addEventListener("htmx:afterSwap", () => queueMicrotask(() => {
    document.addEventListener("submit", (event) => {
        document.body.dataset.stays = event.defaultPrevented;
        event.preventDefault();
    });
    document.getElementById("triage-status").click();
}), { once: true })"""


def test_a_key_pressed_as_the_answer_comes_leaves_the_page_in_place(
    page: Page, counting: Thread
) -> None:
    page.evaluate(PRESS_AT_ONCE)

    page.keyboard.press("e")

    expect(page.locator("body")).to_have_attribute("data-stays", "true")


def test_it_may_be_snoozed_instead(page: Page, counting: Thread) -> None:
    page.keyboard.press("e")
    page.locator(".refusal summary").click()
    page.locator(".refusal [name=snooze]").last.click()
    page.get_by_role("button", name="Snooze anyway").click()

    expect(page.locator(".thread-head").get_by_role("button", name="End snooze")).to_be_visible()
    assert Thread.objects.get(pk=counting.pk).is_snoozed


def test_a_snooze_past_the_deadline_may_be_dropped(page: Page, counting: Thread) -> None:
    page.locator("#triage-snooze").click()
    page.locator(".triage [name=snooze]").last.click()
    page.get_by_role("link", name="Don't snooze").click()

    expect(page.locator(".refusal")).to_have_count(0)
    expect(page.locator("#triage-snooze")).to_be_focused()
    assert not Thread.objects.get(pk=counting.pk).is_snoozed


def test_what_is_being_typed_is_told_of(page: Page, counting: Thread) -> None:
    Thread.objects.filter(pk=counting.pk).update(due_at=None)
    page.get_by_label("Your reply").fill("Half a sent")
    page.get_by_role("button", name="Close", exact=True).click()

    expect(page.locator(".refusal")).to_contain_text(
        "an unsent draft or reply here. It will be kept."
    )
    expect(page.get_by_label("Your reply")).to_have_value("Half a sent")


# -- zones --------------------------------------------------------------------


def move_to(page: Page, zone: str) -> None:
    """Moves the browser to another time zone."""
    page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": zone})


def offer(page: Page) -> Locator:
    return page.locator("#zone")


def test_the_first_page_takes_the_browsers_zone(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    sign_in(alice)
    move_to(page, "America/New_York")

    page.goto("/?view=all")

    expect(offer(page)).to_have_attribute("data-zone", "America/New_York")
    expect(offer(page)).to_be_hidden()
    expect(page.locator(".row time").first).to_have_attribute("title", re.compile("New York"))


def test_a_browser_that_has_moved_is_asked_about_once(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Madrid")
    sign_in(alice)
    move_to(page, "Europe/Lisbon")

    page.goto("/profile/")
    expect(offer(page)).to_contain_text(
        "Your browser uses Europe/Lisbon time. Helpdesk uses Madrid time."
    )
    page.get_by_role("button", name="Keep Madrid time").click()
    expect(offer(page)).to_have_count(0)
    page.reload()
    expect(offer(page)).to_have_attribute("data-settled", "Europe/Lisbon Europe/Madrid")
    expect(page.locator("#zone [name=time_zone]")).to_have_value("Europe/Lisbon")
    expect(offer(page)).to_be_hidden()


def test_a_browser_that_has_moved_is_followed_when_somebody_says_so(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Madrid")
    sign_in(alice)
    move_to(page, "America/New_York")

    page.goto("/profile/")
    page.get_by_role("button", name="Use New York time").click()

    expect(offer(page)).to_have_attribute("data-zone", "America/New_York")
    expect(offer(page)).to_be_hidden()


def test_a_zone_whose_clocks_are_the_same_is_not_offered(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Kolkata")
    sign_in(alice)
    move_to(page, "Asia/Calcutta")

    page.goto("/profile/")

    expect(offer(page)).to_have_count(0)
