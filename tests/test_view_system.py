"""The System page: the state of the desk, and actions for each reply."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from helpdesk import workers
from helpdesk.processes import Child
from inbox.models import Backup, Event, Marketplace, MirrorState, Outgoing, Thread, User
from tests.builders import HTMX, text_of
from tests.writing import Mirakl, change, eventually, queued

PAGE = "/system/"
STUCK = "replies are stuck"


@pytest.fixture(autouse=True)
def _nobody_has_beaten() -> None:
    """Removes heartbeats of other tests' workers."""
    workers.client().delete(workers.KEY)


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    return client


def page_of(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return text_of(answer)


def post(client: Client, reply: Outgoing, what: str, **headers: str) -> Any:
    return client.post(f"/system/replies/{reply.token}/{what}/", headers=headers)


# -- who may see it -----------------------------------------------------------


def test_a_lead_does_not_find_it(client: Client, bob: User, thread: Thread) -> None:
    client.force_login(bob)
    reply = queued(thread, bob)

    assert client.get(PAGE).status_code == 404
    assert post(client, reply, "retry").status_code == 404
    assert post(client, reply, "cancel").status_code == 404
    assert Outgoing.objects.get().state == Outgoing.State.QUEUED
    assert PAGE not in text_of(client.get("/"))


def test_an_admin_finds_it_in_the_sidebar(admin: Client, maison: Marketplace) -> None:
    assert f'href="{PAGE}"' in text_of(admin.get("/"))


def test_it_asks_nothing_of_mirakl(admin: Client, thread: Thread, mirakl: Mirakl) -> None:
    before = mirakl.calls("M11") + mirakl.calls("M10")

    page_of(admin)

    assert mirakl.calls("M11") + mirakl.calls("M10") == before


def test_it_costs_the_same_however_much_there_is(
    admin: Client,
    alice: User,
    thread: Thread,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(20):
        queued(thread, alice)

    with django_assert_max_num_queries(27):
        page_of(admin)


# -- parts and workers ----------------------------------------------------------


def test_it_shows_a_worker_that_lives(admin: Client, celery_worker: Child) -> None:
    page = page_of(admin)

    (beat,) = workers.heard()
    assert f'title="{beat.worker.name}"' in page
    assert "No worker is running" not in page


def test_a_worker_that_stopped_in_order_is_not_looked_for(celery_worker: Child) -> None:
    assert workers.heard()

    celery_worker.ask_to_stop()
    eventually(lambda: celery_worker.exit_code is not None)

    assert workers.heard() == []


def test_a_worker_that_fell_silent_is_called_so(admin: Client) -> None:
    lost = workers.Worker("celery@lost", 7, 0)
    workers.beat(lost)
    long_ago = time.time() - 2 * workers.SILENT_AFTER
    workers.client().zadd(workers.KEY, {workers._member(lost): long_ago})

    page = page_of(admin)

    assert "Not responding" in page
    assert "No worker is running" in page


def test_it_stands_without_redis(
    admin: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    workers.client.cache_clear()

    page = page_of(admin)
    workers.client.cache_clear()

    assert "see REDIS_URL" in page
    assert "Unknown" in page


def test_it_warns_of_a_redis_that_drops_keys(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = {"maxmemory": 100_000_000, "maxmemory_policy": "allkeys-lru"}
    info = workers.client().info
    monkeypatch.setattr(
        workers.client(), "info", lambda part: memory if part == "memory" else info(part)
    )

    assert "Set maxmemory-policy to noeviction" in page_of(admin)


def test_a_redis_without_a_limit_drops_nothing(admin: Client) -> None:
    assert "maxmemory-policy" not in page_of(admin)


# -- marketplaces -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words", "is_bad"),
    [([], "None yet", False), ([5, 1], "24h ago", False), ([9, 3], "3d ago", True)],
)
def test_it_tells_how_old_the_last_backup_is(
    days: list[int], words: str, is_bad: bool, admin: Client
) -> None:
    for age in days:
        Backup.objects.create(made_at=timezone.now() - timedelta(days=age, minutes=5))

    page = page_of(admin)

    tile = page[page.index("Last backup") :].partition("</div>")[0]
    assert words in tile
    assert ("Check why backups stopped" in tile) is is_bad


def test_it_says_what_is_wrong_with_a_marketplace(admin: Client, maison: Marketplace) -> None:
    now = timezone.now()
    MirrorState.objects.update(
        failing_since=now - timedelta(minutes=12),
        retry_at=now + timedelta(minutes=3),
        error_kind="certificate",
        last_error="demo.example has a certificate that is not trusted.",
    )

    page = page_of(admin)

    assert "Paused until" in page
    assert "been reachable since" in page
    assert "The TLS certificate isn" in page
    assert "demo.example has a certificate" in page
    assert ">12m<" in page


def test_it_counts_the_conversations_of_each(
    admin: Client, thread: Thread, nordhaus: Marketplace
) -> None:
    rows = {one.split("</a>")[0]: one for one in page_of(admin).split("/marketplaces/")[1:]}

    assert ">1</td>" in next(row for row in rows.values() if "Maison Verte</a>" in row)
    assert ">0</td>" in next(row for row in rows.values() if "Nordhaus</a>" in row)


# -- the outbox ----------------------------------------------------------------------


def test_it_lists_what_has_not_arrived(admin: Client, alice: User, thread: Thread) -> None:
    reply = queued(thread, alice, body="Nobody else's business")
    change(reply, state="failed", attempts=3, error="It was refused.")
    sent = queued(thread, alice)
    change(sent, state="sent")

    page = page_of(admin)

    assert f"/system/replies/{reply.token}/retry/" in page
    assert "It was refused." in page
    assert "Only you can see them" not in page
    assert str(sent.token) not in page


def test_what_waits_for_a_marketplace_that_was_switched_off_is_listed_too(
    admin: Client, alice: User, thread: Thread
) -> None:
    reply = queued(thread, alice)
    Marketplace.objects.update(is_active=False)

    assert str(reply.token) in page_of(admin)


def test_retry_sends_what_waits_for_its_time(
    admin: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    change(reply, deliver_after=timezone.now() + timedelta(minutes=5), attempts=4)

    answer = post(admin, reply, "retry")

    assert answer["Location"] == PAGE
    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert len(mirakl.calls("M12")) == 1


def test_retry_sends_again_what_failed(
    admin: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    change(reply, state="failed", error="It was refused.")

    answer = post(admin, reply, "retry", **HTMX)

    assert "<html" not in text_of(answer)
    assert "All replies were delivered" in text_of(answer)
    assert len(mirakl.calls("M12")) == 1


def test_retry_looks_before_it_sends_what_is_not_confirmed(
    admin: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)
    change(reply, state="unconfirmed", sending_at=timezone.now(), lease_until=timezone.now())

    post(admin, reply, "retry")

    assert Outgoing.objects.get().state == Outgoing.State.UNCONFIRMED
    assert (len(mirakl.calls("M10")), mirakl.calls("M12")) == (1, [])


def test_cancel_gives_a_queued_reply_up_and_says_who_did(
    admin: Client, alice: User, thread: Thread, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice)

    answer = post(admin, reply, "cancel", **HTMX)

    assert "Discarded" in text_of(answer)
    assert Outgoing.objects.get().state == Outgoing.State.DISCARDED
    assert Event.objects.get(verb=Event.Verb.DISCARDED).by == User.objects.get(username="ada")
    assert mirakl.calls("M12") == []


def test_cancel_leaves_alone_what_has_arrived(admin: Client, alice: User, thread: Thread) -> None:
    reply = queued(thread, alice)
    change(reply, state="sent")

    post(admin, reply, "cancel")

    assert Outgoing.objects.get().state == Outgoing.State.SENT


# -- the alarm ------------------------------------------------------------------------


@pytest.fixture
def stuck(alice: User, thread: Thread) -> list[Outgoing]:
    replies = [queued(thread, alice), queued(thread, alice)]
    for reply in replies:
        change(reply, queued_at=timezone.now() - timedelta(minutes=3))
    return replies


def test_it_is_loud_when_nobody_sends(admin: Client, stuck: list[Outgoing]) -> None:
    page = page_of(admin)

    assert f"2 {STUCK}" in page
    assert "No worker is running. Start one" in page


def test_it_says_so_when_a_worker_is_there_and_does_not_send(
    admin: Client, stuck: list[Outgoing]
) -> None:
    workers.beat(workers.myself("celery@busy"))

    assert "keep up. Check its log" in page_of(admin)


def test_a_sender_that_is_gone_is_stuck_too(admin: Client, stuck: list[Outgoing]) -> None:
    lapsed = timezone.now() - timedelta(minutes=5)
    change(stuck[0], state="sending", lease_until=lapsed)

    assert f"2 {STUCK}" in page_of(admin)


@pytest.mark.parametrize("fields", [{"state": "failed"}, {"deliver_after": "later"}])
def test_what_waits_for_a_person_or_its_time_is_not_stuck(
    admin: Client, stuck: list[Outgoing], fields: dict[str, Any]
) -> None:
    later = timezone.now() + timedelta(minutes=1)
    fields = {name: later if value == "later" else value for name, value in fields.items()}
    for reply in stuck:
        change(reply, **fields)

    assert STUCK not in page_of(admin)
