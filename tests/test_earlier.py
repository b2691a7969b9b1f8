"""Text of earlier messages is history, however a mail program changes it."""

import pytest

from inbox.earlier import Conversation, Earlier
from inbox.sanitize import plain_text, render

OURS = (
    "Dear Kim, the green cushion is out of stock until the middle of September. "
    "Would you like the red one instead, or shall we refund you?"
)
THEIRS = "When do you send my cushion, please? I ordered it two weeks ago and heard nothing."
ANSWER = "The red one is fine."


def before(*said: tuple[str, str]) -> Earlier:
    """Returns the texts that a customer's message can quote after these."""
    conversation = Conversation()
    for text, side in said or ((THEIRS, "CUSTOMER"), (OURS, "SHOP")):
        conversation.add(text, side)
    return conversation.add("", "CUSTOMER")


WRAPPED = OURS.replace("stock until", "stock\nuntil").replace("instead, or", "instead,\nor")
HYPHENED = OURS.replace("September", "Sep\u00adtem\u200bber")
COPIES = {
    "as it was": f"{ANSWER}\n\n{OURS}",
    "wrapped anew": f"{ANSWER}\n\n{WRAPPED}",
    "behind signs": f"{ANSWER}\n\n> " + WRAPPED.replace("\n", "\n> "),
    "behind signs, below a name": f"{ANSWER}\n\nKissen wrote:\n> " + WRAPPED.replace("\n", "\n> "),
    "below a name and a time": f"{ANSWER}\n\nKissen, 9:41:\n{OURS}",
    "below a rule": f"{ANSWER}\n\n__________\n{OURS}",
    "in HTML": f"<div>{ANSWER}</div><div><br></div><div>{OURS}</div>",
    "in a blockquote": f"<p>{ANSWER}</p><blockquote>{OURS}</blockquote>",
    "with entities": f"<p>{ANSWER}</p><p>{OURS.replace('Would', '&#87;ould')}</p>",
    "with what came before it": f"{ANSWER}\n\n{OURS}\n\n{THEIRS}",
    "with hyphens that nobody sees": f"{ANSWER}\n\n{HYPHENED}",
    "above what a telephone adds": f"{ANSWER}\n\n> {OURS}\n\nSent from my iPhone",
    "in capitals": f"{ANSWER}\n\n{OURS.replace('Dear Kim,', 'DEAR KIM')}",
}


@pytest.mark.parametrize("name", COPIES)
def test_it_folds_a_copy_of_what_was_said(name: str) -> None:
    shown = render(COPIES[name], earlier=before())

    assert plain_text(COPIES[name], without_quotes=True, earlier=before()) == ANSWER
    assert "out of stock" in " ".join(shown.quoted.split())


@pytest.mark.parametrize("name", COPIES)
def test_without_the_conversation_it_is_anybodys_word(name: str) -> None:
    assert not render(COPIES[name]).quoted


@pytest.mark.parametrize(
    "body",
    [
        f"Nobody answers. I ask again:\n\n{THEIRS}",
        f"Nobody answers. I ask again:\n> {THEIRS}",
        f"{OURS}\n\nThat is what you said.",
        f"You said:\n{OURS}\nI want neither.",
        f"> {OURS}\nThe red one.",
        "You asked:\n> Would you like the blue one instead of it?",
        "Please,\nthe green cushion is out",
        "I can wait\n> 3 weeks",
        OURS,
    ],
)
def test_it_keeps_what_is_more_than_a_copy(body: str) -> None:
    assert not render(body, earlier=before()).quoted


def test_a_courtesy_of_both_is_no_copy() -> None:
    earlier = before(("Thank you very much for your help!", "SHOP"))

    assert not render("It works.\nThank you very much for your help!", earlier=earlier).quoted


def test_it_folds_a_short_message_only_behind_signs() -> None:
    earlier = before(("Which colour?", "SHOP"))

    assert render("Red.\n> Which colour?", earlier=earlier).quoted
    assert not render("Red.\nWhich colour?", earlier=earlier).quoted


def test_what_is_said_later_is_no_history() -> None:
    conversation = Conversation()
    first = conversation.add(f"Hello\n{OURS}", "CUSTOMER")
    conversation.add(OURS, "SHOP")

    assert not render(f"Hello\n{OURS}", earlier=first).quoted


def test_a_forwarded_mail_is_shown_although_we_wrote_it() -> None:
    body = f"Your mail:\n---------- Forwarded message ---------\n{OURS}"

    assert not render(body, earlier=before()).quoted


HEAD = "From: Kissen <p@kissen.example>\nSent: Tuesday\nTo: Kim\nSubject: KC-20881\n\n"


def test_answers_between_the_lines_of_a_mail_stay_in_sight() -> None:
    asked = "Which colour would you like?\nWhich size do you need?\nDo you want it wrapped?"
    answered = asked.replace("like?", "like?\nRed.").replace("need?", "need?\nThe large one.")
    earlier = before((asked, "SHOP"))

    assert not render(f"See below.\n\n{HEAD}{answered}", earlier=earlier).quoted
    assert render(f"Red, please.\n\n{HEAD}{asked}", earlier=earlier).quoted
    assert render(f"Red, please.\n\n{HEAD}Hello Kim\n{asked}\nThe team", earlier=earlier).quoted
