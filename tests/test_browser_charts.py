"""Charts in a browser: both themes, wide and on a phone."""

from collections.abc import Callable
from itertools import chain
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from inbox.models import User
from tests.browser import log_in, until
from tests.test_browser_accessibility import OPTIONS_OF, PHONE, WIDE, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]


@pytest.fixture(autouse=True)
def sample(settings: Settings, sign_in: SignIn, alice: User, page: Page) -> None:
    settings.ROOT_URLCONF = "tests.chart_pages"
    sign_in(alice)
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_charts(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    found: list[list[str]] = []
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        # All rows of the long table are alike, and axe takes its time for each.
        page.goto("/charts/?hours=96")
        for table in page.locator("summary").all():
            table.click()
        found.append(complaints(page, f"{theme} {size}", OPTIONS_OF[theme]))

    assert list(chain(*found)) == []


def test_a_timeline_follows_the_pointer_the_width_and_the_theme(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/charts/")
    canvas = page.locator("[data-timeline=drawn] canvas")
    page.locator("[data-canvas] .u-over").hover()
    expect(page.locator("[data-said]")).to_contain_text("November")
    light, wide = picture(page), canvas.bounding_box()

    page.emulate_media(color_scheme="dark")
    until(page, lambda: picture(page) != light)
    page.set_viewport_size(PHONE)

    until(page, lambda: width_of(canvas) == width_of(page.locator("[data-timeline] .plot > svg")))
    assert wide
    assert width_of(canvas) < wide["width"]


def picture(page: Page) -> str:
    drawn: str = page.locator("[data-timeline] canvas").evaluate("one => one.toDataURL()")
    return drawn


def width_of(element: Locator) -> int:
    box = element.bounding_box()
    return int(box["width"]) if box else 0


def test_a_chart_prints_light_with_its_drawing(page: Page) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.goto("/charts/")
    words = page.locator("[data-shape=lying] .words").first

    expect(words).to_have_css("fill", "rgb(89, 97, 110)")
    expect(page.locator("[data-timeline=drawn] .drawing")).to_be_visible()
    expect(page.locator("[data-canvas]")).to_be_hidden()


def test_without_javascript_the_drawing_of_the_server_stays(
    _browser: Browser,  # noqa: PT019  the fixture's value
    live_server: LiveServer,
    alice: User,
) -> None:
    context = _browser.new_context(base_url=live_server.url, java_script_enabled=False)
    tab = context.new_page()
    log_in(tab, live_server, alice)
    tab.goto("/charts/")

    expect(tab.locator("[data-timeline] .drawing")).to_be_visible()
    tab.get_by_text("Show as table").first.click()
    expect(tab.get_by_role("cell", name="18", exact=True).first).to_be_visible()
    context.close()
