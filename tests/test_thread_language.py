"""The language that a conversation's customer writes, guessed when their messages are stored."""

from typing import Any

import msgspec
import pytest

from inbox import mirakl
from inbox.models import Marketplace, Thread
from inbox.services.backfills import languages
from inbox.services.mirror import order_threads
from inbox.services.mirror.upsert import store_threads
from tests.reading import ago, message, thread_of

pytestmark = pytest.mark.django_db

GERMAN = "Ich warte seit zwei Wochen auf meine Lampe und möchte wissen, wann sie endlich kommt."
FRENCH = "Bonjour, votre lampe a été expédiée hier et devrait arriver avant la fin de la semaine."


@pytest.fixture
def seller(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def store(seller: Marketplace, *said: dict[str, Any]) -> Thread:
    store_threads(seller, [msgspec.convert(thread_of(*said), mirakl.Thread)])
    return Thread.objects.get()


def of_customer(body: str, hours: int = 1) -> dict[str, Any]:
    return message(f"c{hours}", "CUSTOMER", ago(hours=hours), body=body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (GERMAN, "de"),
        (f"{GERMAN}\n\n> {FRENCH}", "de"),
        (f"{GERMAN}\n\n{FRENCH}", "de"),
        ("Dzień dobry, proszę o informację, kiedy otrzymam moją przesyłkę z lampą.", "pl"),
        ("Merci !", ""),
        ("MV-1042-A", ""),
    ],
)
def test_it_is_that_of_the_customers_own_words(body: str, code: str, seller: Marketplace) -> None:
    ours = message("s1", "SHOP", ago(hours=3), body=FRENCH)

    assert store(seller, ours, of_customer(body)).language == code


def test_our_words_tell_nothing(seller: Marketplace) -> None:
    assert store(seller, message("s1", "SHOP", ago(hours=3), body=FRENCH)).language == ""


def test_a_short_answer_leaves_it_as_it_is(seller: Marketplace) -> None:
    first = of_customer(GERMAN, hours=9)
    store(seller, first)

    assert store(seller, first, of_customer("Danke!")).language == "de"


def test_a_customer_who_changes_language_is_followed(seller: Marketplace) -> None:
    first = of_customer("Merci", hours=99)
    store(seller, first)
    english = "Please tell me where my parcel is, I have been waiting for it for three weeks now."

    assert store(seller, first, of_customer(english)).language == "en"


def test_it_is_not_guessed_again_where_nobody_has_written(seller: Marketplace) -> None:
    said = of_customer(GERMAN)
    store(seller, said)
    Thread.objects.update(language="nl")

    assert store(seller, said).language == "nl"


def test_an_order_tells_it_where_messages_do_not(seller: Marketplace) -> None:
    thread = store(seller, of_customer("?"))

    order_threads.store_language(seller, "MV-1-A", "sv_SE")
    order_threads.store_language(seller, "MV-1-A", "fr_FR")

    thread.refresh_from_db()
    assert thread.language == "sv"


@pytest.mark.parametrize("locale", ["xx_YY", "🙂", "", "unknown"])
def test_an_order_in_no_language_tells_nothing(locale: str, seller: Marketplace) -> None:
    thread = store(seller, of_customer("?"))

    order_threads.store_language(seller, "MV-1-A", locale)

    thread.refresh_from_db()
    assert thread.language == ""


# -- what was stored before -----------------------------------------------


@pytest.fixture
def stored_before(seller: Marketplace) -> list[Thread]:
    records = [
        thread_of(of_customer(f"{GERMAN}\n\n> {FRENCH}"), id=f"thread-{number}")
        for number in range(5)
    ]
    store_threads(seller, [msgspec.convert(one, mirakl.Thread) for one in records])
    Thread.objects.update(language="")
    return list(Thread.objects.order_by("pk"))


@pytest.mark.parametrize("size", [1, 2, 100])
def test_it_is_guessed_from_what_is_stored(
    size: int, stored_before: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "STEP", size)

    languages.guess()

    assert set(Thread.objects.values_list("language", flat=True)) == {"de"}


def test_it_goes_on_where_it_was_stopped(
    stored_before: list[Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "STEP", 2)
    assert languages.guess_step(0) == stored_before[1].pk
    assert Thread.objects.filter(language="de").count() == 2

    languages.guess()

    assert Thread.objects.filter(language="de").count() == 5


def test_what_is_known_by_then_stays(stored_before: list[Thread]) -> None:
    Thread.objects.filter(pk=stored_before[0].pk).update(language="nl")

    languages.guess()

    assert Thread.objects.filter(language="nl").count() == 1
