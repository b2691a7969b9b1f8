import httpx
import pytest
from django.test import Client

from inbox.models import Marketplace, User
from inbox.sandbox.server import Running
from tests.builders import text_of
from tests.html import Page
from tests.seeded import ORDER_WITH_THREAD
from tests.writing import Mirakl

ORDER = ORDER_WITH_THREAD
PANEL = f"/orders/maison-verte/{ORDER}/panel/"
HTMX = {"HX-Request": "true"}


def fail(sandbox: Running, **fault: object) -> None:
    httpx.put(f"{sandbox.url}/_sandbox/faults", json=[fault]).raise_for_status()


def send_invoice(sandbox: Running) -> bytes:
    content = b"%PDF-1.4 a demo invoice"
    httpx.post(
        f"{sandbox.url}/api/orders/{ORDER}/documents",
        headers={"Authorization": "sandbox-shop-maison"},
        files=[
            ("files", ("facture.pdf", content, "application/pdf")),
            (
                "order_documents",
                (
                    None,
                    '{"order_documents": [{"file_name": "facture.pdf",'
                    ' "type_code": "CUSTOMER_INVOICE"}]}',
                    "application/json",
                ),
            ),
        ],
    ).raise_for_status()
    return content


def test_it_shows_lines_total_and_state(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get(PANEL, headers=HTMX))

    assert "<html" not in page
    assert "Total" in page
    assert "EUR" in page
    assert "DEMO-SKU" in page


def test_it_is_a_page_of_its_own_without_javascript(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get(PANEL))

    assert f"<h1>Order {ORDER}</h1>" in page
    assert "Total" in page


def test_it_says_so_and_offers_another_try_when_mirakl_fails(
    agent: Client, sandbox: Running
) -> None:
    fail(sandbox, operation="OR11", status=500)

    page = text_of(agent.get(PANEL, headers=HTMX))

    assert "respond. Try again in a minute" in page
    assert "Try again" in page


def test_it_shows_the_order_when_only_its_documents_fail(agent: Client, sandbox: Running) -> None:
    fail(sandbox, operation="OR72", status=403)

    page = text_of(agent.get(PANEL, headers=HTMX))

    assert "Total" in page
    assert "Ask your admin" in page


def test_it_knows_an_order_that_is_not_there(agent: Client, sandbox: Running) -> None:
    page = text_of(agent.get("/orders/maison-verte/NONE-1/panel/", headers=HTMX))

    assert "find this order" in page


def test_another_attempt_asks_for_as_much(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR11", status=503)

    page = Page(text_of(agent.get(f"{PANEL}?whole=1", headers=HTMX)))

    assert page.get_all("href", "a") == [f"{PANEL}?whole=1"]


def test_it_gives_a_document_byte_for_byte(agent: Client, sandbox: Running) -> None:
    content = send_invoice(sandbox)
    page = text_of(agent.get(PANEL, headers=HTMX))
    address = page.split('<a href="/orders/maison-verte/' + ORDER + "/documents/")[1]
    number = address.split("/")[0]

    response = agent.get(f"/orders/maison-verte/{ORDER}/documents/{number}/")

    assert response.getvalue() == content
    assert response["Content-Disposition"] == 'attachment; filename="facture.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("body", ["", {"message": "not now"}])
def test_what_is_not_as_long_as_the_document_is_not_taken_for_it(
    agent: Client, sandbox: Running, body: object
) -> None:
    send_invoice(sandbox)
    page = text_of(agent.get(PANEL, headers=HTMX))
    address = page.split(f'<a href="/orders/maison-verte/{ORDER}/documents/')[1].split('"')[0]
    fail(sandbox, operation="OR73", status=200, body=body)

    answer = agent.get(f"/orders/maison-verte/{ORDER}/documents/{address}")

    assert answer.status_code == 503
    assert b"another file" in answer.content or b"something other than this file" in answer.content


@pytest.mark.parametrize("path", [PANEL, f"/orders/maison-verte/{ORDER}/documents/1/"])
def test_it_is_not_there_for_an_outsider(
    path: str, client: Client, charlie: User, maison: Marketplace
) -> None:
    client.force_login(charlie)

    assert client.get(path).status_code == 404
