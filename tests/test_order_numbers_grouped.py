"""An order is found by its number with any grouping and case."""

import pytest
from django.test import Client

from inbox.models import Entity, Marketplace, Thread
from inbox.services.mirror import mapping
from inbox.services.search import order_lookup, query_language
from tests.reading import ago
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db


def on_order(marketplace: Marketplace, order_id: str) -> Thread:
    thread = Thread(
        marketplace=marketplace,
        mirakl_id=f"on-{order_id}",
        entity_type="MMP_ORDER",
        entity_id=order_id,
        entities=[Entity("MMP_ORDER", order_id)],
        last_message_at=ago(hours=1),
    )
    mapping.fill_search(thread)
    thread.save()
    return thread


@pytest.mark.parametrize(
    "typed", ["mv1023a", "MV 1023 A", "mv-1023-a", "Mv_1023.a", "MV1023A", "ＭＶ１０２３Ａ"]
)
def test_a_known_order_is_found_however_its_number_is_grouped(
    typed: str, maison: Marketplace
) -> None:
    on_order(maison, "MV-1023-A")

    (found,) = order_lookup.known_orders(typed, [maison])

    assert found.order_id == "MV-1023-A"


@pytest.mark.parametrize("typed", ["mv1023", "v1023a", "1023", "mv1023ab", "-", "🙂", "mv 1023 b"])
def test_a_part_of_a_number_names_no_order(typed: str, maison: Marketplace) -> None:
    on_order(maison, "MV-1023-A")

    assert order_lookup.known_orders(typed, [maison]) == []


def test_a_number_in_another_field_is_no_order(maison: Marketplace) -> None:
    on_order(maison, "MV-1023-A")
    Thread.objects.update(entity_id="MV-9999-Z")

    assert order_lookup.known_orders("mv1023a", [maison]) == []


def test_the_number_as_it_is_written_comes_before_others(maison: Marketplace) -> None:
    on_order(maison, "MV-1023-A")
    on_order(maison, "MV1023A")

    found = [order_lookup.known_orders(typed, [maison]) for typed in ("MV1023A", "mv/1023/a")]

    assert [one.order_id for one in found[0]] == ["MV1023A"]
    assert {one.order_id for one in found[1]} == {"MV-1023-A", "MV1023A"}


def test_a_number_without_groups_is_found(maison: Marketplace) -> None:
    on_order(maison, "000123")

    assert len(order_lookup.known_orders("000 123", [maison])) == 1


def test_nobody_finds_an_order_of_another_team(maison: Marketplace, nordhaus: Marketplace) -> None:
    on_order(nordhaus, "MV-1023-A")

    assert order_lookup.known_orders("mv1023a", [maison]) == []


def test_a_new_conversation_begins_on_the_orders_own_id(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    on_order(maison, "MV-1023-A")

    answer = agent.get("/threads/new/", {"order": "mv 1023 a", "marketplace": ""})

    assert answer.headers["Location"] == "/orders/maison-verte/MV-1023-A/threads/new/"
    assert mirakl.calls("OR11") == []


def test_the_search_box_opens_it_too(maison: Marketplace) -> None:
    thread = on_order(maison, "MV-1023-A")

    assert query_language.find_order_threads("mv1023a", [maison]) == [thread]
