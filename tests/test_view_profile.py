"""Personal settings and their effect."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from inbox import dates
from inbox.models import Draft, Marketplace, Signature, User
from tests.builders import HTMX, post_reply, text_of, waiting_on
from tests.html import Page
from tests.writing import Mirakl


def settings_form(**changes: Any) -> dict[str, Any]:
    form = {
        "first_name": "Alice",
        "last_name": "Arnaud",
        "language": "",
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "density": "compact",
        "undo_seconds": "12",
        "after_sending": "next",
        "notices": ["mentioned-desk", "mentioned-browser"],
    }
    return form | changes


def test_it_saves_everything_and_shows_it(agent: Client, alice: User, maison: Marketplace) -> None:
    sign = {f"signature_{maison.pk}": "Alice\nMaison Verte"}

    response = agent.post("/profile/", settings_form(**sign))

    alice = User.objects.get(pk=alice.pk)
    page = text_of(agent.get("/profile/"))
    assert response["Location"] == "/profile/"
    assert (alice.get_full_name(), alice.undo_seconds, alice.has_shortcuts) == (
        *("Alice Arnaud", 12, False),
    )
    assert (alice.hears("mentioned"), alice.hears("failed")) == (["desk", "browser"], [])
    assert Signature.objects.get().text == "Alice\nMaison Verte"
    assert 'data-theme="dark" data-density="compact" data-shortcuts="off"' in page
    assert "Your settings were saved." in page


@pytest.mark.parametrize(
    "wrong", [{"undo_seconds": "31"}, {"time_zone": "Mars/Base"}, {"language": "xx"}]
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    agent: Client, alice: User, wrong: dict[str, str]
) -> None:
    response = agent.post("/profile/", settings_form(**wrong))

    alice.refresh_from_db()
    assert response.status_code == 422
    assert alice.first_name == ""
    assert 'class="error"' in text_of(response)


def test_what_is_wrong_does_not_change_the_page_around_it(agent: Client, alice: User) -> None:
    page = text_of(agent.post("/profile/", settings_form(undo_seconds="31")))

    assert 'data-theme="system" data-density="comfortable"' in page
    assert '<span class="label" dir="auto">alice<' in page


def test_settings_are_read_with_the_user(agent: Client, maison: Marketplace) -> None:
    with CaptureQueriesContext(connection) as asked:
        agent.get("/profile/")

    assert sum('FROM "inbox_user" ' in one["sql"] for one in asked) == 1


def test_saving_settings_leaves_the_rest_of_a_user_alone(agent: Client, alice: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        agent.post("/profile/", settings_form())

    (update,) = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "inbox_user"')]
    assert "password" not in update
    assert "is_superuser" not in update


def test_times_are_those_of_ones_own_zone(
    agent: Client, alice: User, maison: Marketplace, mirakl: Mirakl
) -> None:
    waiting = waiting_on(maison)
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")

    page = text_of(agent.get(waiting.get_absolute_url()))

    assert "+09:00" in page
    assert page.count("(Asia/Tokyo)") > 2
    assert "+00:00" not in page.split('class="timeline"')[1].split("composer")[0]


def test_the_zones_are_looked_up_once(
    agent: Client, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates.time_zones()
    monkeypatch.setattr(dates, "available_timezones", lambda: pytest.fail("looked up anew"))

    assert agent.get("/").status_code == 200


def test_the_browsers_zone_is_taken_once(agent: Client, alice: User, maison: Marketplace) -> None:
    answers = [
        agent.post("/profile/zone/", {"time_zone": one}) for one in ("Europe/Lisbon", "Asia/Tokyo")
    ]

    page = text_of(agent.get("/profile/"))
    assert "HX-Refresh" in answers[0]
    assert "Your browser uses Asia/Tokyo time. Helpdesk uses Lisbon time." in text_of(answers[1])
    assert User.objects.get(pk=alice.pk).time_zone == "Europe/Lisbon"
    assert 'data-zone="Europe/Lisbon" data-settled="Europe/Lisbon Europe/Lisbon"' in page


@pytest.mark.parametrize(
    "wanted",
    [{"time_zone": "Asia/Tokyo", "answer": "keep"}, {"time_zone": "Europe/London"}],
    ids=["kept", "the same clocks"],
)
def test_a_zone_is_settled_once(agent: Client, alice: User, wanted: dict[str, str]) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Lisbon")

    answer = agent.post("/profile/zone/", wanted)

    assert (answer.content, "HX-Refresh" in answer) == (b"", False)
    assert f'data-settled="{wanted["time_zone"]} Europe/Lisbon"' in text_of(agent.get("/profile/"))
    assert User.objects.get(pk=alice.pk).time_zone == "Europe/Lisbon"


def test_another_zone_is_taken_when_somebody_says_so(agent: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Lisbon")

    answers = [
        agent.post("/profile/zone/", {"time_zone": one, "answer": "use"})
        for one in ("Mars/Base", "Asia/Calcutta")
    ]

    assert [answer.status_code for answer in answers] == [422, 200]
    assert "Times are now shown in Asia/Calcutta time." in text_of(agent.get("/profile/"))
    assert User.objects.get(pk=alice.pk).time_zone == "Asia/Calcutta"


def test_ones_language_goes_before_the_browsers(
    agent: Client, alice: User, settings: Settings
) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French"), ("de", "German")]
    User.objects.filter(pk=alice.pk).update(language="fr")

    response = agent.get("/profile/", headers={"accept-language": "de"})

    assert 'lang="fr"' in text_of(response)
    assert response["Content-Language"] == "fr"


def test_every_label_is_in_ones_language(agent: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="de")

    page = text_of(agent.get("/profile/"))

    labels = set(Page(page).texts("label"))
    assert {"Vorname", "Nachname", "Sprache", "Zeitzone"} <= labels


def test_without_a_choice_the_browser_says_the_language(agent: Client, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "German")]

    response = agent.get("/profile/", headers={"accept-language": "de"})

    assert 'lang="de"' in text_of(response)


def test_one_signs_only_where_one_writes(
    agent: Client, maison: Marketplace, nordhaus: Marketplace
) -> None:
    agent.post("/profile/", settings_form(**{f"signature_{nordhaus.pk}": "Mine"}))

    assert not Signature.objects.exists()
    assert f"signature_{nordhaus.pk}" not in text_of(agent.get("/profile/"))


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    assert client.get("/profile/")["Location"].startswith("/accounts/login/")
    assert client.get("/accounts/password/")["Location"].startswith("/accounts/login/")


def test_the_password_is_changed_and_one_stays(agent: Client, alice: User) -> None:
    alice.set_password("before-1234")
    alice.save()
    agent.force_login(alice)
    new = {"password1": "after-98765-x", "password2": "after-98765-x"}

    wrong = agent.post("/accounts/password/", {"oldpassword": "no"} | new)
    right = agent.post("/accounts/password/", {"oldpassword": "before-1234"} | new)

    alice.refresh_from_db()
    assert (wrong.status_code, right["Location"]) == (422, "/profile/")
    assert alice.check_password("after-98765-x")
    assert agent.get("/profile/").status_code == 200


# -- the signature ------------------------------------------------------------


@pytest.fixture
def signed(alice: User, maison: Marketplace) -> Signature:
    return Signature.objects.create(user=alice, marketplace=maison, text="Alice, Maison Verte")


def test_an_empty_box_begins_with_it_and_a_draft_does_not_get_it_again(
    agent: Client, signed: Signature, mirakl: Mirakl
) -> None:
    waiting = waiting_on(signed.marketplace)
    fresh = text_of(agent.get(waiting.get_absolute_url()))
    agent.post(f"{waiting.get_absolute_url()}draft/", {"body": "Half", "to": "CUSTOMER"})

    begun = text_of(agent.get(waiting.get_absolute_url()))

    assert "\n\n\nAlice, Maison Verte</textarea>" in fresh
    assert "Half</textarea>" in begun
    assert "Alice, Maison Verte</textarea>" not in begun


def test_alone_it_is_neither_kept_nor_sent(
    agent: Client, signed: Signature, mirakl: Mirakl
) -> None:
    waiting = waiting_on(signed.marketplace)
    body = "\r\n\r\nAlice, Maison Verte"

    agent.post(f"{waiting.get_absolute_url()}draft/", {"body": body}, headers=HTMX)
    response = post_reply(agent, waiting, body=body)

    assert response.status_code == 422
    assert not Draft.objects.exists()
    assert mirakl.calls("M12") == []
