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


def test_somebody_is_invited_and_comes_in(
    page: Page, sign_in: Callable[[User], None], waiting: Thread, bob: User
) -> None:
    sign_in(bob)
    looks = look_at(page, "/people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Email").fill("nia@team.example")
    page.get_by_label("Maison Verte").first.check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("nia is invited.")).to_be_visible()
    mine = page.url
    page.get_by_role("button", name="Show the link once").click()
    link = page.get_by_label("Link").input_value()
    looks += [*look_at(page, "/people/new/"), *look_at(page, mine), *look_at(page, link)]

    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("nia@team.example")).to_be_visible()
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("New password", exact=True).fill("much better 1")
    page.get_by_label("New password again").fill("much better 1")
    page.get_by_role("button", name="Save and log in").click()

    expect(page).to_have_url("/")
    assert User.objects.get(email="nia@team.example").first_name == "Nia"
    looks += look_at(page, link)
    assert looks == []
