"""Current values for Prometheus: the outbox, the circuits, the workers."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from helpdesk import workers
from inbox.models import Backup, Marketplace, MirrorState, Thread, User
from inbox.services.ops import gauges
from tests.builders import text_of
from tests.writing import change, queued


@pytest.fixture(autouse=True)
def _nobody_has_beaten() -> None:
    workers.client().delete(workers.KEY)


def told(client: Client, name: str) -> dict[str, float]:
    """Returns values by their last label."""
    families = text_string_to_metric_families(text_of(client.get("/metrics")))
    rows = [row for family in families for row in family.samples if row.name == name]
    return {" ".join(row.labels.values()): row.value for row in rows}


def test_it_tells_of_the_outbox_by_state(client: Client, alice: User, thread: Thread) -> None:
    for state in ("queued", "failed", "failed", "sent"):
        change(queued(thread, alice), state=state)

    replies = told(client, "helpdesk_outbox_replies")

    assert (replies["queued"], replies["failed"], replies["sent"]) == (1, 2, 1)
    assert (replies["sending"], replies["unconfirmed"]) == (0, 0)


def test_it_tells_how_old_the_oldest_is(client: Client, alice: User, thread: Thread) -> None:
    for minutes in (1, 10):
        hence = timezone.now() - timedelta(minutes=minutes)
        change(queued(thread, alice), created_at=hence)
    change(queued(thread, alice), state="sent", created_at=timezone.now() - timedelta(days=9))

    ages = told(client, "helpdesk_outbox_oldest_seconds")

    assert 600 <= ages["queued"] < 660
    assert ages["failed"] == 0
    assert "sent" not in ages


@pytest.mark.django_db
def test_it_tells_how_old_the_last_backup_is(client: Client) -> None:
    assert told(client, "helpdesk_backup_age_seconds") == {}

    for days in (3, 1):
        Backup.objects.create(made_at=timezone.now() - timedelta(days=days))

    (age,) = told(client, "helpdesk_backup_age_seconds").values()
    assert 86_400 <= age < 86_460


@pytest.mark.django_db(transaction=True)
def test_it_tells_the_number_of_the_newest_audit_entry(client: Client) -> None:
    User.objects.create_user("bea")

    assert list(told(client, "helpdesk_audit_entries").values()) == [1]


@pytest.mark.parametrize(("retry_in", "state"), [(None, "closed"), (60, "open"), (-1, "half_open")])
def test_it_tells_the_state_of_each_circuit(
    client: Client, maison: Marketplace, retry_in: int | None, state: str
) -> None:
    at = None if retry_in is None else timezone.now() + timedelta(seconds=retry_in)
    MirrorState.objects.update(retry_at=at)

    circuits = told(client, "helpdesk_circuit_state")

    assert {name for name, value in circuits.items() if value} == {f"maison-verte {state}"}
    assert len(circuits) == 3


@pytest.mark.django_db
def test_it_tells_when_a_worker_was_last_heard(client: Client) -> None:
    # Other tests run workers too.
    workers.client().flushdb()
    workers.beat(workers.Worker("celery@one", 7, 0))

    (age,) = told(client, "helpdesk_worker_heartbeat_age_seconds").values()
    assert 0 <= age < 30
    assert told(client, "helpdesk_queue_length") == {"": 0}


@pytest.mark.django_db
def test_without_redis_it_tells_the_rest(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    workers.client.cache_clear()

    up = told(client, "helpdesk_up")
    workers.client.cache_clear()

    assert up == {"database": 1, "redis": 0, "files": 1}


def test_without_the_database_it_tells_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError

    monkeypatch.setitem(gauges.PARTS, "database", refuse)

    assert told(client, "helpdesk_up") == {"database": 0, "redis": 1, "files": 1}


def test_no_label_holds_anything_of_a_customer(client: Client, alice: User, thread: Thread) -> None:
    queued(thread, alice, body="the blue lamp")
    client.force_login(alice)
    client.get(thread.get_absolute_url(), {"q": "Camille"})

    text = text_of(client.get("/metrics"))

    for secret in ("Camille", "blue lamp", thread.mirakl_id, alice.username):
        assert secret not in text
