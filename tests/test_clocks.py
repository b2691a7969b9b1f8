"""The System page names wrong clocks: web, workers, and each marketplace."""

import time
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from helpdesk import workers
from inbox.models import Marketplace, User
from inbox.services import database_clock
from inbox.services.marketplaces import calls, clock_drift
from inbox.services.mirror import sync
from tests.answering import answering, client
from tests.builders import text_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def system(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("ada"))
    workers.client().delete(workers.KEY, workers.CLOCKS)
    return client


def test_clocks_that_agree_are_shown_in_passing(
    system: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    workers.beat(workers.myself("celery@one"))
    sync.refresh([maison])

    page = text_of(system.get("/system/"))

    assert "Clocks compared with PostgreSQL" in page
    assert "Correct this clock" not in page
    assert (
        abs(clock_drift.list_marketplace_drifts([maison])[maison.pk])
        < clock_drift.TOLERATED_SECONDS
    )


def test_a_marketplace_whose_clock_is_wrong_is_named(system: Client, maison: Marketplace) -> None:
    calls.clocks_ahead[maison.slug] = -90.0
    clock_drift.record_answer(maison, database_clock.now())

    page = text_of(system.get("/system/"))

    assert '<strong class="bad number">-90 s</strong>' in page
    assert "Correct this clock" not in page


def test_a_worker_whose_clock_is_wrong_is_named(
    system: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 600)
    workers.beat(workers.myself("celery@ahead"))
    monkeypatch.undo()

    page = text_of(system.get("/system/"))

    assert "+600 s" in page
    assert "Correct this clock" in page
    assert "Not responding" not in page


def test_a_web_whose_clock_is_wrong_is_told_from_the_workers(
    system: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.beat(workers.myself("celery@right"))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 600)

    web, worker = clocks_of_the_page()

    assert (round(web), round(worker)) == (600, 0)


def clocks_of_the_page() -> list[float]:
    from inbox.services.ops import system

    return [one.seconds for one in system.machinery().clocks]


@pytest.mark.parametrize(
    ("date", "ahead"),
    [("now", 0), ("later", 600), ("soon", None), ("", None), (None, None)],
)
def test_a_date_header_tells_the_clock(date: str | None, ahead: int | None) -> None:
    dates = {"now": timezone.now(), "later": timezone.now() + timedelta(minutes=10)}
    moment = dates.get(date or "")
    said = f"{moment:%a, %d %b %Y %H:%M:%S} GMT" if moment else date
    headers = {} if said is None else {"Date": said}
    told: list[float | None] = []
    peer = answering(httpx.Response(200, json={"data": []}, headers=headers))

    client(peer, observe=lambda call: told.append(call.clock_ahead)).list_threads()

    assert [one if one is None else round(one, -1) for one in told] == [ahead]
