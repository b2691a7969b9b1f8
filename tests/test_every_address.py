"""Every address, future ones included, is closed to people who have something to do first."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from inbox.models import GroupPolicy, User
from tests.builders import HTMX
from tests.test_second_factor import add_app, code

# Open without a login.
OPEN = {
    *("readyz", "metrics", "favicon", "set_language", "account_login", "account_logout"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
    *(
        "mfa_authenticate",
        "mfa_login_webauthn",
        "invitation",
        "admin-login",
        "admin:login",
        "admin:logout",
    ),
    "",  # the administration's logout has no name of ours
}
ASKING = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SET_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"}
INDEX, AGAIN, CHANGE = "/accounts/2fa/", "/accounts/2fa/reauthenticate/", "/accounts/password/"
VALUES = {"int": "1", "int64": "1", "uuid": "b7c6dd38-6ee7-4b93-8aa0-2b9e1b6f4c9b"}
BY_EXPRESSION = {
    "password/reset/": "accounts/password/reset/1-2/",
    "app_label": "inbox/",
    "<url>": "anything/",
}


def addresses() -> Iterator[tuple[str, str]]:
    """The name and a path of each view."""
    return walk(get_resolver().url_patterns, "/", "")


def walk(
    patterns: list[URLPattern | URLResolver], before: str, space: str
) -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + filled(one)
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", path
        else:
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from walk(one.url_patterns, path, inner)


def filled(one: URLPattern | URLResolver) -> str:
    route = str(one.pattern)
    if "(?P<" in route or "$" in route:
        return next(path for part, path in BY_EXPRESSION.items() if part in route)
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1], "x"), route)


def reached(client: Client, allowed: set[str], *leads: str) -> list[str]:
    """What is open to the client, of what is not allowed."""
    asks = (client.get, lambda path: client.post(path, headers=HTMX))
    return [
        f"{name} {path}"
        for name, path in addresses()
        for ask in asks
        if name not in OPEN | allowed
        and not (answer := ask(path))
        .get("Location", answer.get("HX-Redirect", ""))
        .startswith(leads)
    ]


@pytest.fixture
def person(request: pytest.FixtureRequest, alice: User, settings: Settings) -> User:
    settings.ADMIN_FACTOR = True
    alice.is_superuser, alice.is_staff = request.param == "superuser", request.param == "staff"
    alice.save()
    if request.param == "agent":
        GroupPolicy.objects.create(group=Group.objects.get(user=alice), demands_factor=True)
    return alice


def test_all_are_closed_to_strangers(client: Client, db: None) -> None:
    assert len(list(addresses())) > 200
    assert reached(client, set(), "/accounts/login/", "/admin/login/") == []


@pytest.mark.parametrize("person", ["superuser", "agent"], indirect=True)
def test_all_are_closed_to_whoever_has_no_second_step(client: Client, person: User) -> None:
    client.force_login(person)

    assert reached(client, ASKING | SET_UP, INDEX) == []


@pytest.mark.parametrize("person", ["staff"], indirect=True)
def test_all_are_closed_to_whoever_has_not_used_it(client: Client, person: User) -> None:
    add_app(person)
    client.force_login(person)

    assert reached(client, ASKING, AGAIN) == []

    client.post(AGAIN, {"code": code()})
    assert client.get("/").status_code == 200


def test_all_are_closed_to_whoever_has_to_choose_a_password(client: Client, alice: User) -> None:
    User.objects.update(must_change_password=True)
    client.force_login(alice)

    assert reached(client, {"account_change_password"}, CHANGE) == []


def test_none_is_closed_to_an_agent_of_whom_nothing_is_demanded(
    client: Client, alice: User, settings: Settings
) -> None:
    settings.ADMIN_FACTOR = True
    client.force_login(alice)

    pages = ["/", "/search/", "/profile/", "/notifications/", INDEX]
    assert {client.get(path).status_code for path in pages} == {200}
