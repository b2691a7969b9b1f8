import json
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from inbox import mirakl as mirakl_api
from inbox.models import Access, Event, Marketplace, Outgoing, Thread, User
from inbox.services.marketplaces import clients
from inbox.services.outbox import delivery
from tests import html
from tests.builders import text_of
from tests.seeded import ORDER_WITH_THREAD
from tests.storefront import Storefront, order_of
from tests.writing import Mirakl

if TYPE_CHECKING:
    from playwright.sync_api import Page

ORDER = ORDER_WITH_THREAD
AT_ORDER = f"/orders/maison-verte/{ORDER}/"
PATH = f"{AT_ORDER}documents/new/"
AS_FRAGMENT = {"HX-Request": "true"}


def pdf(name: str = "invoice.pdf", content: bytes = b"%PDF-1.4 demo") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def chosen(**changes: Any) -> dict[str, Any]:
    return {"token": str(uuid.uuid4()), "type": "CUSTOMER_INVOICE", "file": pdf()} | changes


def sent_to(mirakl: Mirakl) -> list[tuple[str, str]]:
    """Returns the order's documents at Mirakl, newest last."""
    documents = sorted(mirakl.documents(ORDER), key=lambda document: int(document["id"]))
    return [(document["file_name"], document["type"]) for document in documents]


def test_it_offers_the_types_of_the_marketplace_the_invoice_first(agent: Client) -> None:
    page = text_of(agent.get(PATH))

    assert [(one["value"], one.text) for one in html.Page(page).find("option")] == [
        ("CUSTOMER_INVOICE", "Invoice"),
        ("NOTICE", "User manual"),
        ("OTHER", "Other document"),
    ]


def test_it_offers_the_types_in_the_readers_language(agent: Client) -> None:
    page = text_of(agent.get(PATH, headers={"Accept-Language": "fr"}))

    assert "Notice d&#x27;utilisation</option>" in page


@pytest.mark.parametrize("status", [403, 404])
def test_it_offers_the_invoice_alone_where_the_types_are_not_told(
    status: int, agent: Client, mirakl: Mirakl
) -> None:
    mirakl.fails("DO01", status=status)

    page = text_of(agent.get(PATH))

    assert html.Page(page).get_all("value", "option") == ["CUSTOMER_INVOICE"]


def test_it_asks_for_the_types_once_a_day(agent: Client, mirakl: Mirakl) -> None:
    for _ in range(3):
        agent.get(PATH)

    assert len(mirakl.calls("DO01")) == 1


def test_a_type_takes_its_own_kinds_of_file_only(charlie: User, client: Client) -> None:
    client.force_login(charlie)
    path = "/orders/nordhaus/NH-1-A/documents/new/"

    answer = client.post(path, chosen(type="GARANTIE", file=pdf("warranty.txt")))

    assert answer.status_code == 422
    assert "“Warranty” only as: application/pdf" in text_of(answer)


def take_back(client: Client, document_id: int) -> Any:
    return client.post(f"{AT_ORDER}documents/{document_id}/take-back/", follow=True)


def test_a_document_is_taken_back(agent: Client, mirakl: Mirakl) -> None:
    agent.post(PATH, chosen())
    sent = max(int(one["id"]) for one in mirakl.documents(ORDER))
    assert f"documents/{sent}/take-back/" in text_of(agent.get(f"{AT_ORDER}panel/"))

    page = text_of(take_back(agent, sent))
    assert "Document deleted." in page
    assert sent not in [int(one["id"]) for one in mirakl.documents(ORDER)]
    event = Event.objects.get(verb=Event.Verb.DOCUMENT_DELETED)
    assert event.about == {"order": ORDER, "document": sent}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 403}, "delete this document: “The sandbox was told to fail”."),
        ({"status": 403, "body": ""}, "allow these credentials to delete this document."),
        ({"status": 400, "body": ""}, "delete this document (status 400)."),
        ({"status": 429}, "is limiting requests. The document wasn"),
        ({"drop": "after"}, "confirm that the document was deleted"),
        ({"drop": "before"}, "confirm that the document was deleted"),
    ],
)
def test_it_says_why_a_document_is_not_taken_back(
    fault: dict[str, Any], words: str, agent: Client, mirakl: Mirakl
) -> None:
    agent.post(PATH, chosen())
    sent = max(int(one["id"]) for one in mirakl.documents(ORDER))
    mirakl.fails("OR76", **fault)

    assert words in text_of(take_back(agent, sent))


def test_a_document_of_another_order_is_not_found(agent: Client, mirakl: Mirakl) -> None:
    assert take_back(agent, 1).status_code == 404
    assert mirakl.calls("OR76") == []


def test_it_sends_a_document_and_shows_it_on_the_order(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.post(PATH, chosen(), follow=True)

    page = text_of(answer)
    reply = Outgoing.objects.get()
    assert sent_to(mirakl)[-1] == ("invoice.pdf", "CUSTOMER_INVOICE")
    assert answer.redirect_chain == [(f"{AT_ORDER}?reply={reply.token}#reply-{reply.token}", 302)]
    assert 'data-state="sent"' in page
    assert "invoice.pdf" in page
    assert "Invoice</span>" in page
    assert "invoice.pdf" in text_of(agent.get(f"{AT_ORDER}panel/"))


def test_it_leads_htmx_to_the_order(agent: Client, mirakl: Mirakl) -> None:
    answer = agent.post(PATH, chosen(), headers=AS_FRAGMENT)

    assert answer.headers["HX-Redirect"].startswith(f"{AT_ORDER}?reply=")
    assert sent_to(mirakl)[-1] == ("invoice.pdf", "CUSTOMER_INVOICE")


def test_a_form_that_comes_twice_is_one_document(agent: Client, mirakl: Mirakl) -> None:
    form = chosen()
    agent.post(PATH, form)

    agent.post(PATH, form | {"file": pdf()})

    assert len(mirakl.calls("OR74")) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"file": pdf("invoice.exe")}, "csv, doc, xls, xlsx, ppt, pdf"),
        ({"file": pdf("invoice")}, "csv, doc, xls, xlsx, ppt, pdf"),
        ({"file": pdf(content=b"")}, "is empty"),
        ({"file": ""}, "Choose a file."),
        ({"type": "NO_SUCH_TYPE"}, "Invoice, User manual, Other document"),
        ({"type": "SYSTEM_DELIVERY_BILL"}, "Choose one of these"),
        ({"type": ""}, "Choose a document type."),
    ],
)
def test_it_refuses_before_anything_is_sent(
    agent: Client, mirakl: Mirakl, wrong: dict[str, Any], words: str
) -> None:
    answer = agent.post(PATH, chosen(**wrong))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert mirakl.calls("OR74") == []
    assert not Outgoing.objects.exists()


def test_a_refused_one_is_a_fragment_for_htmx(agent: Client) -> None:
    answer = agent.post(PATH, chosen(file=pdf("invoice.exe")), headers=AS_FRAGMENT)

    page = text_of(answer)
    assert answer.status_code == 422
    assert "<html" not in page
    assert 'class="problems"' in page


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Facture été n° 7.PDF", "Facture ete n 7.PDF"),
        ("Größe – Œuvre.pdf", "Grosse - OEuvre.pdf"),
        ("請求書.pdf", "document.pdf"),
    ],
)
def test_it_takes_accents_out_of_a_name_and_says_so(
    agent: Client, mirakl: Mirakl, name: str, plain: str
) -> None:
    page = text_of(agent.post(PATH, chosen(file=pdf(name)), follow=True))

    assert sent_to(mirakl)[-1][0] == plain
    assert f"Renamed from “{name}”" in page


def test_it_keeps_the_file_when_mirakl_refuses(agent: Client, mirakl: Mirakl) -> None:
    mirakl.fails("OR74", status=403)

    page = text_of(agent.post(PATH, chosen(), follow=True))

    assert 'data-state="failed"' in page
    assert "Send again" in page
    assert Outgoing.objects.get().files.exclude(file="").exists()


def test_a_large_one_shows_how_far_it_is(
    agent: Client, mirakl: Mirakl, settings: Settings, no_broker: None
) -> None:
    settings.UPLOAD_INLINE_BYTES = 5

    page = text_of(agent.post(PATH, chosen(), follow=True))

    assert mirakl.calls("OR74") == []
    assert "<progress" in page
    assert 'data-state="queued"' in page


def test_the_bubble_of_what_has_arrived_lets_the_page_list_it(
    agent: Client, mirakl: Mirakl
) -> None:
    agent.post(PATH, chosen())

    bubble = agent.get(Outgoing.objects.get().get_absolute_url(), headers=AS_FRAGMENT)

    assert "arrived" in json.loads(bubble.headers["HX-Trigger"])
    panel = text_of(agent.get(f"{AT_ORDER}panel/", headers=AS_FRAGMENT))
    assert 'hx-trigger="arrived from:body"' in panel


def test_it_offers_types_that_the_order_has_already_to_those_who_may_send_them(
    agent: Client, alice: User, maison_operator: Marketplace
) -> None:
    group = alice.groups.get()
    Access.objects.create(group=group, marketplace=maison_operator, role=Access.Role.AGENT)
    bill = mirakl_api.Upload("bill.pdf", lambda: BytesIO(b"%PDF"), 4)
    operator = clients.build_client(maison_operator)

    operator.documents.upload(ORDER, file=bill, type_code="SYSTEM_DELIVERY_BILL")

    offered = 'value="SYSTEM_DELIVERY_BILL"'
    assert offered not in text_of(agent.get(PATH))
    operators_page = agent.get(f"/orders/maison-verte-operator/{ORDER}/documents/new/")
    assert offered in text_of(operators_page)


def test_it_does_without_the_orders_own_types_when_mirakl_fails(
    agent: Client, mirakl: Mirakl
) -> None:
    mirakl.fails("OR72", status=500)

    assert 'value="CUSTOMER_INVOICE"' in text_of(agent.get(PATH))


# -- ways in --------------------------------------------------------------


def test_the_documents_of_an_order_lead_there(agent: Client) -> None:
    assert f'href="{PATH}"' in text_of(agent.get(f"{AT_ORDER}panel/"))


def test_the_composer_leads_there(agent: Client, thread: Thread) -> None:
    page = text_of(agent.get(thread.get_absolute_url()))

    path = f"/orders/maison-verte/{thread.entity_id}/documents/new/"
    assert f'href="{path}"' in page.partition('id="composer-')[2]


def test_a_storefront_sends_on_its_customers_order(
    frida: User, client: Client, storefront: Storefront
) -> None:
    client.force_login(frida)
    path = f"/orders/maison-verte-front/{order_of(storefront.first)}/documents/new/"

    assert "viewing this as the customer" in text_of(client.get(path))
    client.post(path, chosen(type="OTHER"))

    assert [call["status"] for call in storefront.calls("OR74")] == [200]


# -- who may --------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_not_there_for_an_outsider(
    client: Client, charlie: User, maison: Marketplace, method: str
) -> None:
    client.force_login(charlie)

    assert getattr(client, method)(PATH).status_code == 404


def test_a_viewer_neither_sends_nor_is_asked_to(
    client: Client, maison: Marketplace, mirakl: Mirakl
) -> None:
    group = Group.objects.create(name="Viewers")
    Access.objects.create(group=group, marketplace=maison, role=Access.Role.VIEWER)
    victor = User.objects.create_user("victor")
    victor.groups.add(group)
    client.force_login(victor)

    assert client.get(PATH).status_code == 403
    assert client.post(PATH, chosen()).status_code == 403
    assert PATH not in text_of(client.get(f"{AT_ORDER}panel/"))
    assert mirakl.calls("OR74") == []


# -- in a browser ---------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_agent_sends_an_invoice_from_the_order(
    page: "Page", sign_in: Callable[[User], None], alice: User, mirakl: Mirakl
) -> None:
    sign_in(alice)
    page.goto(AT_ORDER)
    page.get_by_role("link", name="Send document").click()

    page.get_by_label("Type").select_option("Invoice")
    page.get_by_label("Attach files").set_input_files(
        {"name": "Facture été.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    page.get_by_role("button", name="Send").click()

    page.locator(".bubble", has_text="Facture ete.pdf").get_by_text("Sent").wait_for()
    page.locator(".documents", has_text="Facture ete.pdf").wait_for()
    assert sent_to(mirakl)[-1] == ("Facture ete.pdf", "CUSTOMER_INVOICE")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_panel_lists_a_large_one_as_soon_as_it_has_arrived(
    page: "Page",
    sign_in: Callable[[User], None],
    agent: Client,
    alice: User,
    settings: Settings,
    no_broker: None,
) -> None:
    settings.UPLOAD_INLINE_BYTES = 5
    agent.post(PATH, chosen(file=pdf("large.pdf")))
    reply = Outgoing.objects.get()
    sign_in(alice)
    page.goto(f"{AT_ORDER}?reply={reply.token}")
    page.locator(".order-panel", has_text="No invoice").wait_for()

    delivery.deliver(reply.pk)

    page.locator(".documents", has_text="large.pdf").wait_for()
    page.locator(".bubble[data-state=sent]", has_text="large.pdf").wait_for()
    page.get_by_text("No invoice").wait_for(state="detached")
