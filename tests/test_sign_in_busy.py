"""Checking passwords uses a limited part of the desk, and parallel guesses are counted."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from pytest_django import Settings

from inbox.models import User
from inbox.services.people import sign_in
from inbox.services.people.sign_in import PasswordSlots, ServerBusy
from tests.builders import text_of
from tests.signing_in import AT_ONE_ADDRESS, guess, log_in


def test_more_than_may_wait_are_sent_away_at_once() -> None:
    slots = PasswordSlots(checked=1, waiting=0)

    with slots.taken(), pytest.raises(ServerBusy), slots.taken():
        pytest.fail("got in")


def test_those_who_wait_are_sent_away_after_a_while() -> None:
    slots = PasswordSlots(checked=1, waiting=1, patience=0.01)

    with slots.taken(), pytest.raises(ServerBusy), slots.taken():
        pytest.fail("got in")


def test_a_place_is_free_again_whatever_happened() -> None:
    slots = PasswordSlots(checked=1, waiting=0)
    with pytest.raises(ValueError, match="wrong"), slots.taken():
        raise ValueError("wrong")

    with slots.taken():
        pass


def test_a_demo_lets_everybody_wait(settings: Settings) -> None:
    settings.DEMO = True
    slots, is_in = PasswordSlots(checked=1, waiting=0), threading.Event()

    def hold() -> None:
        with slots.taken():
            is_in.set()

    with slots.taken():
        other = threading.Thread(target=hold)
        other.start()
    other.join(timeout=30)

    assert is_in.is_set()


def test_the_login_page_says_that_it_is_busy(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    # A process with no free place.
    slots = PasswordSlots(checked=1, waiting=0)
    monkeypatch.setattr(sign_in, "SLOTS", slots)

    with slots.taken():
        answer = log_in(client)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Wait a few seconds, then try again." in text_of(answer)
    assert f"sign-in of {ada.pk} from 192.0.2.1: busy" in caplog.text
    assert log_in(client).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_the_limit(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "SLOTS", PasswordSlots(checked=20, waiting=20))
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def noted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", noted)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(_guess_in_a_thread, range(30)))

    assert len(hashed) == AT_ONE_ADDRESS


def _guess_in_a_thread(_number: int) -> None:
    try:
        guess(1)
    finally:
        connection.close()
