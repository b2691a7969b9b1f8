"""People: their names, their unique e-mail addresses, and their settings in the administration."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from inbox.models import User
from tests.builders import text_of

USERS = "/admin/inbox/user/"


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    return client


def person_form(person: User, **changes: Any) -> dict[str, Any]:
    form = {
        "username": person.username,
        "is_active": "on",
        "theme": "dark",
        "density": "compact",
        "undo_seconds": "9",
        "after_sending": "stay",
        "language": "fr",
        "time_zone": "Europe/Paris",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "10:00:00",
    }
    return form | changes


@pytest.mark.parametrize(
    ("names", "display_name", "initials"),
    [
        ({"first_name": "Ana", "last_name": "Lia de Souza"}, "Ana Lia de Souza", "AS"),
        ({"first_name": "Ana"}, "Ana", "AN"),
        ({}, "ana.s", "AN"),
    ],
)
def test_colleagues_read_a_name(names: dict[str, str], display_name: str, initials: str) -> None:
    person = User(username="ana.s", **names)

    assert (person.display_name, person.initials) == (display_name, initials)


@pytest.mark.django_db
def test_two_people_have_two_addresses_whatever_their_case() -> None:
    User.objects.create_user("ana", "Ana@example.org")

    with pytest.raises(IntegrityError, match="one_user_per_email"):
        User.objects.create_user("bea", "ana@EXAMPLE.org")


@pytest.mark.django_db
def test_many_people_have_no_address() -> None:
    for name in ("ana", "bea"):
        User.objects.create_user(name).full_clean(exclude=["password"])


@pytest.mark.django_db
def test_a_form_says_that_an_address_is_taken() -> None:
    User.objects.create_user("ana", "ana@example.org")

    with pytest.raises(ValidationError, match="Another person has this email address."):
        User(username="bea", email="ANA@example.org", password="x").full_clean()


def test_an_admin_sets_what_people_set_themselves(desk: Client) -> None:
    bea = User.objects.create_user("bea")

    response = desk.post(f"{USERS}{bea.pk}/change/", person_form(bea))

    bea.refresh_from_db()
    assert response.status_code == 302
    assert (bea.theme, bea.undo_seconds, bea.language) == ("dark", 9, "fr")
    assert (bea.time_zone, bea.after_sending, bea.density) == ("Europe/Paris", "stay", "compact")


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Base"}, {"language": "xx"}])
def test_an_admin_chooses_among_what_there_is(desk: Client, wrong: dict[str, str]) -> None:
    bea = User.objects.create_user("bea")

    page = text_of(desk.post(f"{USERS}{bea.pk}/change/", person_form(bea, **wrong)))

    assert "is not one of the available choices" in page


def test_an_admin_makes_a_person_with_a_password(desk: Client) -> None:
    password = "quite-long-98765"
    form = {"username": "bea", "usable_password": "true"}

    response = desk.post(f"{USERS}add/", form | {"password1": password, "password2": password})

    assert response.status_code == 302
    assert User.objects.get(username="bea").check_password(password)
