"""OR72, OR73 and OR74: an order's documents."""

import io
import zipfile
from typing import Any

import pytest

from inbox.sandbox import server
from inbox.sandbox.world import Order
from tests.mirakl_callers import Caller, front, seller
from tests.sandbox_world import own_orders, with_invoice


def upload(caller: Caller, order: Order, names: list[str], code: str = "CUSTOMER_INVOICE") -> Any:
    rows = [{"file_name": name, "type_code": code} for name in names]
    files = [(name, name.encode()) for name in names]
    path = f"/api/orders/{order.id}/documents"
    return caller.send(path, "order_documents", {"order_documents": rows}, files)


def test_documents_are_listed_and_downloaded_as_they_are(sandbox: server.Running) -> None:
    caller, order = seller(sandbox.url), with_invoice(sandbox)

    listed = caller.ask("/api/orders/documents", order_ids=order.id)["order_documents"]
    file = caller.get("/api/orders/documents/download", document_ids=listed[0]["id"])

    assert listed[0]["type"] == "CUSTOMER_INVOICE"
    assert file.content.startswith(b"%PDF")
    assert len(file.content) == listed[0]["file_size"]


def test_several_documents_come_in_an_archive(sandbox: server.Running) -> None:
    caller, order = seller(sandbox.url), with_invoice(sandbox)
    upload(caller, order, ["a.txt"], "OTHER")
    upload(caller, order, ["a.txt"], "OTHER")

    file = caller.get("/api/orders/documents/download", order_ids=order.id, document_codes="OTHER")

    names = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    assert names == [f"{order.id}/a.txt", f"{order.id}/a(1).txt"]


def test_an_uploaded_document_is_there_for_the_customer(sandbox: server.Running) -> None:
    order = own_orders(sandbox)[0]

    answer = upload(seller(sandbox.url), order, ["invoice.pdf"])

    assert (answer.status_code, answer.json()["errors_count"]) == (200, 0)
    listed = front(sandbox.url).ask("/api/orders/documents", order_ids=order.id)
    assert listed["order_documents"][-1]["file_name"] == "invoice.pdf"


def test_an_order_has_an_invoice_once_one_is_uploaded(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    order = next(one for one in own_orders(sandbox) if not one.has_invoice)

    def has_invoice() -> bool:
        found = caller.ask("/api/orders", order_ids=order.id)["orders"]
        return bool(found[0]["has_invoice"])

    upload(caller, order, ["note.pdf"], "NOTICE")
    assert not has_invoice()
    upload(caller, order, ["invoice.pdf"])
    assert has_invoice()


@pytest.mark.parametrize(
    ("name", "code", "field"),
    [
        ("virus.exe", "CUSTOMER_INVOICE", "file_name"),
        ("Größe.pdf", "CUSTOMER_INVOICE", "file_name"),
        ("a.pdf", "NO_SUCH", "type_code"),
        ("a.pdf", "SYSTEM_MESSAGE_ATTACHMENT", "type_code"),
        ("a.pdf", "SYSTEM_DELIVERY_BILL", "type_code"),
    ],
)
def test_a_refused_document_is_reported_in_a_good_answer(
    sandbox: server.Running, name: str, code: str, field: str
) -> None:
    answer = upload(seller(sandbox.url), own_orders(sandbox)[0], [name], code)

    assert answer.status_code == 200
    report = answer.json()
    assert report["errors_count"] == 1
    assert report["order_documents"][0]["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "row",
    [
        {"type_code": "OTHER"},
        {"file_name": "a.pdf"},
        {},
        {"file_name": "a.pdf", "type_code": "OTHER", "entity": {"type": "RETURN"}},
        {"file_name": "a.pdf", "type_code": "OTHER", "entity": {"type": "ORDER", "id": "1"}},
    ],
)
def test_a_document_names_itself_its_type_and_its_return_if_any(
    sandbox: server.Running, row: dict[str, str]
) -> None:
    path = f"/api/orders/{own_orders(sandbox)[0].id}/documents"
    part = {"order_documents": [row]}

    answer = seller(sandbox.url).send(path, "order_documents", part, [("a.pdf", b"%PDF")])

    assert answer.status_code == 400


def test_an_order_takes_fifty_documents(sandbox: server.Running) -> None:
    order = own_orders(sandbox)[0]

    answer = upload(seller(sandbox.url), order, [f"{number}.txt" for number in range(51)])

    assert answer.json()["errors_count"] >= 1
