"""Reports in a browser: both themes, wide and on a phone."""

from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from inbox.models import Marketplace, MirrorState, User
from inbox.services.insight import rolled, rollups
from tests.reporting import new_thread, wait
from tests.test_browser_accessibility import OPTIONS_OF, PHONE, WIDE, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
HOUR = 3600


@pytest.fixture
def weeks(maison: Marketplace, alice: User, bob: User, sign_in: SignIn) -> None:
    """Five weeks of waits, and a lead who signs in."""
    MirrorState.objects.update(refreshed_at=timezone.now())
    now = timezone.now()
    for number in range(200):
        asked = now - timedelta(hours=number * 4.3 + number % 7)
        wait(
            maison,
            asked,
            None if number % 23 == 1 else number * 1234 % (30 * HOUR),
            author=None if number % 23 == 1 else [alice, bob, None][number % 3],
            asker="OPERATOR" if number % 5 == 0 else "CUSTOMER",
            topic=["Where is my order?", "Return", ""][number % 3],
            language=["fr", "de", ""][number % 3],
            thread=new_thread(maison, asked),
        )
    sign_in(bob)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("weeks")
def test_axe_finds_nothing_on_reports(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found: list[list[str]] = []
    pages = (
        *(("overview", WIDE), ("volume", PHONE), ("time", WIDE), ("team", PHONE)),
        *(("resolution", PHONE), ("canned", WIDE), ("delivery", PHONE)),
    )
    for name, size in pages:
        page.set_viewport_size(size)
        page.goto(f"/reports/{name}/")
        expect(page.locator("#report")).to_be_visible()
        found.append(complaints(page, f"{name} {theme} {size}", OPTIONS_OF[theme]))

    assert list(chain(*found)) == []


@pytest.mark.usefixtures("weeks")
def test_a_figure_leads_to_its_rows_and_back(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Reports").click()
    figure = page.locator("[data-metric='answered_count']").first
    shown = figure.inner_text()

    figure.click()

    expect(page.locator("[data-total]")).to_have_text(shown)
    page.get_by_role("link", name="Back to the report").click()
    expect(page.locator("[data-metric='answered_count']").first).to_have_text(shown)


@pytest.mark.usefixtures("weeks")
def test_a_printed_report_says_how_its_figures_are_counted(page: Page) -> None:
    page.goto("/reports/overview/")
    definition = page.locator(".report-figure p", has_text="Waits that a reply of this period")
    expect(definition).to_be_hidden()

    page.emulate_media(media="print")

    expect(definition).to_be_visible()


@pytest.mark.usefixtures("weeks")
def test_filters_are_in_the_address(page: Page) -> None:
    page.goto("/reports/time/")

    page.get_by_text("Who waited", exact=True).first.click()
    page.get_by_role("checkbox", name="Operator").check()
    page.get_by_role("button", name="Show").click()

    expect(page.locator("[data-metric='reply_seconds_p50']").first).to_be_visible()
    assert "asker=OPERATOR" in page.url
    assert "asker=CUSTOMER" not in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("weeks")
def test_a_long_report_is_readable_and_its_figures_follow(
    page: Page, theme: Literal["light", "dark"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolled, "EXACT_SPANS", 0)
    rollups.keep()
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    today = timezone.now().date()
    year = f"from={today - timedelta(days=364)}&to={today}"
    found: list[list[str]] = []
    for name, size in (("time", WIDE), ("time", PHONE), ("team", PHONE)):
        page.set_viewport_size(size)
        page.goto(f"/reports/{name}/?{year}")
        expect(page.locator("#report-figures")).to_be_visible()
        found.append(complaints(page, f"{name} {theme} {size}"))

    assert list(chain(*found)) == []
    expect(page.locator(".report-later")).to_have_count(0)
    assert "whole" not in page.url
