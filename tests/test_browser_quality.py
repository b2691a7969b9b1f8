"""The quality page in a browser: wide and on a phone, in both themes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from inbox.models import Marketplace, Span, Thread, User
from inbox.models.metrics import Metric
from tests.measuring import answered, read_until
from tests.measuring import waiting as waits
from tests.test_browser_accessibility import OPTIONS_OF, PHONE, WIDE, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]


@pytest.fixture
def measured(waiting: Thread) -> Thread:
    """A thread of a marketplace near its limit, with limits for other figures."""
    Span.objects.all().delete()
    limits = [Metric("incident_rate", 0.01, ">=", 0.02, ">"), Metric("grade", None, ">=", 4.9, "<")]
    Marketplace.objects.update(metrics=limits, connected_at=None)
    now = timezone.now()
    read_until(waiting.marketplace, now)
    for day in range(1, 29):
        answered(waiting, now - timedelta(days=day, hours=1), hours=20 + day % 5)
    for hours in (20, 21, 22, 23):
        waits(waiting, now - timedelta(hours=hours))
    return waiting


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_at_any_width_and_in_both_themes(
    size: ViewportSize, theme: str, page: Page, sign_in: SignIn, alice: User, measured: Thread
) -> None:
    sign_in(alice)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")

    page.goto("/quality/")

    card = page.locator('[data-marketplace="maison-verte"]')
    expect(card.get_by_role("heading", name="The last 30 days")).to_be_attached()
    expect(card.get_by_text("If all 4 are answered by").first).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]
    assert complaints(page, f"/quality/ {theme}", OPTIONS_OF[theme]) == []


def test_the_sidebar_leads_to_it(
    page: Page, sign_in: SignIn, alice: User, measured: Thread
) -> None:
    sign_in(alice)
    page.goto("/")

    page.get_by_role("link", name="Quality").click()

    expect(page.get_by_role("heading", name="Quality", level=1)).to_be_visible()
