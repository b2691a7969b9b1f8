"""Connecting a marketplace asks only for the fields of its role."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import Marketplace, MirrorState, User

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADD = "admin:inbox_marketplace_add"
SHOPS_ONLY = ("shop_id", "copies_operator", "discourages_operator_copy")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada")


def page_of(client: Client, admin: User, marketplace: Marketplace) -> str:
    client.force_login(admin)
    # After conversations have been read, the role can't change.
    MirrorState.objects.update(high_water_at=timezone.now())
    page = client.get(reverse("admin:inbox_marketplace_change", args=[marketplace.pk]))
    return page.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_asks_for_what_the_role_needs(
    page: "Page", sign_in: Callable[..., None], admin: User
) -> None:
    sign_in(admin)
    page.goto(reverse(ADD))
    token, key = page.get_by_label("Token:"), page.get_by_label("API key:", exact=True)
    shop, copies = page.locator(".field-shop_id"), page.locator(".field-copies_operator")

    assert (key.is_visible(), token.is_visible()) == (True, False)
    assert (shop.is_visible(), copies.is_visible()) == (True, True)
    page.get_by_label("Type of credentials:").select_option("bearer")
    assert (key.is_visible(), token.is_visible()) == (False, True)
    page.get_by_label("Role:").select_option("operator")
    assert (shop.is_visible(), copies.is_visible()) == (False, False)
    page.get_by_label("Type of credentials:").select_option("oauth")
    assert page.get_by_label("Client secret:").is_visible()
    assert not token.is_visible()


def test_an_operators_page_has_nothing_of_a_shops(
    client: Client, admin: User, maison_operator: Marketplace
) -> None:
    page = page_of(client, admin, maison_operator)

    assert [name for name in SHOPS_ONLY if f"field-{name}" in page] == []


def test_a_sellers_page_has(client: Client, admin: User, maison: Marketplace) -> None:
    page = page_of(client, admin, maison)

    assert [name for name in SHOPS_ONLY if f"field-{name}" in page] == list(SHOPS_ONLY)


def test_an_admin_says_where_the_back_office_shows_a_conversation(
    client: Client, admin: User, maison: Marketplace
) -> None:
    page = page_of(client, admin, maison)

    assert 'name="back_office_thread_url"' in page
