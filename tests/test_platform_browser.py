"""Signing in with a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inbox.models import Marketplace, User


@pytest.mark.browser
def test_it_signs_a_person_in_and_out(page: Page, alice: User) -> None:
    alice.set_password("a good one")
    alice.save(update_fields=["password"])

    page.goto("/")
    page.get_by_label("Username").fill("alice")
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


SET_AS_SCRIPT = """() => {
  try { document.createElement("script").src = "/static/js/desk.js"; } catch (e) { return e.name; }
  return "set";
}"""


@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_no_text_becomes_a_script(
    page: Page, sign_in: Callable[[User], None], maison: Marketplace, path: str
) -> None:
    sign_in(User.objects.create_superuser("root"))
    # The `page` fixture fails on a policy violation, and this test causes one on purpose.
    tab = page.context.new_page()
    tab.goto(path)

    assert tab.evaluate(SET_AS_SCRIPT) == "TypeError"
    assert tab.evaluate("document.createElement('p').innerHTML = '<b>an element</b>'")


def test_the_administrations_own_scripts_work(
    page: Page, sign_in: Callable[[User], None], maison: Marketplace
) -> None:
    sign_in(User.objects.create_superuser("root"))
    page.goto("/admin/inbox/cannedreply/add/")

    page.locator("#id_owner + .select2").click()
    page.locator(".select2-search__field").fill("root")
    page.locator(".select2-results__option", has_text="root").click()

    expect(page.locator("#id_owner + .select2")).to_contain_text("root")
    expect(page.locator(".selector-available").first).to_be_visible()
