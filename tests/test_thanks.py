"""Detection of thank-yous: a message that may need an answer is never one."""

import pytest

from inbox.models import Marketplace, Thread
from inbox.sanitize import plain_text
from inbox.services.mirror import sync
from inbox.services.triage.thank_yous import is_thanks
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
        "Dziękuję bardzo!",
        "Tusen takk, Jürgen",
        "Спасибо большое",
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
        "Nein danke",
        "Danke, nein.",
        "Nein, vielen Dank!",
        "No thanks",
        "Non merci",
        "Grazie, no",
        "No, gracias",
        "Nee, bedankt",
        "Nie, dziękuję",
        "Tak!",
        "Grazie, niente",
    ],
)
def test_it_is_not(text: str) -> None:
    assert not is_thanks(text)


TRAILERS = [
    *("Sent from my iPhone", "Sent from my Galaxy", "Sent from Yahoo Mail on Android"),
    *("Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent from Mail for Windows 11"),
    *("Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Outlook für iOS beziehen"),
    *("Gesendet von Mail für Windows", "Von meinem Samsung Galaxy Smartphone gesendet."),
    *(
        "Envoyé de mon iPhone",
        "Envoyé depuis l’application Mail Orange",
        "Envoyé à partir d’Outlook",
    ),
    *("Télécharger Outlook pour Android", "Provenance : Courrier pour Windows"),
    *("Enviado desde mi iPhone", "Obtener Outlook para iOS", "Inviato da iPhone"),
    *("Inviato dal mio smartphone Samsung Galaxy.", "Ottieni Outlook per Android"),
    *("Verstuurd vanaf mijn iPhone", "Verzonden vanuit Outlook voor iOS", "Wysłane z iPhone’a"),
    *(
        "Pobierz program Outlook dla systemu iOS",
        "Enviado do meu iPhone",
        "Obter o Outlook para iOS",
    ),
    *(
        "Sendt fra min iPhone",
        "Hent Outlook til iOS",
        "Få Outlook for iOS",
        "Skaffa Outlook för iOS",
    ),
    *(
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Hanki Outlook for iOS",
        "Odesláno z iPhonu",
    ),
    *("Získat Outlook pro iOS", "iPhone’umdan gönderildi", "iOS için Outlook’u edinin"),
    *("Στάλθηκε από το iPhone μου", "Λήψη του Outlook για iOS", "Trimis de pe iPhone"),
    *("Descărcați Outlook pentru iOS", "Az iPhone készülékemről küldve", "Отправлено с iPhone"),
    *("Elküldve az iPhone-omról", "Скачать Outlook для iOS"),
]


@pytest.mark.parametrize("trailer", TRAILERS)
def test_what_a_telephone_adds_is_not_said(trailer: str) -> None:
    text = plain_text(f"Thank you very much!\n\n{trailer}", without_quotes=True)

    assert text == "Thank you very much!"
    assert is_thanks(text)


@pytest.mark.parametrize(
    "line",
    [
        "My telephone is broken, too",
        "Sent from the wrong shop, I believe",
        "Enviado por error",
        "I have sent you a picture from my iPhone: the lamp has a crack from the foot to the bulb, "
        "and it does not stand",
    ],
)
def test_what_is_more_than_that_is_said(line: str) -> None:
    assert plain_text(f"Thank you!\n{line}", without_quotes=True).endswith(line)


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

    sync.open_thread(maison, "thread-1")

    assert Thread.objects.get().is_thanks is expected
