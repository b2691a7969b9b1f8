"""An order's page: customer, products with pictures, and events."""

import httpx
import pytest
from django.test import Client

from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from tests.builders import HTMX, text_of, works_on
from tests.seeded import ORDER_WITH_THREAD
from tests.writing import Mirakl

ORDER = f"/orders/maison-verte/{ORDER_WITH_THREAD}"
PNG = b"\x89PNG"


def fragment(client: Client, path: str) -> str:
    answer = client.get(path, headers=HTMX)
    assert answer.status_code == 200
    return " ".join(text_of(answer).split())


def test_the_page_asks_for_all_of_the_order(agent: Client, mirakl: Mirakl) -> None:
    page = fragment(agent, f"{ORDER}/panel/?whole=1")

    assert f'hx-get="{ORDER}/events/"' in page
    assert '<section class="customer">' in page


def test_the_panel_of_a_conversation_fetches_no_returns(agent: Client, mirakl: Mirakl) -> None:
    page = fragment(agent, f"{ORDER}/panel/")

    assert '<ol class="events"' in page
    assert f"{ORDER}/events/" not in page
    assert mirakl.calls("RT11") == []


def test_the_events_say_what_is_missing(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("RT11", status=503)
    page = fragment(agent, f"{ORDER}/events/")

    assert "Ordered" in page
    assert "Maison Verte" in page


def test_the_events_of_an_order_that_cannot_be_had_say_so(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR11", status=503)

    assert "Maison Verte" in fragment(agent, f"{ORDER}/events/")


# -- pictures -----------------------------------------------------------------


def test_a_picture_comes_through_the_desk(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.get(f"{ORDER}/pictures/0/")

    assert f'src="{ORDER}/pictures/0/"' in fragment(agent, f"{ORDER}/panel/")
    assert answer.headers["Content-Type"] == "image/png"
    assert b"".join(answer).startswith(PNG)


def test_an_address_with_the_marketplaces_host_is_its_own(
    agent: Client, alice: User, nordhaus: Marketplace, sandbox: Running
) -> None:
    works_on(nordhaus, alice)
    orders = sandbox.sandbox.state.world.marketplaces["nordhaus"].orders.values()
    number = next(order.id for order in orders if order.shop.id == 2101)

    assert agent.get(f"/orders/nordhaus/{number}/pictures/0/").status_code == 200


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/media/lamp.jpg", "/media/lamp.jpg"),
        ("media/lamp.jpg", "/media/lamp.jpg"),
        ("https://shop.example/media/lamp.jpg", "/media/lamp.jpg"),
        ("https://shop.example.evil.example/lamp.jpg", ""),
        ("https://cdn.example/lamp.jpg", ""),
        ("//cdn.example/lamp.jpg", ""),
        ("http://shop.example/lamp.jpg", ""),
        ("/lamp.jpg?size=1", ""),
        ("http://[broken", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_only_the_marketplaces_own_pictures_are_fetched(url: str, path: str) -> None:
    assert Marketplace(base_url="https://shop.example").own_path(url) == path


def test_what_is_no_picture_is_not_shown(agent: Client, sandbox: Running) -> None:
    page = {"operation": "MEDIA", "status": 200, "body": "<html>Sign in</html>"}
    httpx.put(f"{sandbox.url}/_sandbox/faults", json=[page], trust_env=False).raise_for_status()

    assert agent.get(f"{ORDER}/pictures/0/").status_code in {404, 503}


def test_there_is_none_of_a_line_that_is_not_there(agent: Client, mirakl: Mirakl) -> None:
    assert agent.get(f"{ORDER}/pictures/99/").status_code == 404


def test_nobody_else_sees_them(agent: Client, mirakl: Mirakl) -> None:
    agent.force_login(User.objects.create_user("olga"))

    assert agent.get(f"{ORDER}/pictures/0/").status_code == 404
    assert agent.get(f"{ORDER}/events/").status_code == 404
