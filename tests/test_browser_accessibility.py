"""axe reads every page, in both themes and on a phone, and finds nothing."""

import uuid
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page

from inbox.models import Notification, Reply, SavedView, Thread
from inbox.services import notes, presence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/accounts/login/",
    "/?view=all",
    "/?view=all&q=zzzz",
    "/search/?q=le",
    "/search/?q=zzzz",
    "/thanks/",
    "/views/",
    "/canned/",
    "/canned/new/",
    "{thread}",
    "{thread}?topic=1",
    "{thread}?mode=note",
    "{note}",
    "/notifications/",
    "/profile/",
    "/profile/password/",
    "{long}",
    "{order}",
    "{order}threads/new/",
    "{order}documents/new/",
    "/threads/new/",
    "/marketplaces/maison-verte/",
    "/marketplaces/maison-verte/history/",
    "/marketplaces/maison-verte/threads/new/",
    "/legacy/maison-verte/messages/",
]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize(
    ("theme", "size"), [("light", "wide"), ("dark", "wide"), ("light", "phone")]
)
def test_axe_finds_nothing(
    theme: str,
    size: str,
    page: Page,
    sign_in: Callable[[User], None],
    alice: User,
    waiting: Thread,
) -> None:
    Reply.objects.create(
        marketplace=waiting.marketplace,
        thread=waiting,
        body="Not sent",
        state="failed",
        author=alice,
    )
    SavedView.objects.create(owner=alice, name="Late ones", query="view=all")
    note = notes.add(waiting, token=uuid.uuid4(), body="@alice, see https://a.example", by=alice)
    Notification.objects.create(user=alice, thread=waiting, kind="assigned")
    presence.say(waiting, User.objects.create_superuser("ada"), presence.WRITING)
    longest = Thread.objects.order_by("-message_count")[0]
    addresses = {
        "thread": waiting.get_absolute_url(),
        "note": f"/notes/{note.pk}/",
        "long": longest.get_absolute_url(),
        "order": waiting.order_url,
    }
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    found = look_at(page, PAGES[0])
    sign_in(alice)

    for path in PAGES[1:]:
        found += look_at(page, path.format(**addresses))

    assert found == []


def look_at(page: Page, path: str) -> list[str]:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    answer = Axe().run(page).response
    return [
        f"{path}: {violation['id']}: {node['html']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
