"""Reply clocks advance while a page is open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from inbox.models import Marketplace, Thread, User
from tests.writing import Mirakl

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def inbox(
    page: Page, sign_in: Callable[[User], None], alice: User, maison: Marketplace, mirakl: Mirakl
) -> Page:
    """Alice's list with the browser's clock at noon, and one clock that turns amber in an hour."""
    now = timezone.now()
    Thread.objects.create(
        marketplace=maison,
        mirakl_id="T1",
        customer_name="Sam Sample",
        last_message_at=now,
        due_at=now + timedelta(hours=5, seconds=30),
    )
    sign_in(alice)
    page.clock.install(time="2020-01-01T12:00:00Z")
    page.goto("/?view=all&sort=newest")
    return page


def test_a_pill_turns_amber_and_red_without_a_reload(inbox: Page) -> None:
    row = inbox.locator(".row", has_text="Sam Sample")
    pill = row.locator(".pill")
    expect(pill).to_have_text("5h", use_inner_text=True)
    expect(row).to_have_attribute("data-clock", "running")

    inbox.clock.fast_forward("01:10:00")
    expect(pill).to_have_text("3h 50m", use_inner_text=True)
    expect(row).to_have_attribute("data-clock", "soon")

    inbox.clock.fast_forward("04:10:00")
    expect(pill).to_have_text("Overdue 19m", use_inner_text=True)
    expect(pill).to_have_attribute("data-state", "overdue")
    expect(row).to_have_attribute("data-clock", "overdue")
