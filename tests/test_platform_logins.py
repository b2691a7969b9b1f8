"""Passwords cannot be guessed for ever, and whoever forgot theirs is told what to do."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.builders import text_of

LOGIN = "/accounts/login/"
PASSWORD = "a good one"
WORDS = "Too many wrong passwords. Wait 10 minutes"


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


def log_in(
    client: Client, password: str, *, name: str = "ada", to: str = "/accounts/login/"
) -> Any:
    return client.post(to, {"username": name, "password": password, "next": "/search/"})


def guess(client: Client, times: int = settings.AXES_FAILURE_LIMIT, **more: str) -> Any:
    for number in range(times):
        answer = log_in(client, f"guess {number}", **more)
    return answer


def test_a_few_mistakes_are_forgiven(client: Client, ada: User) -> None:
    guess(client, settings.AXES_FAILURE_LIMIT - 1)

    assert log_in(client, PASSWORD).status_code == 302


def test_who_guesses_on_is_stopped_and_told_how_long(client: Client, ada: User) -> None:
    answer = guess(client)

    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert WORDS in text_of(answer)
    assert 'value="ada"' in text_of(answer)
    assert 'name="next" value="/search/"' in text_of(answer)


def test_the_right_password_does_not_help_until_then(client: Client, ada: User) -> None:
    guess(client)

    assert WORDS in text_of(log_in(client, PASSWORD))
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_it_is_forgotten_after_a_while(client: Client, ada: User) -> None:
    guess(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=11))

    assert log_in(client, PASSWORD).status_code == 302


def test_guessing_on_does_not_keep_the_person_out_for_longer(client: Client, ada: User) -> None:
    guess(client)
    long_ago = timezone.now() - timedelta(minutes=9)
    AccessAttempt.objects.update(attempt_time=long_ago)

    guess(client, 2)

    assert AccessAttempt.objects.get().attempt_time == long_ago


def test_another_address_or_browser_is_no_way_round(client: Client, ada: User) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        client.post(
            "/accounts/login/",
            {"username": "ada", "password": f"guess {number}"},
            headers={"User-Agent": f"browser {number}", "X-Forwarded-For": f"192.0.2.{number}"},
            REMOTE_ADDR=f"192.0.2.{number}",
        )

    assert log_in(client, PASSWORD).status_code == 429


def test_the_admins_door_is_no_way_round(client: Client, ada: User) -> None:
    guess(client, to="/admin/login/")

    assert log_in(client, PASSWORD).status_code == 429
    assert WORDS in text_of(log_in(client, PASSWORD, to="/admin/login/"))


def test_others_are_not_kept_out(client: Client, ada: User) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    guess(client)

    assert log_in(client, PASSWORD, name="bob").status_code == 302


def test_a_name_that_nobody_has_is_answered_the_same(client: Client, ada: User) -> None:
    nobody, somebody = guess(client, name="nobody"), guess(client)

    assert nobody.status_code == somebody.status_code
    assert WORDS in text_of(nobody)


def test_a_good_login_wipes_the_slate(client: Client, ada: User) -> None:
    guess(client, 5)
    log_in(client, PASSWORD)

    assert not AccessAttempt.objects.exists()


def test_neither_name_nor_password_is_logged_or_kept(
    client: Client, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    guess(client, name="zebulon")

    assert "AXES" in caplog.text
    assert "zebulon" not in caplog.text
    assert "guess" not in caplog.text
    assert "guess" not in str(AccessAttempt.objects.values())


def test_a_browser_finds_the_icon_it_asks_for(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")
