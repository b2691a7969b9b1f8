"""axe reads every page, in both themes and on a phone, and finds nothing."""

import uuid
from collections.abc import Callable, Iterable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page

from inbox.models import Notification, Reply, SavedView, Tag, Thread
from inbox.services.people import notes, presence
from inbox.services.triage import actions, bulk

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
    "/drafts/",
    "/outbox/",
    "{bulk}",
    "{thread}",
    "{thread}beside/activity/",
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
# What keys open on a page.
OPENED = [
    ("/?view=all", ["j", "x"]),
    ("{thread}", ["s"]),
    ("{thread}", ["l"]),
    ("/?view=all", ["?"]),
    ("/?view=all", ["Control+k"]),
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
    longest: Thread,
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
    actions.assign(waiting, to=alice, by=alice)
    actions.tag(waiting, Tag.objects.create(name="Damaged", colour="orange"), by=alice)
    change = bulk.begin([waiting.pk], verb="closed", by=alice)
    ada = User.objects.create_superuser("ada")
    presence.say(waiting, ada, presence.WRITING)
    addresses = {
        "thread": waiting.get_absolute_url(),
        "note": f"/notes/{note.pk}/",
        "bulk": f"/bulk/{change.pk}/",
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
    for path, keys in OPENED:
        found += look_at(page, path.format(**addresses), keys)
    sign_in(ada)
    found += look_at(page, "/system/")

    assert found == []


def look_at(page: Page, path: str, keys: Iterable[str] = ()) -> list[str]:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    for key in keys:
        page.keyboard.press(key)
    answer = Axe().run(page).response
    return [
        f"{path}: {violation['id']}: {node['html']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
