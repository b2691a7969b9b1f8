"""Foreign values in Redis: pages still answer and store correct values again."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from helpdesk import workers
from inbox.models import Marketplace, Thread, User
from inbox.services.marketplaces import connection_check
from inbox.services.people import presence
from tests.writing import Mirakl

ODD = [
    *(b"", b"\xff\xfe", b"null", b"true", b"0", b"-7", b"1e300", b"1e999", b'"x"', b"[]", b"{}"),
    *(b'{"at": 1e300, "answer": {}}', b'{"at": "x", "answer": [3], "failure": 4}'),
    *(b'{"at": 4e9, "answer": [{}], "failure": "No"}', b'"\\ud800"', b"9" * 5000, b"[" * 100_000),
]
# How often all pages are shown, each time with other values: each page takes its time.
TURNS = 4


@pytest.fixture
def redis() -> Any:
    return cache._cache.get_client(write=True)  # type: ignore[attr-defined]


@pytest.fixture
def clean(redis: Any) -> None:
    """Removes values of other tests and of this one."""
    redis.delete(*redis.scan_iter(cache.make_key("*")), workers.KEY, workers.CLOCKS)


def show_all(client: Client, thread: Thread) -> dict[str, int]:
    order = f"/orders/maison-verte/{thread.order_id}"
    pages = [
        *("/", "/?marketplace=maison-verte&channel=MV-FR", thread.get_absolute_url()),
        *(f"{thread.get_absolute_url()}canned/", f"{order}/documents/new/"),
        *(f"{order}/{part}/" for part in ("panel", "parcels", "returns", "evaluation")),
        *(f"/marketplaces/maison-verte/{part}" for part in ("", "account/", "figures/")),
        *("/system/", "/metrics"),
    ]
    return {page: client.get(page).status_code for page in pages}


def poison(redis: Any, turn: int) -> None:
    """Gives each key one of the odd values: another key another one, another turn another one."""
    for number, key in enumerate(sorted(redis.scan_iter(cache.make_key("*")))):
        redis.set(key, ODD[(number + turn * len(ODD) // TURNS) % len(ODD)])


@pytest.mark.usefixtures("clean")
def test_a_value_of_another_kind_breaks_no_page(
    admin_client: Client, thread: Thread, mirakl: Mirakl, redis: Any
) -> None:
    before = show_all(admin_client, thread)
    names = {key.decode().split(":")[2] for key in redis.scan_iter(cache.make_key("*"))}

    for turn in range(TURNS):
        poison(redis, turn)
        assert show_all(admin_client, thread) == before

    assert names >= {"daily", "order", "clock-ahead", "locale", "parcels-refused"}
    assert set(before.values()) == {200}


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("kind", ["hash", "list"])
def test_a_key_of_another_type_breaks_no_page(
    kind: str, admin_client: Client, thread: Thread, mirakl: Mirakl, redis: Any
) -> None:
    before = show_all(admin_client, thread)
    for key in redis.scan_iter(cache.make_key("*")):
        redis.delete(key)
        if kind == "hash":
            redis.hset(key, "a", "b")
        else:
            redis.lpush(key, "a")

    assert show_all(admin_client, thread) == before


@pytest.mark.parametrize("value", ["", "writing", "writing soon", "asleep 99999999999", "away nan"])
def test_signs_of_life_that_nobody_gave_are_not_shown(
    value: str, alice: User, bob: User, client: Client, thread: Thread, mirakl: Mirakl, redis: Any
) -> None:
    key = presence._key(thread.pk)
    presence.record_presence(thread, bob, presence.WRITING)
    redis.hset(key, mapping={str(alice.pk): value, "x": "writing 99999999999", b"\xff": b"\xff"})
    client.force_login(alice)

    shown = presence.people_present([thread], but=alice)[thread.pk]

    assert [one.user for one in shown] == [bob]
    assert client.get(thread.get_absolute_url()).status_code == 200


@pytest.mark.usefixtures("clean")
def test_workers_that_nobody_started_are_not_shown(admin_client: Client, redis: Any) -> None:
    me, now = workers.myself("desk"), workers.redis_time()
    workers.beat(me)
    redis.hset(workers.CLOCKS, workers._member(me), "fast")
    odd = ["", "x", "[]", "{}", '{"name": 3}', b"\xff", "[" * 100_000]
    redis.zadd(workers.KEY, dict.fromkeys(odd, now))

    assert [one.worker for one in workers.heard()] == [me]
    assert admin_client.get("/system/").status_code == 200
    assert admin_client.get("/metrics").status_code == 200


@pytest.mark.usefixtures("clean")
def test_a_token_of_another_kind_is_asked_for_anew(
    maison_operator: Marketplace, mirakl: Mirakl, redis: Any
) -> None:
    connection_check.check_connection(maison_operator)
    (key,) = redis.scan_iter(cache.make_key("access-token*"))
    redis.set(key, b"[7]")

    assert connection_check.check_connection(maison_operator).ok
    assert redis.get(key) != b"[7]"
