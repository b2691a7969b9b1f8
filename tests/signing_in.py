"""Shared by tests of signing in: a person with a password, and browsers that try it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from inbox.models import User

LOGIN = "/accounts/login/"
PASSWORD = "a good one"
WORDS = "Too many failed attempts. Wait 10 minutes"
# Allowed wrong passwords: of a name at an address, of an address, and of a name.
AT_ONE_ADDRESS, OF_ONE_ADDRESS, OF_ONE_NAME = 8, 30, 40


@pytest.fixture
def ada(db: None) -> "User":
    from inbox.models import User

    return User.objects.create_superuser("ada", password=PASSWORD)


@pytest.fixture
def grace(db: None) -> "User":
    from inbox.models import User

    return User.objects.create_superuser("grace", password=PASSWORD)


def log_in(
    client: "Client",
    password: str = PASSWORD,
    *,
    name: str = "ada",
    to: str = LOGIN,
    address: str = "192.0.2.1",
) -> Any:
    form = {"username": name, "password": password, "next": "/search/"}
    return client.post(to, form, REMOTE_ADDR=address)


def guess(times: int = AT_ONE_ADDRESS, **more: Any) -> Any:
    """Returns the answer to the last of several wrong passwords."""
    from django.test import Client

    client = more.pop("client", None) or Client()
    for number in range(times):
        answer = log_in(client, f"guess {number}", **more)
    return answer


def guess_from_everywhere(name: str, times: int = OF_ONE_NAME) -> None:
    for number in range(times):
        guess(1, name=name, address=f"198.51.{number // 250}.{number % 250 + 1}")


def known_browser(name: str, address: str = "192.0.2.200") -> "Client":
    """Returns a browser in which the person has signed in before and signed out."""
    from django.test import Client

    client = Client()
    assert log_in(client, name=name, address=address).status_code == 302
    client.post("/accounts/logout/")
    return client


def wait_for(minutes: int) -> None:
    from django.db.models import F

    from inbox.models import SignInAttempt

    SignInAttempt.objects.update(at=F("at") - timedelta(minutes=minutes))
