"""Placeholders in canned replies: the known names, their values, and that no code runs."""

from datetime import UTC, datetime

import pytest

from inbox.services.composing import placeholders
from inbox.services.composing.placeholders import (
    NAMES,
    Piece,
    Values,
    fill,
    find_unfilled,
    problems,
)

VALUES: Values = {
    "customer.first_name": "Camille",
    "order.id": "MV-1",
    "order.date": datetime(2026, 3, 9, 10, tzinfo=UTC),
    "tracking.url": "",
}


def test_names_become_values_and_the_rest_stays_as_it_is() -> None:
    filled = fill("Hello {{customer.first_name}},\n\n  {{ order.id }} 100 %", VALUES)

    assert filled.text == "Hello Camille,\n\n  MV-1 100 %"
    assert filled.missing == []


@pytest.mark.parametrize("value", ["", None])
def test_what_is_missing_is_marked_and_never_left_blank(value: str | None) -> None:
    filled = fill("Follow it: {{ tracking.url }}", {"tracking.url": value})

    assert filled.text == "Follow it: [missing: tracking.url]"
    assert filled.pieces[-1] == Piece("[missing: tracking.url]", "tracking.url", is_missing=True)


@pytest.mark.parametrize("quotes", ['""', "''", "“”"])
def test_a_default_stands_for_what_is_missing(quotes: str) -> None:
    body = f"{{{{ tracking.url|default:{quotes[0]}our site{quotes[1]} }}}}"

    assert fill(body, VALUES).text == "our site"
    assert fill(body, {"tracking.url": "https://x.example"}).text == "https://x.example"


def test_a_date_is_written_in_the_language_of_the_text() -> None:
    body = '{{ order.date|date:"j F Y" }}'

    assert fill(body, VALUES, language="fr").text == "9 mars 2026"
    assert fill(body, VALUES, language="de").text == "9 März 2026"


def test_a_value_is_never_read_again() -> None:
    values = {"customer.first_name": "{{ order.id }}", "order.id": "MV-1"}

    assert fill("{{ customer.first_name }}", values).text == "{{ order.id }}"


@pytest.mark.parametrize(
    "body",
    [
        "{{ customer.password }}",
        "{{ agent.user.password }}",
        "{{ order.id|upper }}",
        '{{ order.id|upper:"x" }}',
        '{{ order.id|date:"Y" }}',
        "{{ order.id",
        "{{ order.id }} }}",
        "{% for x in y %}{{ x }}{% endfor %}",
        "{{ customer.__class__ }}",
    ],
)
def test_what_is_not_known_cannot_be_saved(body: str) -> None:
    assert problems(body)


def test_a_name_that_is_not_known_is_refused_with_those_that_are() -> None:
    (words,) = problems("{{ customer.email }}")

    assert "customer.email" in words
    assert all(name in words for name in NAMES)


def test_every_known_name_can_be_saved_and_filled() -> None:
    body = " ".join(f"{{{{ {name} }}}}" for name in NAMES)

    assert problems(body) == []
    assert placeholders.names_in(body) == set(NAMES)
    assert fill(body, dict.fromkeys(NAMES, "x")).missing == []


def test_each_missing_value_of_a_message_is_found_once() -> None:
    text = "[missing: tracking.url] and [missing: tracking.url], {{ order.id }}, {{ mine }}, [x]"

    assert find_unfilled(text) == ["[missing: tracking.url]", "{{ order.id }}"]


def test_a_long_row_of_braces_takes_no_time() -> None:
    assert problems("{{ a" * 10_000 + "|" * 10_000)
