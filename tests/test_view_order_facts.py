"""Amounts and texts of the order panel."""

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from django.test import Client

from inbox import money
from inbox.management.commands import demo_data
from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from inbox.sandbox.world import Order
from inbox.templatetags.orders import at_marketplace
from tests.builders import HTMX, text_of, works_on


@pytest.fixture
def bright(db: None, sandbox: Running, alice: User) -> Marketplace:
    """A marketplace with prices before tax."""
    marketplace = demo_data.connect("bright-street", sandbox.url)
    works_on(marketplace, alice)
    return marketplace


def order_where(
    sandbox: Running, test: Callable[[Order], object], at: str = "maison-verte"
) -> Order:
    orders = sandbox.sandbox.state.world.marketplaces[at].orders.values()
    return next(order for order in orders if order.shop.id in (2001, 2101, 2201) and test(order))


def panel(client: Client, order: Order, at: str = "maison-verte", language: str = "en") -> str:
    headers = {**HTMX, "Accept-Language": language}
    answer = client.get(f"/orders/{at}/{order.id}/panel/", headers=headers)
    assert answer.status_code == 200
    return " ".join(text_of(answer).split())


def written(amount: float) -> str:
    return money.format_amount(Decimal(str(round(amount, 2))), "GBP")


def locales_asked(sandbox: Running, operation: str) -> list[str | None]:
    log = httpx.get(f"{sandbox.url}/_sandbox/log", trust_env=False).json()
    queries = [entry["query"] for entry in log if entry["operation"] == operation]
    return [httpx.QueryParams(query).get("locale") for query in queries]


def test_the_total_has_the_taxes_that_come_on_top(
    agent: Client, sandbox: Running, bright: Marketplace
) -> None:
    order = order_where(sandbox, lambda one: one.shipping_price, "bright-street")
    goods = sum(line.price for line in order.lines)

    page = panel(agent, order, "bright-street")

    assert "Taxes" in page
    assert written((goods + order.shipping_price) * 1.2) in page


def test_a_refund_has_its_shipping_and_its_taxes(
    agent: Client, sandbox: Running, bright: Marketplace
) -> None:
    order = order_where(sandbox, lambda one: one.lines[0].refunded, "bright-street")
    goods = order.lines[0].refunded or 0

    page = panel(agent, order, "bright-street")

    assert f"Refund {written((goods + order.shipping_price / 2) * 1.2)}" in page
    assert "Item returned" in page


def test_an_incident_says_why_it_is_open(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, lambda one: one.has_incident)

    assert "Incident open: Item not received" in panel(agent, order)


def test_labels_come_in_the_language_of_the_reader(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, lambda one: one.has_incident)

    pages = [panel(agent, order, language=language) for language in ("de", "fr")]

    assert "Nicht erhalten" in pages[0]
    assert "Article non reçu" in pages[1]
    assert locales_asked(sandbox, "OR11") == ["de", "fr"]


def test_it_shows_where_the_order_goes(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, lambda one: one.shows_address and one.is_collected)

    page = panel(agent, order)

    assert "Demo Street" in page
    assert order.customer.last_name in page
    assert "+00 0000 000000" in page
    assert f"RELAY-{order.commercial_id[-3:]}" in page
    assert "Pick-up point" in page


def test_it_shows_payment_references_and_further_fields(agent: Client, sandbox: Running) -> None:
    order = order_where(sandbox, lambda one: one.is_collected)

    page = panel(agent, order)

    assert "DEMO_CARD" in page
    assert "On acceptance" in page
    assert f"<dd>{order.commercial_id}</dd>" in page
    assert '<dt>Gift wrap</dt><dd dir="auto">yes</dd>' in page
    assert '<dt>Door codes</dt><dd dir="auto">12A, 34B</dd>' in page


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("/media/1.jpg", "https://shop.demo.invalid/media/1.jpg"),
        ("https://cdn.demo.invalid/1.jpg", "https://cdn.demo.invalid/1.jpg"),
        ("http://cdn.demo.invalid/1.jpg", ""),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_a_picture_is_linked_through_https_alone(url: str, whole: str) -> None:
    marketplace = Marketplace(base_url="https://shop.demo.invalid")

    assert at_marketplace(url, marketplace) == whole
