"""Parcels, returns, the evaluation and a service order: fragments that fail separately."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client

from inbox.models import Marketplace, Thread, User
from inbox.sandbox.evaluations import is_evaluated
from inbox.sandbox.server import Running
from inbox.sandbox.world import Order
from inbox.services.marketplaces import clients
from inbox.services.mirror import sync
from tests.builders import HTMX, text_of, works_on
from tests.seeded import ORDER_WITH_THREAD


@pytest.fixture
def agent(alice: User, nordhaus: Marketplace, client: Client) -> Client:
    """An agent of a marketplace without parcels and of Nordhaus, which has parcels."""
    works_on(nordhaus, alice)
    client.force_login(alice)
    return client


def order_where(sandbox: Running, at: str, test: Callable[[Order], Any]) -> Order:
    orders = sandbox.sandbox.state.world.marketplaces[at].orders.values()
    return next(order for order in orders if order.shop.id in (2001, 2101) and test(order))


def sent_in_two(order: Order) -> bool:
    return order.state == "SHIPPED" and len(order.lines) == 2


def fragment(client: Client, at: str, order: Order | str, part: str) -> str:
    number = order if isinstance(order, str) else order.id
    answer = client.get(f"/orders/{at}/{number}/{part}/", headers=HTMX)
    assert answer.status_code == 200
    return " ".join(text_of(answer).split())


def asked(sandbox: Running, operation: str) -> list[Any]:
    log = httpx.get(f"{sandbox.url}/_sandbox/log", trust_env=False).json()
    return [entry for entry in log if entry["operation"] == operation]


def fail(sandbox: Running, **fault: object) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    httpx.put(url, json=[fault], trust_env=False).raise_for_status()


def test_each_parcel_has_its_tracking(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "nordhaus", sent_in_two)

    page = fragment(agent, "nordhaus", order, "parcels")

    assert "<html" not in page
    assert f'href="https://tracking.demo.invalid/{order.tracking}-1"' in page
    assert str(order.carrier) in page
    assert "In transit" in page
    assert "To ship" in page
    assert f"{order.lines[1].quantity} × {order.lines[1].sku}" in page


def test_the_panel_asks_for_parcels_once_something_was_sent(
    agent: Client, sandbox: Running
) -> None:
    sent = order_where(sandbox, "nordhaus", sent_in_two)
    new = order_where(sandbox, "nordhaus", lambda order: order.state == "WAITING_ACCEPTANCE")

    panels = [fragment(agent, "nordhaus", order, "panel") for order in (sent, new)]

    assert f'hx-get="/orders/nordhaus/{sent.id}/parcels/"' in panels[0]
    assert "/parcels/" not in panels[1]


def test_a_marketplace_without_parcels_is_asked_once(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "maison-verte", lambda one: one.state == "SHIPPED")

    pages = [fragment(agent, "maison-verte", one, "parcels") for one in (order, ORDER_WITH_THREAD)]

    assert ["hidden" in page for page in pages] == [True, True]
    assert len(asked(sandbox, "ST11")) == 1


def test_a_key_without_the_right_gives_an_error_message(
    agent: Client, sandbox: Running, maison: Marketplace
) -> None:
    clients.set_credential(maison, kind="key", key="sandbox-limited-maison")
    order = order_where(sandbox, "maison-verte", lambda one: one.state == "SHIPPED")

    pages = [fragment(agent, "maison-verte", order, "parcels") for _time in range(2)]

    assert "Ask your admin" in pages[0] == pages[1]
    assert "Try again" not in pages[0]
    assert len(asked(sandbox, "ST11")) == 1


@pytest.mark.parametrize(
    ("part", "operation"),
    [("parcels", "ST11"), ("returns", "RT11"), ("evaluation", "OR51")],
)
def test_a_part_that_fails_offers_another_try(
    part: str, operation: str, agent: Client, sandbox: Running
) -> None:
    order = order_where(sandbox, "nordhaus", sent_in_two)
    fail(sandbox, operation=operation, status=500)

    page = fragment(agent, "nordhaus", order, part)

    assert "respond. Try again in a minute" in page
    assert f'hx-get="/orders/nordhaus/{order.id}/{part}/"' in page


def test_a_return_says_what_came_back_and_why(agent: Client, sandbox: Running) -> None:
    order = order_where(
        sandbox, "maison-verte", lambda one: one.state == "RECEIVED" and one.lines[0].refunded
    )

    page = fragment(agent, "maison-verte", order, "returns")

    assert "Received" in page
    assert "Changed mind" in page
    assert "Too large for the room" in page
    assert f"RMA-{order.commercial_id}-1" in page
    assert "1 × " in page


def test_returns_need_the_order_to_be_told(agent: Client, sandbox: Running) -> None:
    fail(sandbox, operation="OR11", status=403)

    page = fragment(agent, "maison-verte", ORDER_WITH_THREAD, "returns")

    assert "Ask your admin" in page


def test_an_order_without_returns_says_so(agent: Client, sandbox: Running) -> None:
    order = order_where(
        sandbox, "maison-verte", lambda one: not any(line.refunded for line in one.lines)
    )

    assert "No returns" in fragment(agent, "maison-verte", order, "returns")


def test_returns_are_asked_for_once_in_five_minutes(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "maison-verte", lambda one: one.state == "SHIPPED")

    for _time in range(3):
        fragment(agent, "maison-verte", order, "returns")

    assert len(asked(sandbox, "RT11")) == 1


def test_an_evaluation_has_grade_text_and_answer(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "maison-verte", lambda one: is_evaluated(one) and one.has_invoice)

    page = fragment(agent, "maison-verte", order, "evaluation")

    assert "out of 5" in page
    assert "A demo evaluation" in page
    assert "<dt>Well packed</dt>" in page
    assert "A demo answer" in page
    assert "locale=en" in asked(sandbox, "OR51")[0]["query"]


def test_an_order_that_nobody_evaluated_says_so(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "maison-verte", lambda one: not is_evaluated(one))

    assert "Not evaluated yet" in fragment(agent, "maison-verte", order, "evaluation")


def test_a_part_is_a_page_of_its_own_without_javascript(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, "nordhaus", sent_in_two)

    page = text_of(agent.get(f"/orders/nordhaus/{order.id}/parcels/"))

    assert f"<h1>Order {order.id}</h1>" in page
    assert "In transit" in page


def test_a_service_order_is_shown_with_its_price(agent: Client, sandbox: Running) -> None:
    order = next(
        one
        for one in sandbox.sandbox.state.world.marketplaces["maison-verte"].service_orders.values()
        if one.service.shop.id == 2001
    )

    answer = agent.get(f"/service-orders/maison-verte/{order.id}/panel/", headers=HTMX)

    assert order.service.title in text_of(answer)
    assert f"{order.price:.2f} EUR" in text_of(answer)


def test_a_conversation_on_a_service_order_shows_it_in_the_panel(
    agent: Client, maison: Marketplace
) -> None:
    sync.refresh([maison], deadline=10)
    thread = Thread.objects.filter(marketplace=maison, entity_type="MPS_ORDER")[0]

    page = text_of(agent.get(thread.get_absolute_url()))

    assert f'hx-get="/service-orders/maison-verte/{thread.entity_id}/panel/"' in page


def test_a_service_order_that_is_not_there_says_so(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get("/service-orders/maison-verte/NONE/panel/", headers=HTMX))

    assert "find this order" in page


@pytest.mark.parametrize("part", ["parcels", "returns", "evaluation"])
def test_a_storefront_has_no_such_parts(
    part: str, alice: User, maison_front: Marketplace, client: Client
) -> None:
    works_on(maison_front, alice)
    client.force_login(alice)

    path = f"/orders/{maison_front.slug}/{ORDER_WITH_THREAD}/{part}/"

    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/orders/maison-verte/{ORDER_WITH_THREAD}/parcels/",
        f"/orders/maison-verte/{ORDER_WITH_THREAD}/returns/",
        f"/orders/maison-verte/{ORDER_WITH_THREAD}/evaluation/",
        "/service-orders/maison-verte/MV-S-1/panel/",
    ],
)
def test_no_part_is_there_for_an_outsider(
    path: str, client: Client, charlie: User, maison: Marketplace
) -> None:
    client.force_login(charlie)

    assert client.get(path).status_code == 404
