"""Recipients of a reply in each language, and conversations without any."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from inbox.models import Outgoing, Participant, Thread
from inbox.templatetags.recipients import send_label, send_labels
from tests.builders import post_reply, text_of
from tests.writing import Mirakl

OPERATOR = [Participant("OPERATOR", display_name="Maison Verte")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Send to customer and operator"),
        ("de", "An Kunden und Betreiber senden"),
        ("fr", "Envoyer au client et à l’opérateur"),
        ("es", "Enviar al cliente y al operador"),
        ("it", "Invia al cliente e all’operatore"),
    ],
)
def test_the_button_is_a_sentence_of_its_language(language: str, words: str) -> None:
    with translation.override(language):
        assert send_label(["CUSTOMER", "OPERATOR"]) == words


def test_every_choice_has_a_label_also_for_future_types() -> None:
    offered = [Participant("CUSTOMER"), Participant("COURIER")]

    labels = json.loads(send_labels(offered))

    assert labels == {
        "": "Send",
        "CUSTOMER": "Send to customer",
        "COURIER": "Send to: Courier",
        "CUSTOMER COURIER": "Send to: Customer and Courier",
    }


@pytest.fixture
def out_of_reach(waiting: Thread) -> Thread:
    """A thread whose only participant is the shop."""
    waiting.authorized_participants = OPERATOR
    waiting.customer_name = "Rosalind Sample"
    # Displays within a moment share one answer.
    waiting.read_at = timezone.now()
    waiting.save(update_fields=["authorized_participants", "customer_name", "read_at"])
    return waiting


def test_who_cannot_be_written_to_is_named_with_another_way(
    agent: Client, out_of_reach: Thread
) -> None:
    page = text_of(agent.get(out_of_reach.get_absolute_url()))

    assert "Maison Verte doesn't accept replies to the customer here." in page
    assert f'href="{out_of_reach.new_thread_url}"' in page
    assert f"Start a conversation about order {out_of_reach.entity_label}" in page


def test_a_thread_with_recipients_shows_no_warning(agent: Client, waiting: Thread) -> None:
    assert "accept replies" not in text_of(agent.get(waiting.get_absolute_url()))


def test_a_greeting_that_the_customer_will_not_read_is_held_once(
    agent: Client, waiting: Thread, mirakl: Mirakl
) -> None:
    Thread.objects.update(customer_name="Rosalind Sample")
    said: dict[str, Any] = {"body": "Hello Rosalind, a new one leaves today.", "to": ["OPERATOR"]}

    held = post_reply(agent, waiting, **said)
    before = Outgoing.objects.count()
    post_reply(agent, waiting, **said, confirmed="greeting language")

    assert "This message greets the customer, but only the operator will read it." in text_of(held)
    assert (before, Outgoing.objects.count()) == (0, 1)
