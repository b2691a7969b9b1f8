"""Every operation: its URL, its parameters, and the decoding of its answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from inbox import mirakl
from tests.answering import TOPIC, Answering, answering, client, message, part_names, parts, upload

Call = Callable[[mirakl.MiraklClient], object]
LISTS: dict[str, object] = dict.fromkeys(
    ("data", "orders", "order_documents", "reasons", "channels", "shops", "messages", "documents"),
    [],
)
ANYTHING = {**LISTS, "id": "1"}
ROMY = mirakl.Customer("C-1", "romy@demo.example", "Romy", "Demo", "fr_FR")
NEW: dict[str, Any] = {"body": "Hello", "topic": TOPIC}


def downloaded(calls: mirakl.MiraklClient) -> bytes:
    with calls.documents.download(document_ids=[4, 5], document_codes=["INVOICE"]) as found:
        return b"".join(found.chunks)


def attached(calls: mirakl.MiraklClient) -> bytes:
    with calls.download("a-1") as found:
        return b"".join(found.chunks)


def sends_document(calls: mirakl.MiraklClient) -> None:
    calls.documents.upload("1-A", file=upload("a.pdf"), type_code="INVOICE")


OPERATIONS: list[tuple[str, str, str, str, Call]] = [
    ("M11", "GET", "/api/inbox/threads", "limit=5", lambda c: c.list_threads(limit=5)),
    ("M10", "GET", "/api/inbox/threads/t-1", "", lambda c: c.read_thread("t-1")),
    (
        "M12",
        "POST",
        "/api/inbox/threads/t-1/message",
        "",
        lambda c: c.reply("t-1", body="Hello", to=[mirakl.Recipient("SHOP")]),
    ),
    ("M13", "GET", "/api/inbox/threads/a-1/download", "", attached),
    ("M14", "POST", "/api/inbox/threads", "", lambda c: c.start_operator_thread(**NEW)),
    (
        "OR43",
        "POST",
        "/api/orders/1-A/threads",
        "",
        lambda c: c.start_order_thread("1-A", to=["SHOP"], **NEW),
    ),
    (
        "SOR43",
        "POST",
        "/api/mms/orders/1-A/threads",
        "",
        lambda c: c.start_service_order_thread("1-A", to=["SHOP"], **NEW),
    ),
    (
        "SOF43",
        "POST",
        "/api/mms/services/s%2F1/threads",
        "",
        lambda c: c.start_service_thread("s/1", to=["SHOP"], **NEW),
    ),
    (
        "OR11",
        "GET",
        "/api/orders",
        "order_ids=1-A%2C2-A&locale=fr_FR&max=100",
        lambda c: c.orders.fetch(["1-A", "2-A"], locale="fr_FR"),
    ),
    (
        "M01",
        "GET",
        "/api/messages",
        "order_id=1-A&received=ALL&start_date=2026-01-02T00%3A00%3A00.000Z&max=50&paginate=true",
        lambda c: c.messages(
            order_id="1-A",
            received="ALL",
            start_date=datetime(2026, 1, 2, tzinfo=UTC),
            page=mirakl.Paging(max=50, paginate=True),
        ),
    ),
    (
        "OR41",
        "GET",
        "/api/orders/1-A/messages",
        "received=TRUE&offset=0&sort=dateCreated&order=desc",
        lambda c: c.order_messages(
            "1-A", received="TRUE", page=mirakl.Paging(offset=0, sort="dateCreated", order="desc")
        ),
    ),
    (
        "OR42",
        "POST",
        "/api/orders/1-A/messages",
        "",
        lambda c: c.post_order_message("1-A", subject="Hello", body="Hello", to=["SHOP"]),
    ),
    (
        "OR72",
        "GET",
        "/api/orders/documents",
        "order_ids=1-A",
        lambda c: c.documents.fetch(["1-A"]),
    ),
    (
        "OR73",
        "GET",
        "/api/orders/documents/download",
        "document_ids=4%2C5&document_codes=INVOICE",
        downloaded,
    ),
    ("OR74", "POST", "/api/orders/1-A/documents", "", sends_document),
    ("RE01", "GET", "/api/reasons", "locale=de", lambda c: c.reasons(locale="de")),
    (
        "RE02",
        "GET",
        "/api/reasons/ORDER_MESSAGING",
        "",
        lambda c: c.reasons_of_type("ORDER_MESSAGING"),
    ),
    ("RE14", "GET", "/api/reasons/messaging", "", lambda c: c.messaging_reasons()),
    ("CH11", "GET", "/api/channels", "locale=en", lambda c: c.channels(locale="en")),
    ("A01", "GET", "/api/account", "", lambda c: c.account()),
    ("A21", "GET", "/api/account/statistics", "", lambda c: c.statistics()),
    (
        "A21",
        "GET",
        "/api/account/statistics",
        "periods=LAST_MONTH%2CLAST_YEAR&channel_code=FR",
        lambda c: c.statistics(periods=["LAST_MONTH", "LAST_YEAR"], channel_code="FR"),
    ),
    (
        "DO01",
        "GET",
        "/api/documents",
        "entities=ORDER&locale=fr",
        lambda c: c.documents.types(locale="fr"),
    ),
    ("PC01", "GET", "/api/platform/configuration", "", lambda c: c.platform()),
    ("OR76", "DELETE", "/api/orders/documents/7", "", lambda c: c.documents.delete(7)),
    ("V01", "GET", "/api/version", "", lambda c: c.version()),
]


def called(call: Call, **account: Any) -> httpx.Request:
    mock = answering(ANYTHING)
    call(client(mock, **account))
    return mock.asked


@pytest.mark.parametrize(
    ("method", "path", "query", "call"),
    [one[1:] for one in OPERATIONS],
    ids=[one[0] for one in OPERATIONS],
)
def test_each_operation_has_its_address(method: str, path: str, query: str, call: Call) -> None:
    request = called(call)

    assert request.method == method
    assert request.url.raw_path.decode() == path + (f"?{query}" if query else "")


@pytest.mark.parametrize(("operation", "call"), [(one[0], one[4]) for one in OPERATIONS])
def test_each_operation_names_the_shop_of_a_seller_alone(operation: str, call: Call) -> None:
    seller, operator = called(call, shop_id=7), called(call, shop_id=7, role="operator")

    assert seller.url.params["shop_id"] == "7", operation
    assert "shop_id" not in operator.url.params


@pytest.mark.parametrize(("operation", "call"), [(one[0], one[4]) for one in OPERATIONS])
def test_each_operation_says_which_it_is(operation: str, call: Call) -> None:
    with pytest.raises(mirakl.NotFound) as caught:
        call(client(answering(httpx.Response(404))))

    assert caught.value.operation == operation


def test_an_operators_shops_are_paged() -> None:
    shop = {"shop_id": 2001, "shop_name": "Demo", "shop_state": "OPEN", "suspension_type": None}
    mock = answering({"shops": [shop, {"shop_name": "?"}], "total_count": 31})

    page = client(mock, role="operator").shops(shop_ids=[2001], page=mirakl.Paging(max=1))

    assert mock.query == {"shop_ids": "2001", "max": "1"}
    assert page.shops == [mirakl.Shop(shop_id=2001, shop_name="Demo", shop_state="OPEN")]
    assert (page.total_count, page.skipped) == (31, 1)


# -- what a new thread holds ----------------------------------------------


def posted(call: Call) -> Answering:
    mock = answering({"message_id": "m", "thread_id": "t"})
    assert call(client(mock)) == mirakl.SendResult("m", "t")
    return mock


def test_an_orders_thread_names_recipients_by_type() -> None:
    mock = posted(lambda c: c.start_order_thread("1-A", to=["CUSTOMER", "OPERATOR"], **NEW))

    assert part_names(mock.asked) == ["thread_input"]
    assert parts(mock.asked)[0]["Content-Type"] == "application/json"
    assert message(mock.asked) == {
        "body": "Hello",
        "topic": {"type": "FREE_TEXT", "value": "Delivery"},
        "to": ["CUSTOMER", "OPERATOR"],
    }


@pytest.mark.parametrize("shop_id", [None, "2001"])
def test_a_thread_between_shop_and_operator_names_nobody(shop_id: str | None) -> None:
    mock = posted(lambda c: c.start_operator_thread(shop_id=shop_id, files=[upload()], **NEW))

    wanted = {"type": "SELLER_OPERATOR"} | ({"id": shop_id} if shop_id else {})
    assert part_names(mock.asked) == ["thread_input", "files"]
    assert message(mock.asked)["entity"] == wanted
    assert "to" not in message(mock.asked)


def test_a_storefront_names_the_customer_who_asks_about_a_service() -> None:
    mock = posted(lambda c: c.start_service_thread("s", to=["SHOP"], customer=ROMY, **NEW))

    assert message(mock.asked)["customer"] == {
        "id": "C-1",
        "email": "romy@demo.example",
        "first_name": "Romy",
        "last_name": "Demo",
        "locale": "fr_FR",
    }


def test_a_document_is_named_and_typed() -> None:
    mock = answering(ANYTHING)

    sends_document(client(mock))

    assert part_names(mock.asked) == ["order_documents", "files"]
    assert message(mock.asked) == {
        "order_documents": [{"file_name": "a.pdf", "type_code": "INVOICE"}]
    }


# -- before there were threads --------------------------------------------


def test_a_legacy_message_says_of_each_whether_they_read_it() -> None:
    mock = answering(httpx.Response(201, json={"id": 99}))

    sent = client(mock).post_order_message(
        "1-A", subject="Hello", body="Hello", to=["CUSTOMER", "OPERATOR"], document_ids=[5]
    )

    assert sent == mirakl.SendResult("99", None)
    assert mock.asked.headers["Content-Type"] == "application/json"
    assert json.loads(mock.asked.content) == {
        "subject": "Hello",
        "body": "Hello",
        "to_customer": True,
        "to_operator": True,
        "to_shop": False,
        "document_ids": [5],
    }


def test_a_storefront_names_the_customer_who_writes() -> None:
    mock = answering(httpx.Response(201, json={"id": 99}))

    client(mock).post_order_message(
        "1-A", subject="Hello", body="Hello", to=["SHOP"], customer=ROMY
    )

    sent = json.loads(mock.asked.content)
    assert {name: sent[name] for name in sent if name.startswith("customer_")} == {
        "customer_id": "C-1",
        "customer_email": "romy@demo.example",
        "customer_firstname": "Romy",
        "customer_lastname": "Demo",
        "customer_locale": "fr_FR",
    }


def test_legacy_messages_are_read_with_their_documents() -> None:
    document = {"id": 7, "file_name": "a.pdf", "type": "X", "file_size": 3}
    raw = {"id": 5, "subject": "S", "body": "B", "to_shop_id": None, "documents": [document]}
    mock = answering({"messages": [raw, {"subject": "no id"}], "total_count": 12})

    page = client(mock).messages()

    assert (page.total_count, page.skipped) == (12, 1)
    assert page.messages[0].documents == [
        mirakl.Document(id=7, file_name="a.pdf", type="X", file_size=3)
    ]


# -- orders and accounts --------------------------------------------------

LINE = {
    "order_line_id": "1-A-1",
    "quantity": 2,
    "price_unit": 19.99,
    "refunds": [{"id": 5, "amount": 3, "refund_state": "REFUNDED"}],
    "cancelations": None,
}
ORDER = {
    "order_id": "1-A",
    "order_state": "SHIPPED",
    "total_price": 39.98,
    "channel": None,
    "customer": {"firstname": "Romy", "shipping_address": None, "billing_address": {"city": "X"}},
    "delivery_date": {"earliest": "2026-01-02T03:04:05Z"},
    "order_additional_fields": [
        {"code": "gift", "type": "BOOLEAN", "value": "true"},
        {"code": "tags", "type": "MULTIPLE_VALUES_LIST", "value": ["a", "b"]},
    ],
    "order_lines": [LINE],
    "billing": {"never": "heard of"},
}


def test_it_reads_an_order() -> None:
    (order,) = client(answering({"orders": [ORDER], "total_count": 1})).orders.fetch(["1-A"])

    assert (order.order_state, order.total_price, order.channel) == (
        "SHIPPED",
        Decimal("39.98"),
        None,
    )
    assert order.customer.billing_address is not None
    assert order.customer.billing_address.city == "X"
    assert order.order_lines[0].refunds[0].amount == 3
    assert order.order_lines[0].cancelations == []
    assert [field.value for field in order.order_additional_fields] == ["true", ["a", "b"]]


@pytest.mark.parametrize("member", sorted(ORDER.keys() - {"order_id"}))
@pytest.mark.parametrize("surprise", [None, 3.5, "?", [], {}, [None]])
def test_an_order_is_read_whatever_it_lacks(member: str, surprise: object) -> None:
    mock = answering({"orders": [ORDER | {member: surprise}]})

    assert [order.order_id for order in client(mock).orders.fetch(["1-A"])] == ["1-A"]


def test_reasons_are_told_apart_by_type() -> None:
    reasons = [
        {"code": "20", "label": "Delivery", "type": "ORDER_MESSAGING", "is_shop_right": True},
        {"code": "30", "label": "Refund", "type": "REFUND"},
    ]

    found = client(answering({"reasons": reasons})).reasons("ORDER_MESSAGING")

    assert [(one.code, one.label, one.is_shop_right) for one in found] == [("20", "Delivery", True)]


@pytest.mark.parametrize(
    ("raw", "version"), [(b'{"version": "3.2"}', "3.2"), (b"", None), (b"fine", None)]
)
def test_a_version_is_optional(raw: bytes, version: str | None) -> None:
    assert client(answering(raw)).version().version == version


def test_it_reads_an_account() -> None:
    raw = {"shop_id": 7, "shop_name": "Demo", "closed_to": "2026-01-02T03:04:05Z", "grade": None}

    account = client(answering(raw)).account()

    assert (account.shop_id, account.shop_name) == (7, "Demo")
    assert account.closed_to == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
