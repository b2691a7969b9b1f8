"""Typed text is shown unchanged: tags as text, and numbers in order."""

import pytest

from inbox.sanitize import plain_text, render
from tests.html import Page

WORDS = [
    "Do you have size <P> as well?",
    "I would take size <P>.",
    "Press <Input> on the remote: nothing.",
    "Ich brauche <b> oder <P>, nicht <L>.",
    'Auf der Fernbedienung steht "<Source>".',
    "J’ai appuyé sur <li> (en bas à gauche)",
    "El botón <Link> no funciona.",
    "Na pilocie jest <Head>, a nie <Body>.",
    "Il tasto <p>\nnon va.",
    "<P>",
]
MARKUP = [
    *("Hello<p>World", "<p>Hello", "Hello\n<p>World", "One<br>two", "<p>a</p>", "size <b>P</b>"),
    *("a <p class='x'> b", "x <p> a <p> b <p> c", "Size <P> or<br>L", "<div>a <p> b</div>"),
]


@pytest.mark.parametrize("body", WORDS)
def test_a_tag_in_a_sentence_is_a_word(body: str) -> None:
    shown = render(body)

    assert not shown.is_html
    assert plain_text(body) == body


@pytest.mark.parametrize("body", MARKUP)
def test_tags_that_can_be_nothing_else_are_tags(body: str) -> None:
    assert render(body).is_html


# -- from left to right ---------------------------------------------------

NUMBERS = [
    *("+49 30 901820", "030 1234 5678", "(03) 555-1234", "KC-20881-A/7", "20881-KC"),
    *("+972-3-5551234", "Samsung S20-FE", "Order KC-20881", "Größe 3-4", "MV_7/2026"),
    *("12.50 €", "EUR 1,250.00", "€ 12.50", "3-8-2026", "10:30", "#12-34", "50%"),
]
SENTENCES = ["התקשרו אליי {} תודה", "اتصل بي {} شكرا", "<p>השולחן {} שבור</p>", "شماره {} است"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_number_keeps_its_order_in_text_from_right_to_left(sentence: str, number: str) -> None:
    shown = render(sentence.format(number)).html

    assert Page(shown).texts("bdi", dir="ltr") == [number]


def test_a_link_keeps_its_order_in_text_from_right_to_left() -> None:
    shown = render("ראו https://shop.example/a?b=1 תודה").html

    assert '><bdi dir="ltr">https://shop.example/a?b=1</bdi></a>' in shown


@pytest.mark.parametrize(
    "body",
    [
        "Call +49 30 901820, order KC-20881",
        "<p>12.50 €</p>",
        "יש 3 כיסאות",
        "אין AT&T כאן",
        "Order KC-20881 for שלום came",
        "<p>Call 030 1234 5678<br>שלום</p>",
    ],
)
def test_nothing_else_is_set_apart(body: str) -> None:
    assert "<bdi" not in render(body).html


def test_escapes_stay_whole_where_numbers_are_set_apart() -> None:
    shown = render("<p>שלום AT&amp;T-1 &lt;5-6&gt; 030&nbsp;12-34</p>").html

    assert "".join(Page(shown).pieces) == "שלום AT&T-1 <5-6> 030\N{NO-BREAK SPACE}12-34"


# -- spaces ---------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spaces_and_ends_of_lines_stay_as_they_are(end: str) -> None:
    body = f"Article   Count{end}  Lamp      2{end}{end}{end}Thanks"

    assert render(body).html == "Article   Count<br>  Lamp      2<br><br>Thanks"
