"""Pages for a marketplace that refuses: its reason in its own text."""

import html
from typing import Any

import pytest
from django.test import Client

from inbox.models import Marketplace
from inbox.sandbox.server import Running
from tests.builders import HTMX, text_of
from tests.sandbox_world import own_orders
from tests.writing import Mirakl

LOGIN = "<!doctype html><form><input type='password' name='p'></form>"
REFUSED = {"status": 400, "body": {"errors": ["No orders today"]}}
PARTS = [
    ("OR11", "panel"),
    ("OR72", "panel"),
    ("ST11", "parcels"),
    ("RT11", "returns"),
    ("OR51", "evaluation"),
    ("OR41", "older"),
]


@pytest.fixture
def shipped(sandbox: Running) -> str:
    return next(order.id for order in own_orders(sandbox) if order.state == "SHIPPED")


def part_of(client: Client, order_id: str, part: str) -> str:
    page = client.get(f"/orders/maison-verte/{order_id}/{part}/", headers=HTMX)
    return html.unescape(text_of(page))


@pytest.mark.parametrize(("operation", "part"), PARTS)
def test_a_part_of_an_order_says_why_it_is_not_shown(
    operation: str, part: str, agent: Client, shipped: str, mirakl: Mirakl
) -> None:
    mirakl.fails(operation, **REFUSED)

    page = part_of(agent, shipped, part)

    assert "show this: “No orders today”." in page
    assert "respond. Try again in a minute" not in page


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            {"status": 403, "body": {"detail": "No role"}},
            "allow these credentials to read this: “No role”.",
        ),
        ({"status": 302, "body": "", "headers": {"Location": "/login"}}, "shows a login page."),
        ({"status": 200, "body": LOGIN}, "shows a login page."),
        ({"status": 408, "body": ""}, "show this (status 408)."),
        ({"status": 429, "retry_after": 5}, "is limiting requests"),
        ({"status": 500, "body": {"message": "Boom"}}, "respond. Try again in a minute."),
    ],
)
def test_each_answer_is_told_from_no_answer(
    fault: dict[str, Any], words: str, agent: Client, shipped: str, mirakl: Mirakl
) -> None:
    mirakl.fails("OR11", **fault)

    assert words in part_of(agent, shipped, "panel")


def test_a_missing_right_is_shown_with_its_message_each_time(
    agent: Client, shipped: str, mirakl: Mirakl
) -> None:
    mirakl.fails("ST11", status=403, body={"message": "No role"})

    pages = [part_of(agent, shipped, "parcels") for _time in range(2)]

    assert "“No role”" in pages[0] == pages[1]
    assert len(mirakl.calls("ST11")) == 1


def test_a_shop_s_page_does_not_blame_the_minute(
    agent: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    mirakl.fails("A01", status=403)

    page = text_of(agent.get("/marketplaces/maison-verte/account/", headers=HTMX))

    assert "allow these credentials to read this" in page
