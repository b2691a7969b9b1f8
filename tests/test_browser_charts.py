"""Charts in a browser: both themes, wide and on a phone."""

from collections.abc import Callable
from itertools import chain
from typing import Literal

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from inbox.models import User
from tests.test_browser_accessibility import PHONE, WIDE, complaints

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
        page.goto("/charts/")
        for table in page.locator("summary").all():
            table.click()
        found.append(complaints(page, f"{theme} {size}"))

    assert list(chain(*found)) == []
