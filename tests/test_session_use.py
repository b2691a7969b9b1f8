"""Sessions end in time, are listed with their use, and ended one or all."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from inbox.live.visitors import find_visitors
from inbox.models import Marketplace, SessionUse, User
from inbox.pages.devices import describe_device
from inbox.services.people import sessions
from tests.builders import text_of
from tests.html import Page
from tests.test_page_queries import counted

pytestmark = pytest.mark.django_db

LIST, OTHERS = "/accounts/sessions/", "/accounts/sessions/end/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def browser(user: User, agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.force_login(user)
    client.get("/profile/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/notifications/").status_code == 200


def wait_for(**span: int) -> None:
    """Moves all sessions into the past; Django's own end stays ahead."""
    ago = timedelta(**span)
    SessionUse.objects.update(began_at=F("began_at") - ago, last_used_at=F("last_used_at") - ago)


def test_without_use_it_ends_after_four_hours(alice: User, maison: Marketplace) -> None:
    client = browser(alice)
    wait_for(hours=3, minutes=59)
    assert is_in(client)
    wait_for(hours=4, minutes=1)

    assert not is_in(client)


def test_polls_of_an_open_page_are_no_use(alice: User, maison: Marketplace) -> None:
    client = browser(alice)
    wait_for(hours=3)

    client.get("/notifications/bell/")
    client.get("/changes/")
    client.post("/profile/zone/", {"time_zone": "Europe/Paris"})
    wait_for(hours=1, minutes=1)

    assert not is_in(client)


def test_in_steady_use_it_ends_after_twelve_hours_sharp(alice: User, maison: Marketplace) -> None:
    client = browser(alice)
    for _ in range(4):
        wait_for(hours=2, minutes=59)
        assert is_in(client)
        # Writing to the session moves Django's own end, not this one.
        client.post("/accounts/reauthenticate/", {"password": "a guess"})
        session = client.session
        session["something"] = str(timezone.now())
        session.save()
    wait_for(minutes=5)

    assert not is_in(client)


def test_the_idle_limit_can_be_switched_off(
    alice: User, maison: Marketplace, settings: Settings
) -> None:
    settings.IDLE_SECONDS = 0
    client = browser(alice)
    wait_for(hours=11)

    assert is_in(client)


def test_the_live_channel_ends_with_it(alice: User, maison: Marketplace) -> None:
    key = browser(alice).session.session_key or ""
    assert key in find_visitors([key])

    wait_for(hours=4, minutes=1)

    assert key not in find_visitors([key])


def test_its_use_is_written_at_most_once_a_minute(alice: User, maison: Marketplace) -> None:
    client = browser(alice)
    with counted() as statements:
        client.get("/profile/")
    assert not [one for one in statements if "inbox_sessionuse" in one and "UPDATE" in one]

    wait_for(minutes=2)
    with counted() as statements:
        client.get("/profile/")

    assert len([one for one in statements if one.startswith('UPDATE "inbox_sessionuse"')]) == 1


def test_the_page_lists_ones_own(alice: User, bob: User, maison: Marketplace) -> None:
    here = browser(alice)
    browser(alice, agent="", address="198.51.100.7")
    browser(bob, address="203.0.113.3")

    page = Page(text_of(here.get(LIST)))

    assert page.texts("strong") == ["Firefox, Windows", "Unknown device"] or page.texts(
        "strong"
    ) == ["Unknown device", "Firefox, Windows"]
    assert page.texts("span", css_class="chip") == ["this one"]
    text = page.text
    assert "198.51.100.7" in text
    assert "203.0.113.3" not in text


def test_one_is_ended(alice: User, maison: Marketplace) -> None:
    here, there = browser(alice), browser(alice)
    use = SessionUse.objects.get(session=there.session.session_key)

    here.post(f"/accounts/sessions/{use.pk}/end/")

    assert (is_in(here), is_in(there)) == (True, False)


def test_all_others_are_ended(alice: User, bob: User, maison: Marketplace) -> None:
    here, there, theirs = browser(alice), browser(alice), browser(bob)

    here.post(OTHERS)

    assert (is_in(here), is_in(there), is_in(theirs)) == (True, False, True)


def test_a_colleagues_stays(alice: User, bob: User, maison: Marketplace) -> None:
    here, theirs = browser(alice), browser(bob)
    use = SessionUse.objects.get(session=theirs.session.session_key)

    here.post(f"/accounts/sessions/{use.pk}/end/")

    assert is_in(theirs)


def test_what_has_ended_is_swept(alice: User, maison: Marketplace) -> None:
    browser(alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))

    sessions.sweep()

    assert not SessionUse.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) Version/17.1 Safari/605.1.15",
            "Safari, macOS",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_described(user_agent: str, words: str) -> None:
    assert describe_device(user_agent) == words
