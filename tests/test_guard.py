"""Warnings before a message is sent: internal text, and the wrong language."""

import pytest

from inbox.models import Marketplace, Thread
from inbox.sandbox.seed import texts_de, texts_en, texts_fr
from inbox.sandbox.seed.texts import Scenario
from inbox.services import languages
from inbox.services.composing import greetings, warnings

FRENCH = "Bonjour, votre colis est parti ce matin et vous le recevrez demain."
ENGLISH = "Hello, your parcel left this morning and will be with you tomorrow."
TEXTS = {"fr": texts_fr, "de": texts_de, "en": texts_en}


def messages_of(language: str) -> list[str]:
    """Returns the shops' messages to customers in the sandbox."""
    values = vars(TEXTS[language]).values()
    rows = [row for value in values if isinstance(value, tuple) for row in value]
    scenarios = [row for row in rows if isinstance(row, Scenario)]
    return [text for one in scenarios for text in (*one.answers, *one.endings)]


def looked_at(body: str = "Hello", **changes: object) -> list[str]:
    marketplace = Marketplace(name="Maison Verte", language="fr")
    for name in ("language", "discourages_operator_copy"):
        if name in changes:
            setattr(marketplace, name, changes[name])
    to, begun_for = changes.get("to", ["CUSTOMER"]), changes.get("begun_for", [])
    thread = Thread(marketplace=marketplace)
    found = warnings.find_warnings(thread, body, to=to, begun_for=begun_for)  # type: ignore[arg-type]
    return [one.kind for one in found]


# -- what sounds internal -----------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Can you refund him please?",
        "@marie what do we do here?",
        "Internal note: he has called twice",
        "The customer is right, I think.",
        "Don't tell them yet",
        "Peux-tu regarder cette commande ?",
        "Le client a déjà reçu un avoir",
        "À traiter en interne",
        "Kannst du das bitte erstatten?",
        "Der Kunde hat recht",
        "Nur intern: Kulanz",
        "¿Puedes devolverle el dinero?",
        "El cliente tiene razón",
        "Puoi rimborsarlo?",
        "Il cliente ha ragione",
    ],
)
def test_text_for_a_colleague_is_noticed(text: str) -> None:
    assert warnings.sounds_internal(text)


@pytest.mark.parametrize("language", TEXTS)
def test_what_shops_write_to_customers_is_left_alone(language: str) -> None:
    messages = messages_of(language)

    assert len(messages) > 40
    assert [one for one in messages if warnings.sounds_internal(one)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Write to help@demo.example, or see https://demo.example/@shop",
        "Our customer service is there for you.",
        "Could you send them since us? Please call him on arrival: he is our driver.",
        "The return is paid for by the customer.",
        "Kannst du uns bitte ein Foto schicken?",
        "Peux-tu nous envoyer une photo ?",
        "The lamp has 128 GB of internal memory.",
        "Votre espace client vous dira tout, notre service client aussi.",
        "Im Kundenkonto sehen Sie alles.",
        "Nuestro servicio de atención al cliente le ayudará.",
    ],
)
def test_text_that_is_only_similar_is_not(text: str) -> None:
    assert warnings.sounds_internal(text) == ""


def test_the_operator_may_read_what_sounds_internal() -> None:
    text = "The customer is right."

    assert looked_at(text, to=["CUSTOMER"]) == ["internal"]
    assert looked_at(text, to=["OPERATOR"]) == []


# -- who reads it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun_for", "to", "expected"),
    [
        (["OPERATOR"], ["CUSTOMER"], ["reader"]),
        (["OPERATOR"], ["CUSTOMER", "OPERATOR"], ["reader"]),
        (["CUSTOMER"], ["OPERATOR"], ["reader"]),
        (["CUSTOMER"], ["CUSTOMER", "OPERATOR"], []),
        (["CUSTOMER", "OPERATOR"], ["CUSTOMER"], []),
        ([], ["CUSTOMER"], []),
    ],
)
def test_a_draft_that_goes_to_somebody_else_is_noticed(
    begun_for: list[str], to: list[str], expected: list[str]
) -> None:
    assert looked_at(to=to, begun_for=begun_for) == expected


@pytest.mark.parametrize(
    ("discourages", "to", "expected"),
    [
        (True, ["CUSTOMER", "OPERATOR"], ["copied"]),
        (True, ["OPERATOR"], []),
        (True, ["CUSTOMER"], []),
        (False, ["CUSTOMER", "OPERATOR"], []),
    ],
)
def test_a_copy_that_the_operator_does_not_want_is_noticed(
    discourages: bool, to: list[str], expected: list[str]
) -> None:
    assert looked_at(to=to, discourages_operator_copy=discourages) == expected


# -- the language -------------------------------------------------------------


def test_another_language_than_the_customers_is_noticed() -> None:
    assert looked_at(ENGLISH, language="fr") == ["language"]
    assert looked_at(FRENCH, language="fr") == []
    assert looked_at(FRENCH, language="fr_CA") == []


def test_it_says_which_language_it_is_and_which_it_should_be() -> None:
    thread = Thread(marketplace=Marketplace(language="fr"))

    (warned,) = warnings.find_warnings(thread, ENGLISH, to=["CUSTOMER"], begun_for=[])

    assert "English" in warned.text
    assert "French" in warned.text


def test_the_operator_is_written_to_in_any_language() -> None:
    assert looked_at(ENGLISH, language="fr", to=["OPERATOR"]) == []


@pytest.mark.parametrize(
    "text", ["", "Merci !", "MV-1016-A 12:30 DEMO-SKU-101", "https://x.example"]
)
def test_a_text_that_is_too_short_has_no_language(text: str) -> None:
    assert languages.detect(text) == ""


@pytest.mark.parametrize("language", TEXTS)
def test_it_is_hardly_ever_wrong_about_a_message(language: str) -> None:
    said = [languages.detect(text) for text in messages_of(language)]

    assert {one for one in said if one} == {language}
    assert said.count(language) > len(said) * 0.8


# -- whom it greets -----------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Hello Rosalind, your lamp is on its way.",
        "Dear Ms. Sample,\nWe are sorry.",
        "Hi, Rosalind!\nA new one leaves today.",
        "Rosalind,\nthank you.",
        "\n\nDear customer, we are sorry.",
        "Bonjour Madame Sample,",
        "Chère Rosalind, le colis part demain.",
        "Cher client, le colis part demain.",
        "Guten Tag Frau Sample,\ndas Paket ist unterwegs.",
        "Sehr geehrte Frau Sample,",
        "Liebe Kundin, es tut uns leid.",
        "Hola Rosalind: el paquete sale hoy.",
        "Buenos días, Rosalind:",
        "Estimada señora Sample:",
        "Buongiorno Rosalind, il pacco parte oggi.",
        "Gentile cliente, ci scusiamo.",
        "hello dear rosalind",
    ],
)
def test_a_greeting_of_the_customer_is_noticed(text: str) -> None:
    assert greetings.greets(text, "Rosalind Sample")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, Rosalind wants a refund.",
        "Hello, can you help with this order?",
        "Dear Maison Verte team, Rosalind Sample has written to us.",
        "Sehr geehrte Damen und Herren, die Bestellung ist verloren.",
        "Bonjour, le colis de Madame Sample est perdu.",
        "Hola equipo: la clienta no contesta.",
        "The parcel of Rosalind is lost.",
        "Rosalind has called twice.",
        "Buongiorno, il pacco è perso.",
        "Dear Sir or Madam, this order is lost.",
    ],
)
def test_a_word_to_the_operator_greets_no_customer(text: str) -> None:
    assert not greetings.greets(text, "Rosalind Sample")


@pytest.mark.parametrize(
    ("role", "to", "expected"),
    [
        ("seller", ["OPERATOR"], ["greeting"]),
        ("seller", ["CUSTOMER", "OPERATOR"], []),
        ("operator", ["SHOP"], ["greeting"]),
        ("front", ["SHOP"], []),
    ],
)
def test_a_greeting_that_the_customer_will_not_read_is_held(
    role: str, to: list[str], expected: list[str]
) -> None:
    marketplace = Marketplace(name="Maison Verte", language="en", role=role)
    thread = Thread(marketplace=marketplace, customer_name="Rosalind Sample")

    found = warnings.find_warnings(
        thread, "Hello Rosalind, your lamp has left.", to=to, begun_for=[]
    )

    assert [one.kind for one in found] == expected
