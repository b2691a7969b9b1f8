"""A marketplace is connected from nothing, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from tests.test_browser_accessibility import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_new_marketplace_is_connected_and_read(
    page: Page, sign_in: Callable[[User], None], sandbox: Running
) -> None:
    """Left after the first step, and resumed from the list."""
    sign_in(User.objects.create_superuser("ada"))
    anna = User.objects.create_user("anna", first_name="Anna")

    page.goto("/")
    page.get_by_role("link", name="Connect a marketplace").click()
    page.get_by_label("Name").fill("Maison Verte")
    page.get_by_label("Address", exact=True).fill(sandbox.url)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("API key", exact=True)).to_be_visible()
    page.goto("/connections/")
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("Shop ID").fill("2001")
    page.get_by_label("API key", exact=True).fill("sandbox-shop-maison")
    expect(page.get_by_label("Client secret")).to_be_hidden()
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_text("The connection works.")).to_be_visible()
    expect(page.get_by_role("cell", name="OR11")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    page.get_by_label("Person").select_option("Anna")
    page.get_by_role("button", name="Finish and load history").click()
    expect(page.get_by_text("All loaded")).to_be_visible()

    made = Marketplace.objects.get()
    assert made.threads.count() > 10
    assert list(made.answerers().filter(is_superuser=False)) == [anna]


def test_axe_finds_nothing_while_connecting(
    page: Page, sign_in: Callable[[User], None], maison: Marketplace
) -> None:
    sign_in(User.objects.create_superuser("ada"))
    own = "/connections/maison-verte/"
    paths = ["/connections/", "/connections/new/", own]
    paths += [f"{own}{step}/" for step in ("credentials", "test", "people")]

    assert [found for path in paths for found in look_at(page, path)] == []
