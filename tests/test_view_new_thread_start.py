"""Starting a new conversation: by order number, or with the operator."""

import pytest
from django.test import Client

from inbox.models import Marketplace, Thread, User
from tests.builders import text_of, viewer_of, works_on
from tests.seeded import ORDER_WITH_THREAD, UNKNOWN_ORDER
from tests.writing import Mirakl

START = "/threads/new/"
NEW_ON_UNSEEN = f"/orders/maison-verte/{ORDER_WITH_THREAD}/threads/new/"


def look_up(client: Client, order: str, marketplace: str = "") -> str:
    """Returns the redirect of a number's lookup, or the page with the error."""
    answer = client.get(START, {"order": order, "marketplace": marketplace})
    return str(answer.headers.get("Location") or text_of(answer))


def test_a_number_that_the_desk_knows_needs_no_marketplace(
    agent: Client, thread: Thread, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    known = f"/orders/maison-verte/{thread.entity_id}/threads/new/"

    assert look_up(agent, thread.entity_id) == known
    assert look_up(agent, f" {thread.entity_id.lower()} ") == known
    assert mirakl.calls("OR11") == []


@pytest.mark.parametrize("number", [ORDER_WITH_THREAD, "MV-1016"])
def test_another_is_looked_up_by_id_or_the_customers_reference(
    agent: Client, thread: Thread, mirakl: Mirakl, number: str
) -> None:
    Thread.objects.filter(entity_id=ORDER_WITH_THREAD).delete()

    assert look_up(agent, number, "maison-verte") == NEW_ON_UNSEEN


def test_a_number_of_no_order_says_so_and_is_kept(agent: Client, mirakl: Mirakl) -> None:
    page = look_up(agent, UNKNOWN_ORDER, "maison-verte")

    assert f"find order {UNKNOWN_ORDER}. Check the order number." in page
    assert f'value="{UNKNOWN_ORDER}"' in page


def test_a_marketplace_that_does_not_answer_says_so(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR11", status=503)

    assert "Maison Verte" in look_up(agent, UNKNOWN_ORDER, "maison-verte")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("", "Enter the order number."),
        ("..", "Enter one order number."),
        ("A,B", "Enter one order"),
    ],
)
def test_what_is_no_number_says_so(
    agent: Client, maison: Marketplace, number: str, words: str
) -> None:
    assert words in look_up(agent, number, "maison-verte")


def test_an_unknown_number_asks_for_its_marketplace(agent: Client, mirakl: Mirakl) -> None:
    assert "s marketplace." in look_up(agent, UNKNOWN_ORDER)
    assert mirakl.calls("OR11") == []


def test_two_orders_of_one_number_are_offered(
    agent: Client, alice: User, thread: Thread, nordhaus: Marketplace
) -> None:
    works_on(nordhaus, alice)
    Thread.objects.create(
        marketplace=nordhaus,
        mirakl_id="twin",
        entity_type="MMP_ORDER",
        entity_id=thread.entity_id,
        customer_name="Nina Muster",
        last_message_at=thread.last_message_at,
    )
    page = look_up(agent, thread.entity_id)

    assert f"Several orders have the number {thread.entity_id}" in page
    assert f'href="/orders/nordhaus/{thread.entity_id}/threads/new/"' in page
    assert f'href="/orders/maison-verte/{thread.entity_id}/threads/new/"' in page


def test_recent_orders_and_the_operator_are_offered(agent: Client, thread: Thread) -> None:
    page = text_of(agent.get(START))

    assert f'href="/orders/maison-verte/{thread.entity_id}/threads/new/"' in page
    assert 'href="/marketplaces/maison-verte/threads/new/"' in page


def test_the_marketplace_that_was_open_is_chosen(
    agent: Client, alice: User, maison: Marketplace, nordhaus: Marketplace
) -> None:
    works_on(nordhaus, alice)
    page = text_of(agent.get(START, {"marketplace": "nordhaus"}))

    assert '<option value="nordhaus" selected>' in page


def test_an_order_of_other_teams_is_not_known_here(
    agent: Client, thread: Thread, nordhaus: Marketplace, mirakl: Mirakl
) -> None:
    Thread.objects.filter(pk=thread.pk).update(marketplace=nordhaus)

    assert "Choose the order" in look_up(agent, thread.entity_id)
    assert "Choose the order" in look_up(agent, thread.entity_id, "nordhaus")


def test_who_may_only_read_is_told_so(maison: Marketplace) -> None:
    reader = Client()
    reader.force_login(viewer_of(maison))
    page = text_of(reader.get(START))

    assert "You have read-only access" in page
    assert 'name="order"' not in page


def test_an_outsider_finds_nothing(client: Client, maison: Marketplace) -> None:
    client.force_login(User.objects.create_user("olga"))

    assert client.get(START).status_code == 404
