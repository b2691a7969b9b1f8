"""A display of the inbox calls each marketplace once and stores the answer."""

import threading
import time
from concurrent.futures import wait
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from pytest_django import Settings

from inbox.mirakl import MiraklClient, ThreadPage
from inbox.models import Marketplace, Message, MirrorState, Thread
from inbox.services.mirror import delta, fetching, sync
from inbox.services.mirror.history import load_history_step
from tests.reading import (
    ago,
    at_once,
    message,
    page_of,
    refreshed_in_steps,
    rewind,
    thread_of,
)
from tests.writing import Mirakl

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db(transaction=True)


def asked(mirakl: Mirakl, marketplace: str = "maison-verte") -> list[dict[str, list[str]]]:
    """Returns the parameters of each M11 call."""
    calls = [call for call in mirakl.calls("M11") if call["marketplace"] == marketplace]
    return [parse_qs(call["query"]) for call in calls]


# -- one question a display -----------------------------------------------


def test_it_asks_each_marketplace_once(
    maison: Marketplace, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    freshness = sync.refresh([maison, nordhaus])

    assert [one.state for one in freshness] == ["fresh", "fresh"]
    assert [len(asked(mirakl)), len(asked(mirakl, "nordhaus"))] == [1, 1]


def test_it_asks_for_everything_with_messages_the_first_time(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])

    assert asked(mirakl) == [{"with_messages": ["true"], "limit": ["100"], "shop_id": ["2001"]}]


def test_it_asks_only_for_the_channels_of_the_marketplace(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    maison.channel_codes = ["FR", "BE"]
    maison.save(update_fields=["channel_codes"])

    sync.refresh([maison])

    assert asked(mirakl)[0]["channel_codes"] == ["FR,BE"]


def test_it_lives_on_an_answer_for_a_moment(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])

    (freshness,) = sync.refresh([Marketplace.objects.get()])

    assert (freshness.state, len(asked(mirakl))) == ("fresh", 1)


@pytest.mark.usefixtures("every_display_asks")
def test_it_asks_for_what_changed_since_the_mark_less_an_overlap(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([maison])
    newest = Thread.objects.order_by("-updated_at")[0].updated_at

    sync.refresh([maison])

    (since,) = asked(mirakl)[1]["updated_since"]
    assert newest is not None
    assert maison.mirror.high_water_at == newest
    assert since.startswith((newest - timedelta(seconds=60)).isoformat()[:19])


@pytest.mark.usefixtures("every_display_asks")
def test_it_shows_what_a_customer_has_just_written(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    thread = Thread.objects.filter(due_at=None, entity_type="MMP_ORDER").by_newest()[0]
    mirakl.customer_writes(thread.mirakl_id, "Where is it?")

    sync.refresh([maison])

    thread.refresh_from_db()
    assert (thread.preview, thread.last_sender_is_ours) == ("Where is it?", False)
    assert thread.due_at is not None


class OfOtherProcesses(dict[Any, Any]):
    """Pending fetches of another process, which this one cannot join."""

    def get(self, key: Any, default: Any = None) -> Any:
        return default


@pytest.mark.parametrize("under_way", [{}, OfOtherProcesses()], ids=["one", "many"])
def test_ten_displays_at_once_ask_once_in_one_process_or_many(
    under_way: dict[Any, Any],
    maison: Marketplace,
    mirakl: Mirakl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "_under_way", under_way)
    mirakl.fails("M11", latency_ms=300)

    def display() -> str:
        return sync.refresh([Marketplace.objects.get()])[0].state

    displays = at_once(10, display)

    assert displays == ["fresh"] * 10
    assert len(asked(mirakl)) == 1


def test_it_asks_side_by_side(
    maison: Marketplace, nordhaus: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, both_ask = fetching.fetch_page, threading.Barrier(2, timeout=15)

    def read_page(*asked: Any) -> ThreadPage:
        both_ask.wait()
        return usual(*asked)

    monkeypatch.setattr(fetching, "fetch_page", read_page)

    freshness = sync.refresh([maison, nordhaus])

    assert [one.state for one in freshness] == ["fresh", "fresh"]


def test_it_leaves_storefronts_alone(maison_front: Marketplace, mirakl: Mirakl) -> None:
    assert sync.refresh([maison_front]) == []
    assert mirakl.calls("M11") == []


def test_it_reads_an_operators_threads_like_a_sellers(maison_operator: Marketplace) -> None:
    (freshness,) = sync.refresh([maison_operator])

    assert freshness.state == "fresh"
    assert Thread.objects.exclude(shop_name="").exists()


# -- marketplaces later than the page -------------------------------------


@pytest.mark.timing
def test_it_does_not_wait_for_a_slow_marketplace(
    maison: Marketplace, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", latency_ms=5000, marketplace="nordhaus")

    begun = time.monotonic()
    fresh, late = sync.refresh([maison, nordhaus], deadline=1.5)

    assert time.monotonic() - begun < 4
    assert (fresh.state, late.state, late.as_of) == ("fresh", "late", None)
    assert late.words == "Still waiting for Nordhaus."
    # The call ends within this test.
    wait([one.answer for one in fetching._under_way.values()], 10)


def test_the_pages_second_request_joins_the_question_under_way(
    nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", latency_ms=800)
    sync.refresh([nordhaus], deadline=0.2)

    (freshness,) = sync.refresh([Marketplace.objects.get()])

    assert freshness.state == "fresh"
    assert len(asked(mirakl, "nordhaus")) == 1
    assert Thread.objects.exists()


def test_an_answer_nobody_came_for_is_asked_for_again(
    nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", latency_ms=300, times=1)
    sync.refresh([nordhaus], deadline=0.1)
    long_ago = timezone.now() - timedelta(minutes=5)
    for question, asked_then in list(fetching._under_way.items()):
        wait([asked_then.answer], 10)
        fetching._under_way[question] = replace(asked_then, at=long_ago, began=0.0)

    (freshness,) = sync.refresh([Marketplace.objects.get()])

    assert freshness.state == "fresh"
    assert freshness.as_of is not None
    assert freshness.as_of > long_ago
    assert len(asked(mirakl, "nordhaus")) == 2


# -- a delta of many pages ------------------------------------------------


@pytest.fixture
def read(maison: Marketplace, mirakl: Mirakl) -> Marketplace:
    """A marketplace whose first page is stored, and that is called at each display."""
    sync.refresh([maison])
    return maison


def stir(mirakl: Mirakl, threads: list[Thread], word: str) -> None:
    for thread in threads:
        mirakl.customer_writes(thread.mirakl_id, f"{word} {thread.mirakl_id}")


def writable() -> list[Thread]:
    return list(Thread.objects.filter(entity_type="MMP_ORDER").order_by("pk"))


def is_mirrored(threads: list[Thread], word: str) -> bool:
    previews = {thread.mirakl_id: thread.preview for thread in Thread.objects.all()}
    return all(previews[one.mirakl_id] == f"{word} {one.mirakl_id}" for one in threads)


@pytest.mark.usefixtures("every_display_asks", "small_pages")
def test_it_follows_every_page_of_a_delta(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    while not load_history_step(maison).done:
        pass
    threads = writable()[:23]
    stir(mirakl, threads, "again")

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert is_mirrored(threads, "again")


@pytest.mark.usefixtures("every_display_asks")
def test_a_delta_cut_short_goes_on_where_it_was(
    read: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, threads = read.mirror.high_water_at, writable()[:23]
    monkeypatch.setattr(fetching, "PAGE_SIZE", 5)
    stir(mirakl, threads, "cut")

    cut = refreshed_in_steps(read, 4, monkeypatch)
    read.refresh_from_db()
    assert (cut.state, read.mirror.high_water_at) == ("late", mark)
    assert read.mirror.delta_token

    (whole,) = sync.refresh([read])
    assert (whole.state, read.mirror.delta_token) == ("fresh", "")
    assert is_mirrored(threads, "cut")
    assert read.mirror.high_water_at is not None
    assert mark is not None
    assert read.mirror.high_water_at > mark


@pytest.mark.usefixtures("every_display_asks")
def test_it_misses_no_thread_that_changes_between_pages(
    read: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAGE_SIZE", 5)
    threads = writable()[:23]
    stir(mirakl, threads, "before")
    refreshed_in_steps(read, 4, monkeypatch)
    # The newest threads are on a stored page, the oldest on a later one.
    stir(mirakl, [threads[0], threads[-1]], "between")

    (freshness,) = sync.refresh([read])

    assert freshness.state == "fresh"
    assert is_mirrored(threads[1:-1], "before")
    assert is_mirrored([threads[0], threads[-1]], "between")


@pytest.mark.usefixtures("every_display_asks")
def test_it_begins_a_delta_again_when_its_page_token_has_expired(
    read: Marketplace, mirakl: Mirakl
) -> None:
    MirrorState.objects.update(delta_token="expired", delta_seen_at=read.mirror.high_water_at)
    (thread,) = writable()[:1]
    stir(mirakl, [thread], "after")

    (freshness,) = sync.refresh([read])

    assert [call["status"] for call in mirakl.calls("M11")] == [200, 400, 200]
    assert freshness.state == "fresh"
    assert is_mirrored([thread], "after")


# -- the mark -------------------------------------------------------------


@pytest.mark.usefixtures("every_display_asks")
def test_an_old_date_does_not_move_the_mark_back(read: Marketplace, mirakl: Mirakl) -> None:
    mark = read.mirror.high_water_at
    old = thread_of(message("m1", "CUSTOMER", ago(days=300)))
    mirakl.fails("M11", status=200, body=page_of(old))

    sync.refresh([read])

    assert Marketplace.objects.get().mirror.high_water_at == mark


@pytest.mark.usefixtures("every_display_asks")
def test_a_date_in_the_future_does_not_move_the_mark_there(
    read: Marketplace, mirakl: Mirakl
) -> None:
    mark = read.mirror.high_water_at
    ahead = thread_of(message("m1", "CUSTOMER", ago(hours=-2)))
    mirakl.fails("M11", status=200, body=page_of(ahead))

    (freshness,) = sync.refresh([read])

    assert freshness.state == "fresh"
    assert Marketplace.objects.get().mirror.high_water_at == mark
    assert Thread.objects.filter(mirakl_id="thread-1").exists()


def test_a_display_that_was_overtaken_moves_nothing(read: Marketplace) -> None:
    overtaken = Marketplace.objects.get()
    assert read.mirror.high_water_at is not None
    newer = read.mirror.high_water_at + timedelta(hours=1)
    assert delta.move_marks(read, {"high_water_at": newer})

    assert not delta.move_marks(overtaken, {"high_water_at": newer - timedelta(minutes=30)})

    assert Marketplace.objects.get().mirror.high_water_at == newer


def test_rows_and_marks_are_written_together_or_not_at_all(
    maison: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "PIECE", 10**9)
    monkeypatch.setattr(delta, "move_marks", lambda *_, **__: 1 / 0)

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "down"
    maison.refresh_from_db()
    assert (Message.objects.count(), maison.mirror.high_water_at) == (0, None)
    assert maison.mirror.lease_until is None


def test_a_display_that_died_keeps_others_waiting_only_for_its_lease(
    maison: Marketplace, mirakl: Mirakl
) -> None:
    until = timezone.now() + timedelta(seconds=60)
    assert fetching.claim_lease(maison.mirror, until, now=timezone.now())
    (late,) = sync.refresh([Marketplace.objects.get()], deadline=0.2)
    assert (late.state, mirakl.calls("M11")) == ("late", [])

    rewind(maison, seconds=61)
    (fresh,) = sync.refresh([maison])

    assert fresh.state == "fresh"


def test_an_orders_conversations_get_the_time_of_an_inbox_and_a_little_more(
    maison: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def note(_client: MiraklClient, *, timeout: float, **_question: Any) -> list[ThreadPage]:
        given.append(timeout)
        return []

    monkeypatch.setattr(MiraklClient, "iter_threads", note)

    sync.fetch_order_threads(maison, "MV-1")

    assert settings.INBOX_DEADLINE_SECONDS < given[0] <= settings.INBOX_DEADLINE_SECONDS + 3


def test_a_history_that_is_loading_goes_on_where_it_is() -> None:
    state = MirrorState(history=MirrorState.History.LOADING, history_token="page 3")

    change = delta.open_mirror(state, ThreadPage([], next_page_token="page 2"), None)

    assert change == {"high_water_at": None}
