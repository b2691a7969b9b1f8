"""Gaps that an author typed by hand and did not fill."""

import pytest

from inbox.models import Marketplace, Thread
from inbox.services.composing import warnings
from tests.test_guard import messages_of

GAPS = [
    ("Hello [Name], thank you.", "[Name]"),
    ("It costs [PRICE] EUR.", "[PRICE]"),
    ("Your refund of [Betrag einfügen] is on its way.", "[Betrag einfügen]"),
    ("Bonjour [prénom],", "[prénom]"),
    ("It comes on XXX.", "XXX"),
    ("Wir erstatten XX,XX €.", "XX,XX"),
    ("The number is ____, please keep it.", "____"),
]
NO_GAPS = [
    "See [1] and [2].",
    "[x] sent, [X] paid, [ ] received",
    "You wrote that it was “lossed” [sic].",
    "Your order [MV-1016-A] left, and [DEMO-SKU-101] with it.",
    "[EN] Hello [FR] Bonjour",
    "Write to help[at]demo[dot]example or help [at] demo [dot] example.",
    "[our terms](https://demo.example/terms)",
    "> [Name], it costs [PRICE] and XXX\nIt does not.",
    'You ask what “[PRICE]” means, and "[Name]" on our page.',
    "Was bedeutet „[Name]“? Que veut dire « [prénom] » ?",
    "Size XXXL, XXX-200, card XXXX 1234",
    "Regards\n__________\nMaison Verte",
    "The file is called my___file.txt",
    "[missing: tracking.url]",
    "[…] and [...]",
]


@pytest.mark.parametrize(("text", "gap"), GAPS, ids=[gap for _text, gap in GAPS])
def test_a_gap_is_found(text: str, gap: str) -> None:
    assert warnings.gap_in(text) == gap


@pytest.mark.parametrize("text", NO_GAPS)
def test_what_only_looks_like_a_gap_is_none(text: str) -> None:
    assert warnings.gap_in(text) == ""


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_what_shops_write_has_no_gaps(language: str) -> None:
    messages = messages_of(language)

    assert messages
    assert [one for one in messages if warnings.gap_in(one)] == []


@pytest.mark.parametrize("to", ["CUSTOMER", "OPERATOR"])
def test_whoever_reads_it_the_gap_is_warned_of_in_words(to: str) -> None:
    thread = Thread(marketplace=Marketplace(name="Maison Verte", language="en"))

    (warned,) = warnings.find_warnings(thread, "It costs [PRICE].", to=[to], begun_for=[])

    assert warned.kind == "gap"
    assert warned.text == "“[PRICE]” looks like a gap to fill."
