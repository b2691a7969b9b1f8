"""Somebody leaves: deactivated, and their work handed over, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Thread, User
from tests.test_browser_accessibility import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_lead_deactivates_somebody_and_hands_over(
    page: Page, sign_in: Callable[[User], None], waiting: Thread, alice: User, bob: User
) -> None:
    Thread.objects.filter(pk=waiting.pk).update(assignee=alice)
    sign_in(bob)

    page.goto("/people/")
    page.get_by_label("Search people").fill("ali")
    page.get_by_role("link", name="alice").click()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_label("Hand over to").select_option("bob")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("1 conversation assigned")).to_be_visible()

    waiting.refresh_from_db()
    alice.refresh_from_db()
    assert (waiting.assignee, alice.is_active) == (bob, False)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone for 1 conversation")).to_be_visible()


def test_axe_finds_nothing_in_the_directory(
    page: Page, sign_in: Callable[[User], None], waiting: Thread, alice: User
) -> None:
    Thread.objects.filter(pk=waiting.pk).update(assignee=alice)
    sign_in(User.objects.create_superuser("ada"))
    own = f"/people/{alice.pk}/"
    group = f"/people/groups/{alice.groups.get().pk}/"
    paths = ["/people/", own, f"{own}hand-over/", "/people/groups/", group]

    assert [found for path in paths for found in look_at(page, path)] == []
