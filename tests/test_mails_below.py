"""Text below a header block: typed by the customer, forwarded, or only formatted alike."""

import pytest

from inbox.earlier import Conversation, Earlier
from inbox.sanitize import plain_text, render

# Mail programs write long lines.
# ruff: noqa: E501

# Language -> Outlook's header block, a question, an answer.
HEADS = {
    "en": "From: Kissen <p@kissen.example>\nSent: Tuesday, 4 August 2026 09:41\nTo: kim@home.example\nSubject: KC-20881",
    "de": "Von: Kissen <p@kissen.example>\nGesendet: Dienstag, 4. August 2026 09:41\nAn: kim@home.example\nBetreff: KC-20881",
    "fr": "De : Kissen <p@kissen.example>\nEnvoyé : mardi 4 août 2026 09:41\nÀ : kim@home.example\nObjet : KC-20881",
    "es": "De: Kissen <p@kissen.example>\nEnviado el: martes, 4 de agosto de 2026 9:41\nPara: kim@home.example\nAsunto: KC-20881",
    "it": "Da: Kissen <p@kissen.example>\nInviato: martedì 4 agosto 2026 09:41\nA: kim@home.example\nOggetto: KC-20881",
    "nl": "Van: Kissen <p@kissen.example>\nVerzonden: dinsdag 4 augustus 2026 09:41\nAan: kim@home.example\nOnderwerp: KC-20881",
    "pl": "Od: Kissen <p@kissen.example>\nWysłano: wtorek, 4 sierpnia 2026 09:41\nDo: kim@home.example\nTemat: KC-20881",
}  # fmt: skip
BETWEEN = {
    "right below": "{head}\n\n> Which colour?\nGreen.\n> Which size?\nLarge.",
    "below a greeting": "{head}\n\nHello Kim,\n\n> Which colour?\nGreen.\n> Which size?\nLarge.",
    "below a separator": "-----Original Message-----\n{head}\n\n> Which colour?\nGreen.",
    "below a rule": "________________________________\n{head}\n> Which colour?\nGreen.",
    "below a quoted block": "> {quoted}\n>\n> Which colour?\nGreen.",
}


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize("place", BETWEEN)
def test_answers_between_quoted_lines_stay_in_sight(place: str, language: str) -> None:
    head = HEADS[language]
    below = BETWEEN[place].format(head=head, quoted=head.replace("\n", "\n> "))

    assert not render(f"Hello\n\n{below}").quoted


def test_answers_below_a_block_of_outlook_on_the_web_stay_in_sight() -> None:
    head = '<div id="divRplyFwdMsg"><b>From:</b> K<br><b>Sent:</b> Tuesday<br></div>'
    quotes = "<div>&gt; Which colour?</div><div>Green.</div>"

    assert not render(f"<div>Hello</div><hr>{head}{quotes}").quoted


# -- below a copy ---------------------------------------------------------

ASKED = {
    "en": ("Would you like the green cushion or the red one?", "The green one, please."),
    "de": ("Möchten Sie lieber das grüne oder das rote Kissen?", "Das grüne bitte."),
    "fr": ("Souhaitez-vous recevoir le coussin vert ou le rouge ?", "Le vert, merci."),
    "es": ("¿Desea usted el cojín verde o prefiere el rojo?", "El verde, por favor."),
    "it": ("Desidera il cuscino verde oppure quello rosso?", "Quello verde, grazie."),
    "nl": ("Wilt u graag het groene of het rode kussen?", "De groene graag."),
    "pl": ("Czy wolą Państwo zieloną czy czerwoną poduszkę?", "Zieloną poproszę."),
}
THEIRS = "When do you send my cushion, please? I ordered it two weeks ago and heard nothing."


def after(*said: str) -> Earlier:
    """Returns the texts a customer can quote after these, the first of which was the customer's."""
    conversation = Conversation()
    for number, text in enumerate((THEIRS, *said)):
        conversation.add(text, "SHOP" if number else "CUSTOMER")
    return conversation.add("", "CUSTOMER")


COPIES = {
    "plain": "Hello\n\n{head}\n\n{asked}\n\n{answer}",
    "below both": "Hello\n\n{head}\n\n{asked}\n\n{head}\n\n{theirs}\n\n{answer}",
    "between both": "Hello\n\n{head}\n\n{asked}\n\n{answer}\n\n{head}\n\n{theirs}",
    "below small print": "Hello\n\n{head}\n\n{asked}\n\nThis e-mail is confidential.\n\n{answer}",
    "below a team's name": "Hello\n\n{head}\n\n{asked}\nBest regards\nThe team\n\n{answer}",
    "in HTML": "<p>Hello</p><p>{lines}</p><p>{asked}</p><p>{answer}</p>",
    "in GMX's HTML": '<p>Hello</p><div name="quote"><p>{lines}</p><p>{asked}</p><p>{answer}</p></div>',
}


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize("place", COPIES)
def test_an_answer_below_a_copy_stays_in_sight(place: str, language: str) -> None:
    asked, answer = ASKED[language]
    head = HEADS[language]
    lines = head.replace("<", "&lt;").replace("\n", "<br>")
    body = COPIES[place].format(head=head, lines=lines, asked=asked, answer=answer, theirs=THEIRS)

    assert answer in plain_text(body, without_quotes=True, earlier=after(asked))


ENDINGS = {
    "nothing": "",
    "a name": "\nThe team",
    "a signature": "\nBest regards\nMia Kissen\nCustomer care",
    "a signature in German": "\n\nMit freundlichen Grüßen\nMia Kissen",
    "two dashes": "\n-- \nKissen Ltd",
    "small print": "\n\nThis e-mail is confidential.\nPlease do not reply to it.",
    "small print in French": "\n\nMerci de ne pas répondre. Se désabonner",
    "a telephone": "\n\nSent from my iPhone",
    "an older mail": f"\n\n{HEADS['en']}\n\n{THEIRS}",
    "an older mail that nobody knows": f"\n\n{HEADS['en']}\n\nYour order is on its way.",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_belongs_to_a_copy_is_folded_with_it(ending: str) -> None:
    asked, answer = ASKED["en"]
    body = f"{answer}\n\n{HEADS['en']}\n\n{asked}{ENDINGS[ending]}"

    assert plain_text(body, without_quotes=True, earlier=after(asked)) == answer


# -- handed on ------------------------------------------------------------

PARCELS = "Your parcel fell into the canal at lock 7. We regret that it cannot be delivered."
POINTERS = {
    "en": "Please see below.",
    "en, for information": "FYI",
    "de": "Siehe unten.",
    "de, handed on": "Ich leite Ihnen die Nachricht weiter.",
    "fr": "Voir ci-dessous.",
    "es": "Vea abajo, por favor.",
    "it": "Vedi sotto.",
    "nl": "Zie hieronder.",
    "pl": "Proszę zobaczyć poniżej.",
}
SUBJECTS = ["WG: Paket", "FW: Parcel", "Fwd: Parcel", "TR: Colis", "RV: Paquete", "I: Pacco"]


@pytest.mark.parametrize("language", POINTERS)
@pytest.mark.parametrize("separator", ["", "-----Original Message-----\n"])
def test_a_mail_that_a_customer_points_to_is_shown(language: str, separator: str) -> None:
    head = HEADS[language[:2]]
    body = f"{POINTERS[language]}\n\n{separator}{head}\n\n{PARCELS}"

    assert not render(body).quoted
    assert not render(body, earlier=after(ASKED["en"][0])).quoted


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("language", HEADS)
def test_a_mail_with_a_forwarded_subject_is_shown(language: str, subject: str) -> None:
    body = f"Hello\n\n{HEADS[language].replace('KC-20881', subject)}\n\n{PARCELS}"

    assert not render(body, earlier=after(ASKED["en"][0])).quoted


def test_a_mail_that_is_handed_on_twice_is_shown_twice() -> None:
    conversation = Conversation()
    body = f"{POINTERS['de']}\n\n{HEADS['de']}\n\n{PARCELS}"
    conversation.add(body, "CUSTOMER")

    assert not render(body, earlier=conversation.add(body, "CUSTOMER")).quoted


@pytest.mark.parametrize("language", ASKED)
def test_a_copy_is_folded_though_a_customer_points_to_it(language: str) -> None:
    asked, _answer = ASKED[language]
    body = f"{POINTERS[language]}\n\n{HEADS[language]}\n\n{asked}"

    assert asked in render(body, earlier=after(asked)).quoted


# -- no mail's head -------------------------------------------------------

PAPERS = {
    "an invoice": "Von: Kissen <a@kissen.example>\nAn: Kim <kim@home.example>\nBetreff: Rechnung 7",
    "an invoice with its day": "From: Kissen <a@kissen.example>\nTo: kim@home.example\nDate: 3.8.2026",
    "a letter": "De : Kim <kim@home.example>\nÀ : Kissen\nDate : 3 août 2026\nObjet : retour",
    "a form": "Da: kim@home.example\nA: Kissen\nOggetto: reso",
    "a label": "Afzender: Kim <kim@home.example>\nAan: Kissen\nDatum: 3-8-2026",
    "a way": "Od: kim@home.example\nDo: Brno\nData: 3.08.2026\nTemat: paczka",
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("below", ["", "\nPlease correct it.", "\nI call you at 9:30."])
def test_a_paper_with_an_address_is_no_mail(paper: str, below: str) -> None:
    assert not render(f"On my paper:\n{PAPERS[paper]}{below}").quoted
