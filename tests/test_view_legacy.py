import httpx
import pytest
from django.test import Client

from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from inbox.services.marketplaces import legacy
from tests.builders import text_of, value_of
from tests.html import Page
from tests.seeded import ORDER_WITH_THREAD

PATH = "/legacy/maison-verte/messages/"
OLDER = "/orders/maison-verte/{}/older/"


@pytest.fixture
def agent(alice: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    client.force_login(alice)
    # The demo world holds fewer messages than a page of ours.
    monkeypatch.setattr(legacy, "PAGE_SIZE", 4)
    return client


def orders_on(page: str) -> list[str]:
    links = [one.split("/") for one in Page(page).get_all("href", "a")]
    return [link[3] for link in links if link[1:3] == ["orders", "maison-verte"] and len(link) == 5]


def times(page: str) -> list[str]:
    return Page(page).get_all("datetime", "time")


def test_it_lists_messages_newest_first_and_links_to_their_orders(
    agent: Client, sandbox: Running
) -> None:
    page = text_of(agent.get(PATH))

    assert len(times(page)) == 4
    assert times(page) == sorted(times(page), reverse=True)
    assert "/orders/maison-verte/MV-" in page
    assert "Legacy message" in page


def test_it_sorts_the_oldest_first(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get(PATH, {"sort": "oldest"}))

    assert times(page) == sorted(times(page))


def test_it_walks_through_pages_without_repeating(agent: Client, sandbox: Running) -> None:
    first = text_of(agent.get(PATH))
    second = text_of(agent.get(PATH, {"page": "2"}))

    assert "page=2" in first
    assert times(first)[-1] >= times(second)[0]
    assert times(first) != times(second)


def test_it_keeps_to_one_order(agent: Client, sandbox: Running) -> None:
    order_id = orders_on(text_of(agent.get(PATH)))[0]

    page = text_of(agent.get(PATH, {"order": order_id}))

    assert set(orders_on(page)) == {order_id}


def test_a_message_on_an_offer_leads_to_the_others_on_it(
    agent: Client, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legacy, "PAGE_SIZE", 100)
    links = Page(text_of(agent.get(PATH))).get_all("href", "a")
    link = next(one for one in links if one.startswith(f"{PATH}?offer="))

    page = text_of(agent.get(link))

    offer = link.partition("=")[2]
    assert value_of(page, "offer") == offer
    assert {one for one in Page(page).texts("a") if one.startswith("Offer ")} == {f"Offer {offer}"}
    assert not orders_on(page)


def test_it_takes_nonsense_for_no_filter(agent: Client, sandbox: Running) -> None:
    page = agent.get(PATH, {"page": "x", "since": "soon", "received": "MAYBE", "offer": "9" * 30})

    assert page.status_code == 200
    assert len(times(text_of(page))) == 4


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("query", [{"since": "0001-01-01"}, {"until": "9999-12-31"}], ids=str)
def test_it_takes_the_ends_of_the_calendar(
    agent: Client, alice: User, zone: str, query: dict[str, str]
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone=zone)

    page = agent.get(PATH, query)

    assert page.status_code == 200
    assert len(times(text_of(page))) == 4


def test_it_says_so_when_mirakl_fails(agent: Client, sandbox: Running) -> None:
    faults = [{"operation": "M01", "status": 500}]
    httpx.put(f"{sandbox.url}/_sandbox/faults", json=faults).raise_for_status()

    page = text_of(agent.get(PATH))

    assert "respond. Try again in a minute" in page


def test_it_lists_the_older_messages_of_one_order(agent: Client, sandbox: Running) -> None:
    order_id = orders_on(text_of(agent.get(PATH)))[0]

    fragment = text_of(agent.get(OLDER.format(order_id), headers={"HX-Request": "true"}))

    assert "<html" not in fragment
    assert len(times(fragment)) >= 1


@pytest.mark.parametrize("path", [PATH, OLDER.format(ORDER_WITH_THREAD)])
def test_it_is_not_there_for_an_outsider(
    path: str, client: Client, charlie: User, maison: Marketplace
) -> None:
    client.force_login(charlie)

    assert client.get(path).status_code == 404
