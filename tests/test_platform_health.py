import pytest
from django.test import Client
from pytest_django import Settings

from helpdesk import processes


def test_it_is_healthy_without_a_database_or_a_login(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_when_all_parts_answer(client: Client, celery_worker: processes.Child) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content == b"database: ok\nredis: ok\nworker: ok\n"


@pytest.mark.django_db
def test_it_names_the_worker_that_is_missing(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"database: ok\nredis: ok\nworker: none is running" in response.content


@pytest.mark.django_db
def test_it_names_a_redis_that_does_not_answer(client: Client, settings: Settings) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"redis: no answer" in response.content
