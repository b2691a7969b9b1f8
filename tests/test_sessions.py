"""Sessions: read by one prepared query, and as valid as Django's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from inbox.services.people.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_session_of_djangos_own_store_stays_valid() -> None:
    stored = DatabaseStore()
    stored["name"] = "Nora"
    stored.save()

    assert SessionStore(stored.session_key)["name"] == "Nora"


def test_a_session_ends_with_its_date(agent: Client) -> None:
    assert agent.get("/profile/").status_code == 200

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert agent.get("/profile/").status_code == 302


@pytest.mark.parametrize("key", [None, "", "unknown1"])
def test_an_unknown_session_is_empty_and_gets_another_key(key: str | None) -> None:
    session = SessionStore(key)

    assert session.get("name") is None
    session["name"] = "Nora"
    session.save()

    assert session.session_key not in {None, "", "unknown1"}
