"""What is taken for thanks and nothing else; anything that may want an answer is not."""

import pytest

from inbox.models import Marketplace, Thread
from inbox.services import mirror
from inbox.services.thanks import is_thanks
from tests.reading import ago, message, thread_of
from tests.writing import Mirakl

INTRO = "Le 4 nov. 2025 à 09:12, Maison <aide@example.com> a écrit :"


@pytest.mark.parametrize(
    "text",
    [
        "Merci !",
        "merci beaucoup, bonne journée",
        "Bonjour,\nParfait, merci pour votre réponse rapide.\nCordialement,\nCamille Démo",
        "ok danke",
        "Vielen Dank für die schnelle Antwort! Viele Grüße, Jürgen",
        "Thanks a lot, that works. Have a great day!",
        "Perfect, thank you so much 🙂",
        "Muchas gracias, un saludo",
        "Grazie mille, buona giornata",
    ],
)
def test_it_is_thanks(text: str) -> None:
    assert is_thanks(text, "Camille Démo", "Jürgen Probe")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bonjour",
        "ok",
        "Merci, mais il manque une vis",
        "Merci de rembourser",
        "Thanks, call me",
        "Merci de votre retour sous 24 h",
        "Merci, quand arrive-t-il ?",
        "Danke, aber die Lampe ist kaputt",
        "Thanks for nothing, still no parcel",
        "Thank you. Please send it to 12 Main Street",
        "Thanks, please call me back tomorrow",
        "Gracias, ¿cuándo llega?",
        "Grazie, ma non è arrivato",
        "Merci " + "beaucoup " * 100,
    ],
)
def test_it_is_not(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sender", "body", "expected"),
    [
        ("CUSTOMER", "<p>Merci !</p>", True),
        ("CUSTOMER", f"Merci !\n\n{INTRO}\n> Quand arrive-t-il ?", True),
        ("CUSTOMER", "Où est-il ?", False),
        ("SHOP", "Merci !", False),
    ],
)
def test_a_reading_says_whether_the_last_word_is_thanks(
    sender: str, body: str, expected: bool, maison: Marketplace, mirakl: Mirakl
) -> None:
    earlier = message("m1", "CUSTOMER", ago(hours=3))
    mirakl.fails(
        "M10", status=200, body=thread_of(earlier, message("m2", sender, ago(hours=2), body=body))
    )

    mirror.open_thread(maison, "thread-1")

    assert Thread.objects.get().is_thanks is expected
