"""An order's conversations are found by its parcels, once a display has been told of them."""

import msgspec
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from inbox import mirakl
from inbox.models import Marketplace, Thread, User
from inbox.models.searching import SEARCH_VERSION
from inbox.sandbox.server import Running
from inbox.sandbox.world import Order
from inbox.services.backfills import search_texts
from inbox.services.mirror import order_threads
from inbox.services.mirror.upsert import store_threads
from inbox.services.search import full_text
from tests.builders import text_of, works_on
from tests.reading import ago, message, thread_of
from tests.writing import Mirakl

pytestmark = pytest.mark.django_db
NUMBER = "1Z 999 AA1 01 2345 6784"


@pytest.fixture
def seller(db: None) -> Marketplace:
    return Marketplace.objects.create(name="Nord", slug="nord", base_url="https://nord.example")


def store(seller: Marketplace, *bodies: str) -> Thread:
    said = [
        message(f"m{at}", "CUSTOMER", ago(hours=9 - at), body=body)
        for at, body in enumerate(bodies)
    ]
    store_threads(seller, [msgspec.convert(thread_of(*said), mirakl.Thread)])
    return Thread.objects.get()


def found(text: str) -> list[Thread]:
    return list(full_text.matching(Thread.objects.all(), text))


def sent_order(sandbox: Running, at: str, lines: int) -> Order:
    known = sandbox.sandbox.state.world.marketplaces[at].orders.values()
    return next(
        one
        for one in known
        if one.shop.id in (2001, 2101) and one.state == "RECEIVED" and len(one.lines) == lines
    )


def thread_on(marketplace: Marketplace, order: Order) -> Thread:
    return Thread.objects.create(
        marketplace=marketplace,
        mirakl_id="T",
        entity_type="MMP_ORDER",
        entity_id=order.id,
        last_message_at=ago(hours=1),
    )


def test_the_order_that_is_shown_tells_its_own(
    maison: Marketplace, agent: Client, sandbox: Running, mirakl: Mirakl
) -> None:
    order = sent_order(sandbox, "maison-verte", 1)
    thread = thread_on(maison, order)
    before = found(str(order.tracking))

    agent.get(f"/orders/{maison.slug}/{order.id}/panel/")

    assert (before, found(str(order.tracking).lower())) == ([], [thread])


def test_its_parcels_tell_theirs(
    nordhaus: Marketplace, agent: Client, alice: User, sandbox: Running, mirakl: Mirakl
) -> None:
    works_on(nordhaus, alice)
    order = sent_order(sandbox, "nordhaus", 2)
    thread = thread_on(nordhaus, order)

    agent.get(f"/orders/{nordhaus.slug}/{order.id}/parcels/")

    assert [found(f"{order.tracking}-{part}") for part in (1, 2)] == [[thread], [thread]]
    assert len(mirakl.calls("ST11")) == 1


@pytest.mark.parametrize("typed", [NUMBER, "1z999aa10123456784", "1Z-999-AA1-01-2345", "1z999aa1"])
def test_a_number_is_found_however_it_is_grouped(typed: str, seller: Marketplace) -> None:
    thread = store(seller, "Hello")

    order_threads.store_numbers(seller, "MV-1-A", [None, "", "  ", NUMBER])

    assert found(typed) == [thread]


def test_what_else_finds_the_conversation_does_so_still(seller: Marketplace) -> None:
    thread = store(seller, "Hello")

    order_threads.store_numbers(seller, "MV-1-A", [NUMBER])

    assert found("élise lamp mv1a") == [thread]


def test_news_from_mirakl_leave_it(seller: Marketplace) -> None:
    store(seller, "Hello")
    order_threads.store_numbers(seller, "MV-1-A", [NUMBER])

    thread = store(seller, "Hello", "Where is it?")

    assert thread.message_count == 2
    assert found(NUMBER) == [thread]


def test_a_number_of_another_order_or_marketplace_is_not_kept(
    seller: Marketplace, nordhaus: Marketplace
) -> None:
    store(seller, "Hello")

    order_threads.store_numbers(seller, "MV-2-A", [NUMBER])
    order_threads.store_numbers(nordhaus, "MV-1-A", [NUMBER])

    assert found(NUMBER) == []


def test_later_numbers_come_to_earlier_ones_up_to_a_bound(seller: Marketplace) -> None:
    store(seller, "Hello")

    order_threads.store_numbers(seller, "MV-1-A", ["LATE77", "LATE77"])
    order_threads.store_numbers(seller, "MV-1-A", [f"PARCEL{at}" + "0" * 99 for at in range(99)])

    numbers = Thread.objects.get().tracking_numbers.split("\n")
    assert (numbers[0], len(numbers), max(map(len, numbers))) == ("LATE77", 50, 60)


def test_what_is_known_is_not_written_again(
    seller: Marketplace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store(seller, "Hello")
    order_threads.store_numbers(seller, "MV-1-A", [NUMBER])

    with django_assert_num_queries(1):
        order_threads.store_numbers(seller, "MV-1-A", [NUMBER])


def test_texts_that_are_filled_anew_keep_it(
    seller: Marketplace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    thread = store(seller, "Hello")
    order_threads.store_numbers(seller, "MV-1-A", [NUMBER])
    Thread.objects.update(search_version=SEARCH_VERSION - 1, search_text="")

    with django_assert_num_queries(4):
        search_texts.fill_threads(0)

    assert found(NUMBER) == [thread]


def test_a_row_says_which_number_was_found(seller: Marketplace, agent: Client, alice: User) -> None:
    works_on(seller, alice)
    store(seller, "Hello")
    order_threads.store_numbers(seller, "MV-1-A", ["OTHER42", NUMBER])

    page = text_of(agent.get("/search/?q=1z999aa10123456784"))

    assert f"Tracking</span><mark>{NUMBER}</mark>" in page
    assert "OTHER42" not in page
