"""Hostile answers affect only the marketplace that sends them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, Thread, User
from inbox.services.marketplaces import breaker
from inbox.services.mirror import delta, sync, upsert
from inbox.services.mirror.history import load_history_step
from tests.builders import text_of, works_on
from tests.reading import ago, message, page_of, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db(transaction=True)

NULS = {"message": "a\0b"}
LISTS = ["/", "/?view=all", "/thanks/"]
UNUSABLE = ["a\0b", "x" * 100_000]


@pytest.fixture
def both(maison: Marketplace, nordhaus: Marketplace, alice: User, client: Client) -> Client:
    """Alice, an agent of Maison Verte and Nordhaus."""
    works_on(nordhaus, alice)
    client.force_login(alice)
    return client


@pytest.fixture
def nordhaus_makes_us_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulates an unexpected error in our code for an answer."""

    def failing(usual: Callable[..., Any]) -> Callable[..., Any]:
        def store(marketplace: Marketplace, *args: Any, **more: Any) -> Any:
            if marketplace.slug == "nordhaus":
                raise ZeroDivisionError("a name that must not be logged")
            return usual(marketplace, *args, **more)

        return store

    monkeypatch.setattr(delta, "store_threads", failing(upsert.store_threads))
    monkeypatch.setattr(sync, "store_threads", failing(upsert.store_threads))
    monkeypatch.setattr(sync, "store_thread", failing(upsert.store_thread))


# -- words ----------------------------------------------------------------


@pytest.mark.usefixtures("every_display_asks")
@pytest.mark.parametrize("url", LISTS)
def test_a_refusal_with_nuls_costs_one_marketplace(url: str, both: Client, mirakl: Mirakl) -> None:
    mirakl.fails("M11", marketplace="nordhaus", status=400, body=NULS)

    answer = both.get(url)

    assert answer.status_code == 200
    assert "Nordhaus has been rejecting requests" in text_of(answer)
    assert "Showing Maison Verte as of" not in text_of(answer)


@pytest.mark.usefixtures("every_display_asks")
def test_the_breaker_opens_on_refusals_with_nuls(nordhaus: Marketplace, mirakl: Mirakl) -> None:
    mirakl.fails("M11", status=400, body=NULS)

    for _ in range(3):
        sync.refresh([nordhaus])

    state = nordhaus.mirror
    assert (breaker.get_circuit(state, timezone.now()), state.failures) == ("open", 3)
    assert nordhaus.mirror.last_error == "a b"


@pytest.mark.usefixtures("every_display_asks")
@pytest.mark.parametrize("token", UNUSABLE, ids=["a NUL", "endless"])
def test_a_page_token_that_cannot_be_used_costs_one_marketplace(
    token: str, both: Client, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    sync.refresh([nordhaus])
    body = page_of(thread_of(), next_page_token=token)
    mirakl.fails("M11", marketplace="nordhaus", status=200, body=body)

    answers = [both.get("/") for _ in range(4)]

    nordhaus.refresh_from_db()
    assert [one.status_code for one in answers] == [200] * 4
    assert (nordhaus.mirror.error_kind, breaker.get_circuit(nordhaus.mirror, timezone.now())) == (
        "garbled",
        "open",
    )
    assert Thread.objects.filter(mirakl_id="thread-1").exists()


@pytest.mark.parametrize("token", UNUSABLE, ids=["a NUL", "endless"])
def test_a_history_with_a_token_that_cannot_be_used_says_so(
    token: str, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    body = page_of(thread_of(), next_page_token=token)
    mirakl.fails("M11", marketplace="nordhaus", status=200, body=body)
    sync.refresh([nordhaus])

    progress = load_history_step(nordhaus)

    assert "invalid responses" in progress.words
    assert not progress.done


# -- the unforeseen -------------------------------------------------------


@pytest.mark.usefixtures("nordhaus_makes_us_fail", "every_display_asks")
@pytest.mark.parametrize("url", LISTS)
def test_what_nobody_foresaw_costs_one_marketplace(
    url: str, both: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = both.get(url)

    assert answer.status_code == 200
    assert "synced since" in text_of(answer)
    assert Thread.objects.filter(marketplace__slug="maison-verte").exists()
    assert "M11 of nordhaus could not be read" in caplog.text


@pytest.mark.usefixtures("nordhaus_makes_us_fail", "every_display_asks")
def test_the_breaker_opens_on_what_nobody_foresaw(nordhaus: Marketplace, mirakl: Mirakl) -> None:
    for _ in range(4):
        sync.refresh([nordhaus])

    assert breaker.get_circuit(nordhaus.mirror, timezone.now()) == "open"
    assert len(mirakl.calls("M11")) == 3


@pytest.mark.usefixtures("nordhaus_makes_us_fail")
def test_a_conversation_that_makes_us_fail_is_shown_as_mirrored(
    both: Client, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    known = mirakl_thread(nordhaus)
    mirakl.fails("M10", status=200, body=thread_of())

    answers = [both.get(known.get_absolute_url()) for _ in range(3)]

    assert [one.status_code for one in answers] == [200] * 3
    assert "show this conversation." in text_of(answers[0])
    assert Marketplace.objects.get(pk=nordhaus.pk).mirror.failures == 0


# -- one conversation that is refused -------------------------------------


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_a_refused_conversation_says_why_and_keeps_nobody_from_the_inbox(
    status: int, both: Client, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    known = mirakl_thread(nordhaus)
    mirakl.fails("M10", status=status, body={"message": "Not\0 for you"})

    pages = [text_of(both.get(known.get_absolute_url())) for _ in range(3)]

    assert "show this conversation: “Not for you”" in pages[-1]
    (freshness,) = sync.refresh([Marketplace.objects.get(pk=nordhaus.pk)])
    assert (freshness.state, len(mirakl.calls("M11"))) == ("fresh", 1)


def test_refused_conversations_of_an_order_keep_nobody_from_the_inbox(
    nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("M11", status=400, body={"message": "Unknown order"})
    for _ in range(3):
        _threads, freshness = sync.fetch_order_threads(nordhaus, "N-1")
    mirakl.recovers()

    (inbox,) = sync.refresh([nordhaus])

    assert freshness.words == "Nordhaus can't show these conversations: “Unknown order”"
    assert inbox.state == "fresh"


def test_a_refused_key_is_still_the_marketplaces_failure(
    nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    known = mirakl_thread(nordhaus)
    mirakl.fails("M10", status=401)

    opened = sync.open_thread(nordhaus, known.mirakl_id)

    assert "rejected the credentials" in opened.freshness.words
    assert nordhaus.mirror.failures == 1


def mirakl_thread(marketplace: Marketplace) -> Thread:
    """Returns a thread that an earlier display has mirrored."""
    record = thread_of(message("m1", "CUSTOMER", ago(hours=1)))
    return Thread.objects.create(
        marketplace=marketplace, mirakl_id=record["id"], last_message_at=ago(hours=1)
    )


def test_an_answer_about_one_conversation_that_has_no_end_is_its_own_matter(
    nordhaus: Marketplace, mirakl: Mirakl, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = mirakl_thread(nordhaus)
    monkeypatch.setattr("inbox.mirakl.bodies.LARGEST_ANSWER", 1_000)
    mirakl.fails("M10", status=200, body=thread_of(message("m1", "SHOP", ago(), body="x" * 2_000)))

    opened = sync.open_thread(nordhaus, known.mirakl_id)

    assert opened.freshness.words == "Nordhaus can't show this conversation."
    assert nordhaus.mirror.failures == 0
