"""Password guessing is limited, and locks no colleague out."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client
from pytest_django import Settings

from inbox.models import SignInAttempt, User
from inbox.services.people import sign_in
from tests.builders import text_of
from tests.html import Page
from tests.signing_in import (
    AT_ONE_ADDRESS,
    LOGIN,
    OF_ONE_ADDRESS,
    OF_ONE_NAME,
    PASSWORD,
    WORDS,
    guess,
    guess_from_everywhere,
    known_browser,
    log_in,
    wait_for,
)

ADMIN = "/admin/login/"


def words_of(answer: Any) -> list[str]:
    return Page(text_of(answer)).texts("p", role="alert")


def test_a_few_mistakes_are_forgiven(client: Client, ada: User) -> None:
    guess(AT_ONE_ADDRESS - 1)

    assert log_in(client).status_code == 302


def test_a_ninth_guess_is_refused_and_told_how_long(client: Client, ada: User) -> None:
    guess()

    answer = guess(1)

    assert answer.status_code == 429
    assert 590 <= int(answer["Retry-After"]) <= 600
    assert WORDS in text_of(answer)
    assert 'value="ada"' in text_of(answer)
    assert 'name="next" value="/search/"' in text_of(answer)


def test_the_right_password_does_not_help_until_then(client: Client, ada: User) -> None:
    guess()

    assert log_in(client).status_code == 429
    assert client.get("/")["Location"].startswith(LOGIN)


def test_it_is_forgotten_after_ten_minutes(client: Client, ada: User) -> None:
    guess()
    wait_for(minutes=10)

    assert log_in(client).status_code == 302


def test_guessing_on_does_not_keep_the_person_out_for_longer(client: Client, ada: User) -> None:
    guess()
    wait_for(minutes=9)

    guess(20)
    wait_for(minutes=1)

    assert log_in(client).status_code == 302


def test_a_colleague_at_another_address_is_not_kept_out(client: Client, ada: User) -> None:
    guess(50, address="203.0.113.66")

    assert log_in(client, address="192.0.2.1").status_code == 302


def test_many_names_from_one_address_are_limited(ada: User) -> None:
    answers = [guess(1, name=f"name {number}").status_code for number in range(60)]

    assert answers == [200] * OF_ONE_ADDRESS + [429] * (60 - OF_ONE_ADDRESS)


def test_a_network_of_ipv6_is_one_address(client: Client, ada: User) -> None:
    for number in range(AT_ONE_ADDRESS):
        guess(1, address=f"2001:db8::{number + 1}")

    assert log_in(client, address="2001:db8::ffff").status_code == 429
    assert log_in(client, address="2001:db8:0:1::1").status_code == 302


def test_one_name_from_many_addresses_is_limited_later(client: Client, ada: User) -> None:
    guess_from_everywhere("ada", OF_ONE_NAME - 1)
    assert guess(1, name="ada").status_code == 200

    assert log_in(client, address="203.0.113.1").status_code == 429


def test_a_browser_known_to_the_person_gets_past_what_others_do(ada: User) -> None:
    browser = known_browser("ada", address="192.0.2.1")
    guess_from_everywhere("ada")
    guess(address="192.0.2.1")

    assert log_in(browser, address="192.0.2.1").status_code == 302


def test_a_known_browser_has_a_limit_of_its_own(ada: User) -> None:
    browser = known_browser("ada")

    for number in range(AT_ONE_ADDRESS):
        guess(1, client=browser, address=f"203.0.113.{number + 1}")

    assert log_in(browser, address="203.0.113.99").status_code == 429


def test_a_browser_known_to_one_person_is_new_to_another(ada: User, grace: User) -> None:
    browser = known_browser("grace")
    guess_from_everywhere("ada")

    assert log_in(browser, name="ada").status_code == 429


def test_people_may_share_a_browser(ada: User, grace: User) -> None:
    browser = known_browser("grace")
    log_in(browser, name="ada")
    browser.post("/accounts/logout/")
    guess_from_everywhere("grace")

    assert log_in(browser, name="grace").status_code == 302


def test_a_device_cookie_of_ones_own_making_is_worth_nothing(client: Client, ada: User) -> None:
    client.cookies["device"] = '{"1": "made up"}'
    guess(client=client)

    assert log_in(client).status_code == 429


def test_the_device_cookie_is_out_of_reach_of_scripts(ada: User) -> None:
    cookie = known_browser("ada").cookies["device"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_an_unknown_address_locks_nobody_else_out(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1

    for number in range(OF_ONE_ADDRESS + 1):
        guess(1, name=f"name {number}")

    assert log_in(client).status_code == 302


@pytest.mark.parametrize("name", ["ADA", "Ａｄａ", "  ada "])
def test_another_spelling_is_no_way_round(ada: User, name: str) -> None:
    guess()

    assert guess(1, name=name).status_code == 429


def test_the_administration_has_no_door_of_its_own(client: Client, ada: User) -> None:
    answers = [client.get(f"{ADMIN}?next=/admin/inbox/"), log_in(client, to=ADMIN)]

    assert answers[0]["Location"] == f"{LOGIN}?next=%2Fadmin%2Finbox%2F"
    assert answers[1]["Location"] == f"{LOGIN}?next=%2Fsearch%2F"
    assert client.get("/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("name", ["ada@desk.example", "ADA@Desk.example", "Ada"])
def test_an_email_address_is_as_good_as_the_username(client: Client, ada: User, name: str) -> None:
    User.objects.update(email="ada@desk.example")

    assert log_in(client, name=name).status_code == 302


def test_an_email_address_gives_no_more_tries(client: Client, ada: User) -> None:
    User.objects.update(email="ada@desk.example")
    guess()

    assert log_in(client, name="ada@desk.example").status_code == 429


def test_a_name_that_nobody_has_is_answered_the_same(ada: User) -> None:
    nobody, somebody = guess(9, name="nobody"), guess(9, name="ada", address="192.0.2.9")

    assert nobody.status_code == somebody.status_code == 429
    assert words_of(nobody) == words_of(somebody)


def test_a_good_login_wipes_the_slate(client: Client, ada: User) -> None:
    guess(AT_ONE_ADDRESS - 1)
    log_in(client)
    guess(AT_ONE_ADDRESS - 1)

    assert log_in(Client()).status_code == 302


def test_a_login_of_ones_own_gives_no_more_guesses_at_others(ada: User, grace: User) -> None:
    guess(name="ada")
    log_in(Client(), name="grace")

    assert guess(1, name="ada").status_code == 429


def test_no_password_is_hashed_beyond_the_limit(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    guess()
    # Hashing costs the CPU time.
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *_: pytest.fail("hashed"))

    assert guess(1).status_code == 429


def test_everybody_gets_into_a_demo(client: Client, ada: User, settings: Settings) -> None:
    settings.DEMO = True
    guess(60)

    assert guess(1).status_code == 429
    assert log_in(client).status_code == 302


def test_the_way_in_needs_no_redis(client: Client, ada: User, settings: Settings) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    assert guess().status_code == 200
    assert log_in(client).status_code == 429


def test_attempts_are_swept_after_a_month(ada: User) -> None:
    guess(2)
    wait_for(minutes=31 * 24 * 60)
    guess(1)

    sign_in.sweep()

    assert SignInAttempt.objects.count() == 1


@pytest.mark.parametrize("field", ["username", "password"])
def test_nothing_is_counted_where_nothing_was_tried(client: Client, ada: User, field: str) -> None:
    client.post(LOGIN, {"username": "ada", "password": PASSWORD} | {field: ""})

    assert not SignInAttempt.objects.exists()
