"""Spelling suggestions for terms without results, with words that the reader may see."""

import pytest
from django.utils import timezone

from inbox import word_forms
from inbox.models import Marketplace, Message, Note, Thread
from inbox.services.mirror import mapping
from inbox.services.search import corrections
from inbox.services.search.corrections import Correction

pytestmark = pytest.mark.django_db


def marketplace(name: str) -> Marketplace:
    return Marketplace.objects.create(name=name, slug=name, base_url=f"https://{name}.example")


def say(connection: Marketplace, *bodies: str, customer: str = "") -> Thread:
    now = timezone.now()
    thread = Thread(
        marketplace=connection, mirakl_id=word_forms.fold(str(bodies)), last_message_at=now
    )
    thread.customer_name = customer
    mapping.fill_search(thread)
    thread.save()
    for number, body in enumerate(bodies):
        Message.objects.create(
            marketplace=thread.marketplace,
            thread=thread,
            mirakl_id=str(number),
            created_at=now,
            search_text=mapping.build_search_text(body),
        )
    return thread


@pytest.fixture
def nord(db: None) -> Marketplace:
    connection = marketplace("nord")
    say(connection, "The refund for my kettle", "Where is the warranty card?")
    say(connection, "Rückerstattung bitte", "Посылка потерялась", customer="Anselm Vandermeer")
    say(connection, "the tail of a ketch", "a snow blower")
    return connection


def corrected(connection: Marketplace, text: str) -> Correction | None:
    return corrections.find_correction([connection], text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waranty", "warranty"),
        ("warrranty", "warranty"),
        ("warrenty", "warranty"),
        ("warratny", "warranty"),
        ("Refnud", "refund"),
        ("kettlle", "kettle"),
        ("Vnadermeer", "vandermeer"),
        ("Rükcerstattung", "ruckerstattung"),
        ("посулка", "посылка"),
    ],
)
def test_one_character_is_corrected(nord: Marketplace, typed: str, meant: str) -> None:
    found = corrected(nord, typed)

    assert found == Correction(typed, meant, meant)


@pytest.mark.parametrize(
    "typed",
    [
        *("warranty", "tial", "wrraanty", "wrnty", "zzzzzzz", "7318x", "TX-5519", "", '"waranty"'),
        *("x" * 300, "退货退货退货", "refund kettle"),
    ],
)
def test_nothing_else_is_offered(nord: Marketplace, typed: str) -> None:
    assert corrected(nord, typed) is None


def test_only_the_word_that_nothing_has_is_changed(nord: Marketplace) -> None:
    found = corrected(nord, "refund kettel")

    assert found == Correction("kettel", "kettle", "refund kettle")


def test_nothing_is_offered_that_finds_nothing(nord: Marketplace) -> None:
    assert corrected(nord, "blower warrenty") is None


def test_the_word_that_is_used_most_is_meant(nord: Marketplace) -> None:
    for number in range(3):
        say(nord, f"a mettle {number}")

    found = corrected(nord, "zettle")

    assert found == Correction("zettle", "mettle", "mettle")


def test_nobody_is_offered_a_word_of_somebody_elses(nord: Marketplace) -> None:
    theirs = say(marketplace("sud"), "the confidential takeover")
    Note.objects.create(thread=theirs, token="9" * 32, body="", search_text="insolvency")

    assert corrected(nord, "tekeover") is None
    assert corrected(nord, "insolvnecy") is None
    assert corrected(theirs.marketplace, "tekeover") is not None
    assert corrected(theirs.marketplace, "insolvnecy") is not None
