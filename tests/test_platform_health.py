import re

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from helpdesk import processes
from inbox.models import User


def test_it_is_healthy_without_a_database_or_a_login(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_when_all_parts_answer(client: Client, celery_worker: processes.Child) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content == b"database: ok\nmigrations: ok\nredis: ok\nworker: ok\nfiles: ok\n"


def test_it_is_healthy_by_any_name_of_the_host(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["desk.example.com"], True

    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503)])
def test_who_is_logged_in_is_answered_without_the_database_too(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    client.force_login(alice)

    def refuse() -> None:
        raise OperationalError("no answer")

    with monkeypatch.context() as without:
        without.setattr(connection, "cursor", refuse)
        answer = client.get(path)

    assert answer.status_code == status


@pytest.mark.django_db
def test_it_names_the_worker_that_is_missing(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"redis: ok\nworker: none is running" in response.content


@pytest.mark.django_db
def test_it_names_a_redis_that_does_not_answer(client: Client, settings: Settings) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"redis: no answer" in response.content


@pytest.mark.django_db
def test_it_names_a_database_that_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise InterfaceError("the connection is closed")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"database: no answer; see DATABASE_URL\n" in response.content
    assert b"migrations: cannot be read without the database\n" in response.content


@pytest.mark.django_db
def test_it_counts_the_migrations_that_are_missing(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="inbox").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert re.search(
        rb"migrations: \d+ not applied; run `python manage.py migrate`", response.content
    )


def test_a_browser_finds_the_icon_it_asks_for(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")
