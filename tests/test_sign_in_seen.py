"""Superusers, and only they, see sign-in attempts and unlock people."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, SignInAttempt, User
from inbox.services.people import sign_in
from tests.builders import HTMX, text_of
from tests.signing_in import (
    PASSWORD,
    guess,
    guess_from_everywhere,
    known_browser,
    log_in,
)

SYSTEM = "/system/"
CHANGE = "/accounts/password/"
UNLOCK = "/system/sign-ins/unlock/"
LIST = "/admin/inbox/signinattempt/"


@pytest.fixture
def superuser(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def test_the_system_page_says_that_nobody_is_locked_out(superuser: Client) -> None:
    assert "No users are locked out." in text_of(superuser.get(SYSTEM))


def test_it_shows_who_is_locked_out_and_by_what(superuser: Client, ada: User) -> None:
    browser = known_browser("ada", address="203.0.113.1")
    guess(client=browser, address="203.0.113.1")
    guess(address="192.0.2.66")
    for number in range(30):
        guess(1, name=f"name {number}", address="192.0.2.77")
    guess_from_everywhere("linus")

    found = {(one.name, one.address, one.is_known_browser) for one in sign_in.current_locks()}

    assert found == {
        ("ada", "", True),
        ("ada", "192.0.2.66", False),
        ("", "192.0.2.77", False),
        ("linus", "", False),
    }
    page = text_of(superuser.get(SYSTEM))
    assert "Known browsers" in page
    assert "192.0.2.66" in page
    assert "Everyone" in page


@pytest.mark.parametrize("target", [{"name": "ada"}, {"address": "192.0.2.1"}])
def test_unlocking_lets_them_try_again(
    superuser: Client, ada: User, target: dict[str, str]
) -> None:
    guess()

    answer = superuser.post(UNLOCK, target, headers=HTMX)

    assert "No users are locked out." in text_of(answer)
    assert log_in(Client()).status_code == 302


def test_unlocking_works_without_javascript(superuser: Client, ada: User) -> None:
    guess()

    assert superuser.post(UNLOCK, {"name": "ada"})["Location"] == SYSTEM
    assert not sign_in.current_locks()


def test_unlocking_nothing_unlocks_nothing(superuser: Client, ada: User) -> None:
    guess()

    superuser.post(UNLOCK)

    assert len(sign_in.current_locks()) == 1


def test_nobody_else_unlocks(client: Client, ada: User, bob: User, maison: Marketplace) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.all())
    guess()
    client.force_login(bob)

    assert client.post(UNLOCK, {"name": "ada"}).status_code == 404
    assert client.get(LIST).status_code == 403
    assert "signinattempt" not in text_of(client.get("/admin/"))
    assert len(sign_in.current_locks()) == 1


def test_a_stranger_is_sent_to_the_login(client: Client, db: None) -> None:
    assert client.post(UNLOCK, {"name": "ada"})["Location"].startswith("/accounts/login/")


def test_the_list_tells_who_signed_in_and_who_tried_to(superuser: Client, ada: User) -> None:
    guess(1, name="eve", address="192.0.2.66")
    log_in(Client(), name="ada", address="192.0.2.9")

    page = text_of(superuser.get(LIST))

    for word in ("eve", "192.0.2.66", "wrong password", "ada", "192.0.2.9", "correct password"):
        assert word in page
    assert superuser.get(f"{LIST}add/").status_code == 403


def test_each_attempt_is_logged_with_who_and_where(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    guess(9, address="192.0.2.66")
    log_in(Client(), address="192.0.2.9")

    told = [
        (line["user"], line["address"], line["outcome"])
        for line in (vars(record) for record in caplog.records)
        if "address" in line
    ]
    assert told == [
        *[(ada.pk, "192.0.2.66", "wrong")] * 8,
        (ada.pk, "192.0.2.66", "limited"),
        (ada.pk, "192.0.2.9", "right"),
    ]


def test_a_name_that_nobody_has_breaks_no_line_of_the_log(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    guess(1, name="eve\n2026 INFO forged", address="")

    assert "sign-in of 'eve\\n2026 info forged' from unknown: wrong" in caplog.text


def test_no_password_is_logged_or_kept(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    guess(9)

    assert "guess" not in caplog.text
    assert "guess" not in str(SignInAttempt.objects.values())


def test_the_old_password_is_guessed_no_longer_than_at_the_door(client: Client, ada: User) -> None:
    client.force_login(ada)
    form = {"oldpassword": "a guess", "password1": "x", "password2": "x"}

    answers = [client.post(CHANGE, form) for _ in range(9)]

    assert [answer.status_code for answer in answers] == [422] * 8 + [429]
    assert "Too many failed attempts. Wait 10 minutes" in text_of(answers[-1])


def test_the_administration_changes_a_password_on_the_same_page(client: Client, ada: User) -> None:
    client.force_login(ada)

    assert client.get("/admin/password_change/")["Location"] == CHANGE


def test_a_person_without_the_administration_changes_none_there(
    client: Client, alice: User
) -> None:
    client.force_login(alice)

    assert client.get("/admin/password_change/").status_code == 302


def test_the_password_page_says_how_long_to_wait(client: Client, ada: User) -> None:
    client.force_login(ada)
    guess(8, address="127.0.0.1")
    new = {"password1": "much better 1", "password2": "much better 1"}

    answer = client.post(CHANGE, {"oldpassword": PASSWORD, **new})

    assert answer.status_code == 429
    assert "Too many failed attempts. Wait 10 minutes" in text_of(answer)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_sessions_that_have_ended_are_swept(ada: User) -> None:
    log_in(Client())
    log_in(Client())
    Session.objects.filter(pk=Session.objects.values("pk")[:1]).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )

    sign_in.sweep()

    assert Session.objects.count() == 1
