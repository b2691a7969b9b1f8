"""Every call of the client, for each role, validated against the vendor's document."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from inbox import mirakl
from tests import vendor_mock
from tests.answering import TOPIC, upload

pytestmark = vendor_mock.needs_documents
Call = Callable[[mirakl.MiraklClient], object]
DAY = datetime(2026, 1, 2, tzinfo=UTC)
PAGE = mirakl.Paging(max=50, offset=50, sort="dateCreated", order="desc", paginate=True)
ROMY = mirakl.Customer("C-1", "romy@demo.example", "Romy", "Demo", "fr_FR")
NEW: dict[str, Any] = {"body": "Hello", "topic": TOPIC, "files": [upload()]}
OF_A_CUSTOMER = {"customer_id": "C-1", "customer_organization_id": "O-1"}
TO = {"seller": "CUSTOMER", "operator": "SHOP", "front": "SHOP"}


def downloaded(downloading: Any) -> None:
    with downloading as found:
        b"".join(found.chunks)


def reads(role: str) -> Iterator[tuple[str, Call]]:
    extra: dict[str, Any] = OF_A_CUSTOMER if role == "front" else {}
    person: dict[str, Any] = {"customer_id": "C-1"} if role == "front" else {}
    listed: dict[str, Any] = {
        "entity_type": "MMP_ORDER",
        "entity_ids": ["1-A"],
        "updated_since": DAY,
    }
    channels = ["FR", "BE"]
    yield (
        "M11",
        lambda c: c.list_threads(
            with_messages=True, channel_codes=channels, limit=100, **listed, **extra
        ),
    )
    yield "M11", lambda c: c.list_threads(page_token="a token")
    yield "M10", lambda c: c.read_thread("t-1", **person)
    yield "M13", lambda c: downloaded(c.download("a-1"))
    yield "OR11", lambda c: c.orders.fetch(["1-A", "2/A"])
    yield "OR11", lambda c: c.orders.fetch_by_reference("1", locale="fr")
    yield "OR72", lambda c: c.documents.fetch(["1-A"])
    yield "OR73", lambda c: downloaded(c.documents.download(document_ids=[4, 5]))
    yield "OR73", lambda c: downloaded(c.documents.download(order_ids=["1"], document_codes=["I"]))
    yield "RE01", lambda c: c.reasons(locale="fr_FR")
    yield "RE02", lambda c: c.reasons_of_type("ORDER_MESSAGING", locale="fr_FR")
    yield "RE14", lambda c: c.messaging_reasons()
    yield "CH11", lambda c: c.channels(locale="fr_FR")
    dates: dict[str, Any] = {"start_date": DAY, "end_date": DAY, "received": "ALL"}
    narrowed: dict[str, Any] = {} if role == "seller" else {"shop_id": 7}
    narrowed |= {"user_type": "CUSTOMER"} if role == "front" else {"visible": "ALL"}
    yield "M01", lambda c: c.messages(order_id="1-A", page=PAGE, **dates, **narrowed, **person)
    yield "OR41", lambda c: c.order_messages("1-A", received="ALL", page=PAGE)
    if role != "front":
        yield "ST11", lambda c: c.orders.fetch_shipments("1-A")
        yield "RT11", lambda c: c.orders.fetch_returns("1")
        yield "OR51", lambda c: c.orders.fetch_evaluation("1-A", locale="fr")
    if role == "seller":
        yield "SOR11", lambda c: c.orders.fetch_service_orders("S-1")
        yield "A01", lambda c: c.account()
        yield "V01", lambda c: c.version()
    if role == "operator":
        yield "S20", lambda c: c.shops(shop_ids=[7], page=mirakl.Paging(max=100, offset=0))


def writes(role: str) -> Iterator[tuple[str, Call]]:
    to, side = TO[role], "OPERATOR" if role == "seller" else "SHOP"
    customer = ROMY if role == "front" else None
    someone = [mirakl.Recipient(to, "C-1"), mirakl.Recipient(side)]
    yield (
        "M12",
        lambda c: c.reply("t-1", body="Hello", to=someone, topic=TOPIC, files=[upload()]),
    )
    yield "OR43", lambda c: c.start_order_thread("1-A", to=[to], **NEW)
    yield "SOR43", lambda c: c.start_service_order_thread("S-1", to=[to], **NEW)
    yield "SOF43", lambda c: c.start_service_thread("S-1", to=[side], customer=customer, **NEW)
    if role != "front":
        shop_id = "7" if role == "operator" else None
        yield "M14", lambda c: c.start_operator_thread(shop_id=shop_id, **NEW)
    paper = upload("a.pdf")
    yield "OR74", lambda c: c.documents.upload("1-A", file=paper, type_code="CUSTOMER_INVOICE")
    if role != "operator":  # whose schema requires a customer that its text forbids
        written: dict[str, Any] = {"subject": "Hello", "body": "Hello", "to": [to]}
        yield (
            "OR42",
            lambda c: c.post_order_message("1-A", document_ids=[4], customer=customer, **written),
        )


@pytest.mark.parametrize("role", TO)
def test_each_call_is_as_the_document_of_its_role_has_it(role: str) -> None:
    calls = [*reads(role), *writes(role)]
    with vendor_mock.running(role, seed=3) as mock:
        with_key = mirakl.ShopKeyAuth("a key") if role == "seller" else mirakl.BearerAuth("a token")
        shop_id = 7 if role == "seller" else None
        client = mirakl.MiraklClient(mock.url, with_key, role=role, shop_id=shop_id)
        for _operation, call in calls:
            call(client)

    assert mock.complaints == []
    assert mock.asked == [operation for operation, _call in calls]
