"""Data in Redis, cookies and sessions is never executed."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import MessageDecoder
from django.contrib.sessions.serializers import JSONSerializer
from django.core.cache import cache
from django.test import Client
from django.utils.module_loading import import_string
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from helpdesk.cache import JsonSerializer
from helpdesk.celery import app
from inbox.models import Marketplace, Thread, User
from inbox.services.marketplaces import connection_check
from tests.writing import Mirakl

PICKLE = "application/x-python-serialize"


class Trap:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    return tmp_path / "sprung"


@pytest.fixture
def redis() -> Any:
    return cache._cache.get_client(write=True)  # type: ignore[attr-defined]


def show_all(client: Client, thread: Thread) -> set[int]:
    pages = [
        "/",
        "/?marketplace=maison-verte&view=all&channel=MV-FR",
        thread.get_absolute_url(),
        f"/orders/maison-verte/{thread.order_id}/panel/",
        "/marketplaces/maison-verte/",
        "/readyz",
    ]
    return {client.get(page).status_code for page in pages}


def plant(redis: Any, trap: bytes) -> set[str]:
    """Replaces every value of this test and returns the generic names of the keys."""
    mine = cache.make_key("*").encode()
    keys = [key for key in redis.scan_iter(mine) if redis.type(key) == b"string"]
    for key in keys:
        redis.set(key, trap)
    return {key.decode().split(":")[2] for key in keys}


def test_a_pickle_under_any_key_is_not_run_and_breaks_no_page(
    alice: User, client: Client, thread: Thread, mirakl: Mirakl, redis: Any, sprung: Path
) -> None:
    client.force_login(alice)
    thread.topic_type, thread.topic_value = "REASON_CODE", "22"
    thread.save(update_fields=["topic_type", "topic_value"])
    show_all(client, thread)

    planted = plant(redis, pickle.dumps(Trap(sprung)))

    assert planted >= {"daily", "channel", "order", "locale"}
    assert show_all(client, thread) <= {200, 503}
    assert not sprung.exists()


def test_a_pickle_in_place_of_an_access_token_is_not_run(
    maison_operator: Marketplace, mirakl: Mirakl, redis: Any, sprung: Path
) -> None:
    connection_check.check_connection(maison_operator)

    planted = plant(redis, pickle.dumps(Trap(sprung)))

    assert planted == {"access-token"}
    assert connection_check.check_connection(maison_operator).ok
    assert not sprung.exists()


def test_a_worker_takes_no_pickle_from_the_queue(sprung: Path) -> None:
    task = pickle.dumps(Trap(sprung))
    accepted = prepare_accept_content(app.conf.accept_content)

    with pytest.raises(ContentDisallowed):
        loads(task, PICKLE, "binary", accept=accepted)

    assert not sprung.exists()
    assert app.conf.task_serializer == app.conf.event_serializer == "json"


def test_sessions_and_messages_are_json() -> None:
    assert import_string(settings.SESSION_SERIALIZER) is JSONSerializer
    assert issubclass(MessageDecoder, json.JSONDecoder)


@pytest.mark.parametrize("value", [0, -3, 2**40, True, None, 1.5, "é", ["a", 1], {"a": None}])
def test_a_value_comes_back_from_the_cache_as_it_was(value: Any) -> None:
    cache.set("value", value)

    assert cache.get("value") == value
    assert type(cache.get("value")) is type(value)


def test_numbers_can_be_counted_up() -> None:
    cache.set("number", 41)

    assert cache.incr("number") == 42
    assert cache.get("number") == 42


def test_what_is_no_json_is_not_there() -> None:
    assert JsonSerializer().loads(b"\x80\x04]") is None
    assert JsonSerializer().loads(b"[" * 100_000) is None
