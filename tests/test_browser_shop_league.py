"""An operator's shops and the messages to them in a browser: two widths, both themes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from inbox.models import Marketplace, Outgoing, User
from tests.builders import works_on
from tests.measuring import read_until
from tests.shops import LEAGUE, NOW, make_shops
from tests.test_browser_accessibility import PHONE, WIDE, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]


@pytest.fixture
def lead(page: Page, sign_in: SignIn, maison_operator: Marketplace, alice: User) -> Page:
    make_shops(maison_operator)
    works_on(maison_operator, alice, role="lead")
    read_until(maison_operator, NOW)
    sign_in(alice)
    return page


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_they_can_be_read_at_any_width_and_in_both_themes(
    size: ViewportSize, theme: str, lead: Page
) -> None:
    lead.set_viewport_size(size)
    lead.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")

    for path in ("", "nudge/?shop=2002&shop=2001", "waits/?shop=2002&waits=silent"):
        lead.goto(LEAGUE + path)
        assert lead.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert complaints(lead, f"{path} {theme}") == []


def test_a_lead_writes_to_a_silent_shop(lead: Page) -> None:
    lead.goto("/quality/")
    lead.get_by_role("link", name="Shops of").click()
    lead.get_by_label("Jardin").check()
    lead.get_by_role("button", name="Write to the chosen shops").click()

    lead.get_by_label("Topic").fill("Unanswered customers")
    lead.get_by_label("Message", exact=True).fill("Please answer today.")
    lead.get_by_role("button", name="Send the chosen messages").click()

    expect(lead.get_by_text("1 message is on its way.")).to_be_visible()
    expect(lead.get_by_text("already wrote to this shop")).to_be_visible()
    assert Outgoing.objects.get().body == "Please answer today."
