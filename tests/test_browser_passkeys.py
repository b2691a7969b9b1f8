"""Passkeys of a real virtual authenticator in Chromium."""

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django import Settings

from inbox.models import Marketplace, User
from tests.signing_in import PASSWORD

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(page: Page) -> Page:
    """A tab whose browser has an authenticator, as a phone or a laptop has."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
    return page


def log_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/?next=/search/")
    page.get_by_label("Username or email address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add passkey").click()
    page.get_by_label("Name of this passkey").fill("My laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_passkey_is_set_up_on_demand_and_logs_in_alone(
    device: Page, ada: User, maison: Marketplace, settings: Settings
) -> None:
    settings.ADMIN_FACTOR = True
    log_in(device, "ada")
    expect(device.get_by_role("status").filter(has_text="Set one up to go on")).to_be_visible()
    add_passkey(device)
    expect(device).to_have_url("/")
    log_out(device)

    device.goto("/accounts/login/?next=/search/")
    device.get_by_role("button", name="Log in with a passkey").click()

    expect(device).to_have_url("/search/")
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_passkey_is_the_second_step_and_confirms(
    device: Page, ada: User, maison: Marketplace, settings: Settings
) -> None:
    log_in(device, "ada")
    device.goto("/accounts/2fa/")
    add_passkey(device)
    log_out(device)

    log_in(device, "ada")
    device.get_by_role("button", name="Use your passkey").click()
    expect(device).to_have_url("/search/")

    settings.ASK_AGAIN_SECONDS = -1
    device.goto("/accounts/2fa/totp/activate/")
    settings.ASK_AGAIN_SECONDS = 300
    device.get_by_role("button", name="Use your passkey").click()
    expect(device.get_by_role("img", name="QR code")).to_be_visible()


def test_a_passkey_belongs_to_the_desks_own_name(
    device: Page, ada: User, maison: Marketplace, settings: Settings, live_server: "LiveServer"
) -> None:
    settings.DESK_URL = "https://desk.example"
    log_in(device, "ada")
    device.goto("/accounts/2fa/")
    expect(device.get_by_text("A passkey works on desk.example only.")).to_be_visible()
    device.get_by_role("link", name="Add passkey").click()

    device.get_by_role("button", name="Add passkey").click()

    expect(device.get_by_role("alert")).to_contain_text("The passkey didn't work")
