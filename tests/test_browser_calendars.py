"""An admin sets a marketplace's reply calendar in a browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from inbox.models import Marketplace, User
from inbox.services.marketplaces import platforms
from tests.writing import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_admin_sees_the_holidays_before_they_are_saved(
    page: Page, sign_in: Callable[[User], None], maison: Marketplace
) -> None:
    eventually(lambda: platforms.find_zone(maison))
    sign_in(User.objects.create_superuser("ada"))

    page.goto(reverse("admin:inbox_marketplace_change", args=[maison.pk]))
    expect(page.get_by_label("Public holidays")).to_be_hidden()
    page.get_by_label("Time that counts").select_option("days")
    expect(page.get_by_label("Thursday").nth(1)).to_be_hidden()
    page.get_by_label("Public holidays").select_option("GB-ENG")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Save again if they are right.")).to_be_visible()
    expect(page.get_by_text("Boxing Day").first).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/inbox/marketplace/")

    maison.refresh_from_db()
    assert (maison.calendar_kind, maison.holidays_of) == ("days", "GB-ENG")
    assert maison.calendar_zone == "Europe/Paris"
    assert maison.calendar_version == 2
