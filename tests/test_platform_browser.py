"""Signing in, as a person does it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect


@pytest.mark.browser
def test_it_signs_a_person_in_and_out(page: Page, alice: User) -> None:
    alice.set_password("a good one")
    alice.save(update_fields=["password"])

    page.goto("/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill("a good one")
    page.keyboard.press("Enter")

    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()


@pytest.mark.browser
def test_it_knows_who_was_signed_in(
    page: Page, sign_in: Callable[[User], None], alice: User
) -> None:
    sign_in(alice)

    page.goto("/")

    expect(page).not_to_have_url("**/login/**")
