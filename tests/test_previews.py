"""Previews, thank-yous, language guesses and pages use a customer's own text without quotes."""

from typing import Any

import msgspec
import pytest
from django.test import Client

from inbox import mirakl
from inbox.models import Marketplace, Message, Thread
from inbox.services.backfills import previews
from inbox.services.composing import expected_language
from inbox.services.mirror.upsert import store_threads
from tests.builders import text_of
from tests.reading import ago, message, thread_of

pytestmark = pytest.mark.django_db

OURS = (
    "Chère cliente, la lampe que vous avez choisie n’est plus disponible avant la mi-septembre. "
    "Préférez-vous attendre ou être remboursée ?"
)
HEAD = "Von: Nordhaus <a@b.example>\nGesendet: 4. August 2026\nAn: Jo\nBetreff: NH-7\n\n"


@pytest.fixture
def seller(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def store(seller: Marketplace, answer: str, ours: str = OURS) -> Thread:
    """Stores a conversation whose last message is this reply of the customer."""
    said: list[dict[str, Any]] = [
        message("m1", "CUSTOMER", ago(hours=3)),
        message("m2", "SHOP", ago(hours=2), body=ours),
        message("m3", "CUSTOMER", ago(hours=1), body=answer),
    ]
    store_threads(seller, [msgspec.convert(thread_of(*said), mirakl.Thread)])
    return Thread.objects.get()


@pytest.mark.parametrize("quoted", [OURS, f"> {OURS}", HEAD + OURS, f"Nordhaus, 9:41 :\n{OURS}"])
def test_a_preview_holds_nothing_that_was_said_before(quoted: str, seller: Marketplace) -> None:
    assert store(seller, f"J’attends.\n\n{quoted}").preview == "J’attends."


def test_a_preview_holds_what_the_customer_wrote_of_others(seller: Marketplace) -> None:
    thread = store(seller, "Bonjour,\nle 3 août 2026 à 17:20 le livreur m’a écrit :\n> Demain.")

    assert thread.preview.endswith("m’a écrit : > Demain.")


@pytest.mark.parametrize("trailer", ["Sent from my iPhone", "Envoyé de mon iPad"])
def test_a_preview_leaves_out_what_a_telephone_adds(trailer: str, seller: Marketplace) -> None:
    assert store(seller, f"J’attends.\n\n{trailer}").preview == "J’attends."


def test_a_preview_shows_what_there_is_where_all_is_quoted(seller: Marketplace) -> None:
    assert store(seller, "Sent from my iPhone").preview == "Sent from my iPhone"


@pytest.mark.parametrize(
    ("ours", "answer", "expected"),
    [
        ("C’est parti.", "Oui merci", True),
        ("Un remboursement vous va-t-il ?", "Oui merci", False),
        ("Quelle couleur ?", "Bleu, merci", False),
        ("C’est parti.", "Super, merci", True),
        ("Un remboursement vous va-t-il ?", "Parfait, merci beaucoup", False),
        ("Un remboursement vous va-t-il ?", "Merci beaucoup !", True),
        ("Suivi : https://colis.example/?n=7", "Oui merci", True),
        ("C’est parti.", f"Merci !\n\n{HEAD}C’est parti, et vous ?", True),
        (OURS, f"Merci !\n\n{OURS}", True),
        (OURS, f"Merci, mais {OURS}", False),
    ],
)
def test_thanks_are_told_from_answers(
    ours: str, answer: str, expected: bool, seller: Marketplace
) -> None:
    assert store(seller, answer, ours).is_thanks is expected


def test_the_customers_language_is_not_that_of_what_they_quote(seller: Marketplace) -> None:
    answer = "Ich möchte lieber warten, bis die Lampe wieder da ist, und danke für die Nachricht."
    thread = store(seller, f"{answer}\n\n{OURS}")
    Message.objects.filter(mirakl_id="m1").update(body="")

    expected = expected_language.find_expected(thread)

    assert expected is not None
    assert expected.code == "de"


def test_a_page_folds_what_was_said_before(agent: Client, maison: Marketplace) -> None:
    thread = store(maison, f"J’attends.\n\n{OURS}")

    page = text_of(agent.get(thread.get_absolute_url()))

    assert page.count("Show quoted text") == 1
    assert page.index("J’attends.") < page.index("Show quoted text")
    assert page.rindex("la mi-septembre") > page.index("Show quoted text")


def test_one_message_alone_is_folded_too(agent: Client, maison: Marketplace) -> None:
    thread = store(maison, f"J’attends.\n\n{OURS}")

    page = text_of(agent.get(f"{thread.get_absolute_url()}messages/m3/"))

    assert "Show quoted text" in page


# -- what was stored before -----------------------------------------------


@pytest.fixture
def stale(seller: Marketplace) -> Thread:
    thread = store(seller, f"Merci !\n\n{OURS}")
    Thread.objects.update(preview="Merci ! Chère cliente", is_thanks=False)
    return thread


def test_stored_previews_are_judged_anew(stale: Thread) -> None:
    before = stale.updated_at

    previews.judge()

    stale.refresh_from_db()
    assert (stale.preview, stale.is_thanks, stale.updated_at) == ("Merci !", True, before)


def test_it_goes_on_after_the_thread_where_it_was_stopped(stale: Thread) -> None:
    assert previews.judge_step(stale.pk) is None
    assert previews.judge_step(stale.pk - 1) == stale.pk
    assert Thread.objects.get().preview == "Merci !"


def test_it_leaves_threads_without_messages_alone(seller: Marketplace, stale: Thread) -> None:
    Message.objects.all().delete()

    previews.judge()

    assert Thread.objects.get().preview == "Merci ! Chère cliente"
