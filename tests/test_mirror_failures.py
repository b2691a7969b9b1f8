"""Each marketplace fails alone, with an error message, and is paused for a while."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from inbox.models import Marketplace, Thread
from inbox.services.marketplaces import breaker, clients
from inbox.services.mirror import sync
from tests.reading import ago, at_once, message, page_of, rewind, thread_of
from tests.tools import move
from tests.writing import Mirakl

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db(transaction=True)

FAILURES: list[tuple[dict[str, Any], str, str]] = [
    ({"status": 401}, "key", "rejected the credentials"),
    ({"status": 403}, "forbidden", "allow this with the current credentials"),
    ({"status": 400}, "refused", "has been rejecting requests"),
    ({"status": 302}, "redirect", "invalid responses"),
    ({"status": 429, "retry_after": 90}, "busy", "is limiting requests until"),
    ({"status": 500}, "unavailable", "hasn't responded since"),
    ({"status": 503}, "gateway", "hasn't responded since"),
    ({"status": 503, "retry_after": 90}, "busy", "is limiting requests until"),
    ({"drop": "before"}, "broken_off", "hasn't responded since"),
    ({"truncate": 200}, "broken_off", "hasn't responded since"),
    ({"status": 200, "body": "<html>Be right back</html>"}, "web_page", "invalid responses"),
    ({"status": 200, "body": "[1, 2"}, "garbled", "invalid responses"),
    ({"status": 200, "body": {"data": "none"}}, "garbled", "invalid responses"),
    ({"status": 200, "body": {"dates": []}}, "garbled", "invalid responses"),
]


@pytest.mark.usefixtures("every_display_asks")
@pytest.mark.parametrize(("fault", "kind", "words"), FAILURES)
def test_it_says_what_is_wrong_and_shows_what_it_has(
    fault: dict[str, Any],
    kind: str,
    words: str,
    maison: Marketplace,
    nordhaus: Marketplace,
    mirakl: Mirakl,
) -> None:
    sync.refresh([maison, nordhaus])
    known, answered_at = Thread.objects.count(), nordhaus.mirror.refreshed_at
    mirakl.fails("M11", marketplace="nordhaus", **fault)

    fresh, down = sync.refresh([maison, nordhaus])

    assert (fresh.state, fresh.words) == ("fresh", "")
    assert (down.state, nordhaus.mirror.error_kind) == ("down", kind)
    assert down.words.startswith("Nordhaus")
    assert words in down.words
    assert (down.as_of, down.since) == (answered_at, nordhaus.mirror.failing_since)
    assert Thread.objects.count() == known


def test_it_says_that_nothing_listens_at_the_address(maison: Marketplace, mirakl: Mirakl) -> None:
    move(maison, "http://127.0.0.1:9")

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "down"
    assert "been reachable since" in freshness.words


def test_it_says_that_a_key_cannot_be_opened_and_calls_nobody(
    maison: Marketplace, mirakl: Mirakl, settings: "Settings"
) -> None:
    settings.CREDENTIAL_KEYS = ["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q="]

    (freshness,) = sync.refresh([maison])

    assert "decrypted. Ask your admin" in freshness.words
    assert mirakl.calls("M11") == []


def display() -> str:
    """Shows the inbox with enough time for a slow machine."""
    return sync.refresh([Marketplace.objects.get()])[0].state


def test_displays_that_come_together_share_a_failure(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=500, latency_ms=300)

    displays = at_once(6, display)

    assert displays == ["down"] * 6
    assert len(mirakl.calls("M11")) == 1


# -- the breaker ----------------------------------------------------------


@pytest.fixture
def resting(maison: Marketplace, mirakl: Mirakl) -> Marketplace:
    """A marketplace that has failed three displays in a row."""
    mirakl.fails("M11", status=500)
    for _ in range(3):
        sync.refresh([maison])
    return maison


def test_it_is_not_asked_while_it_rests(resting: Marketplace, mirakl: Mirakl) -> None:
    (freshness,) = sync.refresh([resting])

    assert (freshness.state, len(mirakl.calls("M11"))) == ("down", 3)
    assert "hasn't responded since" in freshness.words


def test_one_display_tries_after_the_rest_and_a_good_answer_ends_it(
    resting: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.recovers()
    rewind(resting, seconds=31)

    (freshness,) = sync.refresh([resting])

    assert freshness.state == "fresh"
    state = resting.mirror
    assert (state.failures, state.retry_at, state.failing_since) == (0, None, None)


def test_others_are_spared_while_one_display_tries(resting: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=500, latency_ms=500)
    rewind(resting, seconds=31)

    displays = at_once(5, display)

    assert displays == ["down"] * 5
    assert len(mirakl.calls("M11")) == 4


def test_a_slow_answer_after_the_rest_is_joined_by_the_next_display(
    resting: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", latency_ms=800)
    rewind(resting, seconds=31)

    (late,) = sync.refresh([resting], deadline=0.2)
    (fresh,) = sync.refresh([Marketplace.objects.get()])

    assert (late.state, fresh.state) == ("late", "fresh")
    assert len(mirakl.calls("M11")) == 4


def test_each_rest_is_longer_up_to_five_minutes(resting: Marketplace) -> None:
    rests = []
    for _ in range(6):
        assert resting.mirror.retry_at is not None
        rests.append(round((resting.mirror.retry_at - timezone.now()).total_seconds(), -1))
        rewind(resting, seconds=rests[-1] + 1)
        sync.refresh([resting])

    assert rests == [30, 60, 120, 240, 300, 300]


def test_it_waits_as_long_as_mirakl_asks(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=429, retry_after=90)

    sync.refresh([maison])
    sync.refresh([maison])

    assert maison.mirror.retry_at is not None
    assert maison.mirror.retry_at - timezone.now() > timedelta(seconds=80)
    assert len(mirakl.calls("M11")) == 1


def test_a_refused_key_is_not_tried_again_at_once(maison: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=401)

    sync.refresh([maison])
    sync.refresh([maison])

    assert len(mirakl.calls("M11")) == 1


def test_a_new_key_is_tried_at_once(maison: Marketplace, mirakl: Mirakl) -> None:
    clients.set_credential(maison, kind="key", key="wrong")
    sync.refresh([maison])
    clients.set_credential(maison, kind="key", key="sandbox-shop-maison")

    (freshness,) = sync.refresh([maison])

    assert (freshness.state, freshness.words) == ("fresh", "")


def test_a_thread_of_a_resting_marketplace_is_shown_as_mirrored(
    resting: Marketplace, mirakl: Mirakl
) -> None:
    Thread.objects.create(marketplace=resting, mirakl_id="t", last_message_at=timezone.now())

    opened = sync.open_thread(resting, "t")

    assert opened.thread is not None
    assert opened.freshness.state == "down"
    assert mirakl.calls("M10") == []


# -- answers that lie -----------------------------------------------------


def test_a_page_token_that_goes_round_ends_the_reading(maison: Marketplace, mirakl: Mirakl) -> None:
    sync.refresh([maison])
    rewind(maison, minutes=1)
    mirakl.fails("M11", status=200, body=page_of(thread_of(), next_page_token="again"))

    (freshness,) = sync.refresh([maison])

    assert (freshness.state, maison.mirror.error_kind) == ("down", "garbled")
    assert maison.mirror.delta_token == ""
    assert len(mirakl.calls("M11")) == 3
    assert Thread.objects.filter(mirakl_id="thread-1").exists()


ODD: dict[str, Any] = {
    "no id": {"topic": {"type": "FREE_TEXT", "value": "?"}},
    "a number": 7,
    "null": None,
    "an empty id": thread_of(id=""),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_thread_that_is_none_costs_only_itself(
    odd: Any, maison: Marketplace, mirakl: Mirakl
) -> None:
    good = thread_of(message("m1", "CUSTOMER", ago(hours=1)))
    mirakl.fails("M11", status=200, body=page_of(odd, good))

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert [thread.mirakl_id for thread in Thread.objects.all()] == ["thread-1"]


def test_half_an_emoji_costs_only_itself(maison: Marketplace, mirakl: Mirakl) -> None:
    good = thread_of(message("m1", "CUSTOMER", ago(hours=1)))
    bad = thread_of(id="thread-2", topic={"type": "FREE_TEXT", "value": "cut \ud83d"})
    mirakl.fails("M11", status=200, body=json.dumps(page_of(bad, good)))

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert Thread.objects.get(mirakl_id="thread-1").topic_value == "The lamp"


STRANGE: dict[str, dict[str, Any]] = {
    "nothing but an id": {"id": "thread-1"},
    "nulls": dict.fromkeys(thread_of(), None) | {"id": "thread-1"},
    "wrong types": dict.fromkeys(thread_of(), 3.5) | {"id": "thread-1"},
    "NULs": thread_of(message("m1", "CUSTOMER", ago(hours=1), body="a\0b")),
    "unknown kinds": thread_of(
        message("m1", "ROBOT", ago(hours=1)), entities=[{"type": "SPACESHIP", "id": "1"}]
    ),
    "years out of reach": thread_of(
        message("m1", "CUSTOMER", "9999-12-31T23:59:59Z"), date_created="0001-01-01T00:00:00Z"
    ),
    "numbers out of reach": thread_of(metadata={"total_count": -(10**30)}),
    "a huge file": thread_of(
        message("m1", "CUSTOMER", ago(hours=1), attachments=[{"id": "a", "size": 10**30}])
    ),
    "endless names": thread_of(
        message("m1", "CUSTOMER", ago(hours=1), attachments=[{"id": "a", "name": "n" * 5000}]),
        topic={"type": "T" * 500, "value": "V" * 5000},
        entities=[{"type": "E" * 500, "id": "I" * 500, "label": "L" * 5000}],
        authorized_participants=[{"type": "CUSTOMER", "id": "C" * 500, "display_name": "D" * 500}],
        customer_organization={"id": "O" * 500, "display_name": "O" * 5000},
    ),
    "a message twice": thread_of(*[message("m1", "CUSTOMER", ago(hours=1))] * 2),
    "a message of a megabyte": thread_of(
        message("m1", "CUSTOMER", ago(hours=1), body=" ".join(map(str, range(150_000))))
    ),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_strange_thread_is_shown_as_far_as_it_goes(
    strange: dict[str, Any], maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", status=200, body=page_of(strange, strange))

    (freshness,) = sync.refresh([maison])

    assert freshness.state == "fresh"
    assert [thread.mirakl_id for thread in Thread.objects.all()] == ["thread-1"]


def test_it_names_the_day_of_a_failure_that_is_not_of_today(maison: Marketplace) -> None:
    maison.mirror.error_kind = "unreachable"
    maison.mirror.failing_since = timezone.now() - timedelta(days=40)

    words = breaker.describe_failure(maison)

    assert f"{maison.mirror.failing_since:%b}" in words


def test_conversations_that_fail_together_count_once(maison: Marketplace, mirakl: Mirakl) -> None:
    Thread.objects.create(marketplace=maison, mirakl_id="t", last_message_at=timezone.now())
    mirakl.fails("M10", status=500, latency_ms=300)

    def open_it() -> str:
        row = Marketplace.objects.get()
        return sync.open_thread(row, "t", force=True).freshness.state

    displays = at_once(4, open_it)

    assert displays == ["down"] * 4
    assert Marketplace.objects.get().mirror.failures == 1
