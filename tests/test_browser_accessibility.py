"""axe checks every page in both themes and on a phone, and finds no violation."""

import uuid
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize
from pytest_django import Settings

from inbox.models import Notification, Outgoing, SavedView, Tag, Thread, User
from inbox.services.people import notes, presence
from inbox.services.search import thread_list
from inbox.services.triage import bulk
from inbox.services.triage.assign import assign_thread
from inbox.services.triage.tags import tag_thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]

# Page groups: URLs, and the keys that open more on a page.
GROUPS: dict[str, list[tuple[str, str]]] = {
    "lists": [
        ("/?view=all", ""),
        ("/?view=all&q=zzzz", ""),
        ("/search/?q=le", ""),
        ("/search/?q=zzzz", ""),
        ("/?view=all", "j x"),
        ("/?view=all&sort=effect", ""),
        ("/?view=all", "?"),
        ("/?view=all", "Control+k"),
    ],
    "ones own": [
        ("/thanks/", ""),
        ("/views/", ""),
        ("/canned/", ""),
        ("/canned/new/", ""),
        ("/drafts/", ""),
        ("/outbox/", ""),
        ("{bulk}", ""),
        ("/notifications/", ""),
        ("/profile/", ""),
        ("/accounts/password/", ""),
        ("/accounts/2fa/", ""),
        ("/accounts/2fa/totp/activate/", ""),
        ("/accounts/sessions/", ""),
    ],
    "conversations": [
        ("{thread}", ""),
        ("{thread}related/activity/", ""),
        ("{thread}?topic=1", ""),
        ("{thread}?mode=note", ""),
        ("{thread}", "s"),
        ("{thread}", "l"),
        ("{note}", ""),
        ("{long}", ""),
    ],
    "orders and marketplaces": [
        ("{order}", ""),
        ("{order}threads/new/", ""),
        ("{order}documents/new/", ""),
        ("/threads/new/", ""),
        ("/marketplaces/maison-verte/", ""),
        ("/marketplaces/maison-verte/history/", ""),
        ("/marketplaces/maison-verte/threads/new/", ""),
        ("/legacy/maison-verte/messages/", ""),
        ("/quality/", ""),
        ("/quality/maison-verte/", ""),
    ],
}
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Checks that depend on the theme; all other checks are the same in both.
# Axe loads imported sheets into inline styles, which the content security policy refuses.
OPTIONS = {**DEFAULT_OPTIONS, "preload": False}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], **OPTIONS}
OPTIONS_OF = {"light": OPTIONS, "dark": COLOURS}
Addresses = dict[str, str]


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are alike, and axe takes its time for each."""
    monkeypatch.setattr(thread_list, "PAGE_SIZE", 10)


@pytest.fixture
def addresses(alice: User, ada: User, longest: Thread, waiting: Thread) -> Addresses:
    """Returns the URLs of a desk with some of everything."""
    alice.set_password("a good one")
    alice.save()
    Outgoing.objects.create(
        marketplace=waiting.marketplace,
        thread=waiting,
        body="Not sent",
        state="failed",
        settled_at=timezone.now(),
        author=alice,
    )
    SavedView.objects.create(owner=alice, name="Late ones", query="view=all")
    note = notes.add(waiting, token=uuid.uuid4(), body="@alice, see https://a.example", by=alice)
    Notification.objects.create(user=alice, thread=waiting, kind="assigned")
    assign_thread(waiting, to=alice, by=alice)
    tag_thread(waiting, Tag.objects.create(name="Damaged", colour="orange"), by=alice)
    change = bulk.begin([waiting.pk], verb="closed", by=alice)
    presence.record_presence(waiting, ada, presence.WRITING)
    return {
        "thread": waiting.get_absolute_url(),
        "note": f"/notes/{note.pk}/",
        "bulk": f"/bulk/{change.pk}/",
        "long": longest.get_absolute_url(),
        "order": waiting.order_url,
    }


@pytest.mark.parametrize("group", GROUPS)
def test_axe_finds_nothing(
    group: str, page: Page, sign_in: SignIn, alice: User, addresses: Addresses
) -> None:
    sign_in(alice)

    found = [look_at(page, path.format(**addresses), *keys.split()) for path, keys in GROUPS[group]]

    assert list(chain(*found)) == []


def test_axe_finds_nothing_at_the_entrance(page: Page, settings: Settings) -> None:
    settings.SENDS_MAIL, settings.DESK_URL = True, "https://desk.example"
    ends = ["login/", "password/reset/", "password/reset/sent/", "password/reset/1-2/"]

    assert list(chain(*[look_at(page, f"/accounts/{end}") for end in ends])) == []


def test_axe_finds_nothing_on_the_pages_of_superusers(
    page: Page, sign_in: SignIn, ada: User, addresses: Addresses
) -> None:
    sign_in(ada)

    assert look_at(page, "/system/") == []
    assert look_at(page, "/audit/") == []
    assert look_at(page, "/privacy/") == []


def look_at(page: Page, path: str, *keys: str) -> list[str]:
    """Returns axe's violations in both themes and on a phone."""
    show(page, path, *keys)
    found = complaints(page, f"{path} light")
    page.emulate_media(color_scheme="dark")
    found += complaints(page, f"{path} dark", COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    return found + complaints(page, f"{path} on a phone")


def show(page: Page, path: str, *keys: str) -> None:
    page.set_viewport_size(WIDE)
    # Wait for colour transitions to end.
    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    for key in keys:
        page.keyboard.press(key)


def complaints(page: Page, where: str, options: dict[str, Any] = OPTIONS) -> list[str]:
    # A page keeps the script until the next one is loaded.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [
        f"{where}: {violation['id']}: {node['html']}"
        for violation in violations
        for node in violation["nodes"]
    ]
