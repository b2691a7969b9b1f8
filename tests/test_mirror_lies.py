"""A marketplace that sends too much or loops affects only itself, and the page says so."""

import json
import socket
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from inbox import mirakl as api
from inbox.models import Marketplace, Message, MirrorState, Thread, User
from inbox.services.marketplaces import breaker
from inbox.services.mirror import fetching, sync
from inbox.services.mirror.fetching import PageRequest
from inbox.services.mirror.history import load_history_step
from tests.answering import peer, read_head
from tests.builders import text_of, works_on
from tests.reading import ago, message, page_of, refreshed_in_steps, thread_of
from tests.tools import move
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)


# -- too much -------------------------------------------------------------


def long_messages(threads: int, each: int, size: int) -> str:
    """Returns a page with this many threads, messages and characters."""
    body = "Where is my lamp? " * (size // 18 + 1)
    written = [message(f"m{number}", "CUSTOMER", ago(hours=1), body=body) for number in range(each)]
    return json.dumps(page_of(*[thread_of(*written, id=f"t{number}") for number in range(threads)]))


@pytest.fixture
def nordhaus_sends_much(nordhaus: Marketplace, mirakl: Mirakl) -> None:
    """Nordhaus sends ten megabytes in one answer, which take a while to store."""
    mirakl.fails("M11", marketplace="nordhaus", status=200, body=long_messages(100, 20, 5_000))


@pytest.mark.usefixtures("nordhaus_sends_much")
def test_a_huge_answer_is_written_by_several_displays(
    maison: Marketplace, nordhaus: Marketplace, mirakl: Mirakl, settings: Settings
) -> None:
    settings.INBOX_FRESH_SECONDS = 600
    _fresh, late = sync.refresh([maison, nordhaus], deadline=0.8)
    assert late.state == "late"
    assert Thread.objects.filter(marketplace=nordhaus).count() < 100
    assert Marketplace.objects.get(slug="nordhaus").mirror.high_water_at is None

    for _ in range(5):
        (freshness,) = sync.refresh([Marketplace.objects.get(slug="nordhaus")])

    assert freshness.state == "fresh"
    assert Message.objects.filter(thread__marketplace=nordhaus).count() == 2000
    assert len([call for call in mirakl.calls("M11") if call["marketplace"] == "nordhaus"]) == 1


@pytest.mark.timing
@pytest.mark.usefixtures("nordhaus_sends_much")
def test_a_huge_answer_keeps_no_other_marketplace_waiting(
    maison: Marketplace, nordhaus: Marketplace
) -> None:
    _late, fresh = sync.refresh([nordhaus, maison], deadline=1.5)

    assert fresh.state == "fresh"


@pytest.mark.timing
@pytest.mark.usefixtures("nordhaus_sends_much")
def test_a_huge_answer_does_not_keep_the_page_waiting(nordhaus: Marketplace) -> None:
    began = time.monotonic()

    sync.refresh([nordhaus], deadline=0.8)

    assert time.monotonic() - began < 3


# -- the same for ever ----------------------------------------------------


class Round:
    """A marketplace whose pages repeat after `period` pages."""

    def __init__(self, period: int | None) -> None:
        self.period = period
        self.pages = count(1)

    def __call__(self, client: Any, question: PageRequest, codes: Any) -> api.ThreadPage:
        number = next(self.pages)
        token = f"token-{number % self.period if self.period else number}"
        thread = api.Thread(id=f"t{number % (self.period or 7)}")
        return api.ThreadPage(threads=[thread], next_page_token=token)


@pytest.fixture
def small_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lowers the limit of repeated threads from a thousand to thirty."""
    monkeypatch.setattr(fetching, "PAGE_SIZE", 3)


# None: tokens never repeat, though the threads do.
@pytest.mark.usefixtures("small_slack", "every_display_asks")
@pytest.mark.parametrize("period", [1, 2, 17, None])
def test_pages_that_go_round_end_although_each_display_has_time_for_few(
    period: int | None, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch_page", Round(period))
    sync.refresh([maison])
    MirrorState.objects.update(high_water_at=ago(days=1))

    states = []
    for _ in range(100):
        refreshed_in_steps(Marketplace.objects.get(), 4, monkeypatch)
        row = Marketplace.objects.get()
        states.append(row.mirror.error_kind)
        if row.mirror.error_kind:
            break

    assert states[-1] == "garbled"
    assert row.mirror.delta_token == ""
    assert "invalid responses since" in breaker.describe_failure(row)


@pytest.mark.usefixtures("small_slack")
@pytest.mark.parametrize("period", [1, 2, 17, None])
def test_a_history_that_goes_round_ends_and_says_so(
    period: int | None, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch_page", Round(period))

    for _ in range(100):
        progress = load_history_step(Marketplace.objects.get())
        if progress.words:
            break

    assert "invalid responses since" in progress.words
    assert not progress.done


# -- hanging --------------------------------------------------------------


def never(connection: socket.socket) -> None:
    time.sleep(5)


@pytest.fixture(params=["http", "https"])
def silent(request: pytest.FixtureRequest, maison: Marketplace) -> Iterator[Marketplace]:
    """A server that accepts a connection and sends nothing: no answer, or no handshake."""
    with peer(never) as url:
        move(maison, str(httpx.URL(url).copy_with(scheme=request.param)))
        yield maison


@pytest.mark.timing
def test_a_display_leaves_a_silent_marketplace_at_its_deadline(
    silent: Marketplace, nordhaus: Marketplace
) -> None:
    began = time.monotonic()

    late, fresh = sync.refresh([silent, nordhaus], deadline=1)

    assert time.monotonic() - began < 3
    assert (late.state, fresh.state) == ("late", "fresh")


@pytest.mark.timing
def test_a_page_comes_in_time_although_a_marketplace_is_silent(
    silent: Marketplace, nordhaus: Marketplace, alice: User, client: Client, settings: Settings
) -> None:
    settings.INBOX_DEADLINE_SECONDS, settings.INBOX_FRESH_SECONDS = 1, 0
    works_on(nordhaus, alice)
    client.force_login(alice)

    pages = [timed(client) for _display in range(3)]

    assert "Still waiting for Maison Verte" in pages[0][1]
    # The fastest one, as the machine may be busy. `benchmarks/deadlines.py` is exact.
    assert min(seconds for seconds, _page in pages) < 2


def timed(client: Client) -> tuple[float, str]:
    began = time.monotonic()
    answer = client.get("/")
    return time.monotonic() - began, text_of(answer)


def test_a_garbled_first_line_is_no_answer(maison: Marketplace) -> None:
    def speaks_otherwise(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"220 mail.example ready\r\n")

    with peer(speaks_otherwise) as url:
        move(maison, url)
        (freshness,) = sync.refresh([maison])

    assert freshness.state == "down"
    assert "hasn't responded since" in freshness.words
