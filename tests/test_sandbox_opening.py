"""OR43, SOR43, SOF43, M14: starting threads."""

from typing import Any

import pytest

from inbox.sandbox import server
from inbox.sandbox.world import Order
from tests.mirakl_callers import Caller, front, operator, seller
from tests.seeded import ORDER_WITHOUT_THREAD

FREE = {"type": "FREE_TEXT", "value": "A demo topic"}


def the_order(sandbox: server.Running) -> Order:
    orders = sandbox.sandbox.state.world.marketplaces["maison-verte"].orders.values()
    return next(o for o in orders if o.shop.id == 2001 and o.customer_may_be_written_to)


def open_thread(caller: Caller, order_id: str, **changes: Any) -> Any:
    data = {"body": "A demo question", "to": ["CUSTOMER"], "topic": FREE, **changes}
    return caller.send(f"/api/orders/{order_id}/threads", "thread_input", data)


def test_a_shop_opens_a_thread_on_an_order(sandbox: server.Running) -> None:
    caller, order = seller(sandbox.url), the_order(sandbox)

    made = open_thread(caller, order.id, to=["CUSTOMER", "OPERATOR"])

    assert made.status_code == 201
    thread = front(sandbox.url).thread(made.json()["thread_id"])
    assert thread["entities"] == [{"type": "MMP_ORDER", "id": order.id, "label": order.id}]
    assert thread["topic"] == FREE
    assert thread["messages"][0]["id"] == made.json()["message_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "ab"},
        {"to": []},
        {"to": ["SHOP"]},
        {"to": [{"type": "CUSTOMER"}]},
        {"topic": None},
        {"topic": {"type": "FREE_TEXT", "value": "ab"}},
        {"topic": {"type": "REASON_CODE", "value": "no such"}},
    ],
    ids=str,
)
def test_it_says_what_is_wrong_with_a_new_thread(
    sandbox: server.Running, changes: dict[str, Any]
) -> None:
    answer = open_thread(seller(sandbox.url), the_order(sandbox).id, **changes)

    assert answer.status_code == 400
    assert set(answer.json()) == {"status", "message"}


def test_an_unknown_order_is_not_found(sandbox: server.Running) -> None:
    assert open_thread(seller(sandbox.url), "NO-SUCH-A").status_code == 404
    assert (
        open_thread(seller(sandbox.url, "sandbox-shop-bright"), ORDER_WITHOUT_THREAD).status_code
        == 404
    )


def test_some_customers_may_not_be_written_to(sandbox: server.Running) -> None:
    order = the_order(sandbox)
    order.customer_may_be_written_to = False

    assert open_thread(seller(sandbox.url), order.id).status_code == 400
    assert open_thread(seller(sandbox.url), order.id, to=["OPERATOR"]).status_code == 201


def test_a_customer_opens_a_thread_through_the_storefront(sandbox: server.Running) -> None:
    made = open_thread(front(sandbox.url), the_order(sandbox).id, to=["SHOP"])

    thread = seller(sandbox.url).thread(made.json()["thread_id"])
    assert thread["messages"][0]["from"]["type"] == "CUSTOMER_USER"
    assert thread["metadata"]["shop_reply_needed_since"]


def test_a_thread_opens_on_a_service_order_and_on_a_service(sandbox: server.Running) -> None:
    market = sandbox.sandbox.state.world.marketplaces["maison-verte"]
    order = next(o for o in market.service_orders.values() if o.service.shop.id == 2001)
    data = {"body": "A demo question", "to": ["OPERATOR"], "topic": FREE}
    caller = seller(sandbox.url)

    on_order = caller.send(f"/api/mms/orders/{order.id}/threads", "thread_input", data)
    on_service = caller.send(
        f"/api/mms/services/{order.service.code}/threads", "thread_input", data
    )

    kinds = [
        caller.thread(made.json()["thread_id"])["entities"][0]["type"]
        for made in (on_order, on_service)
    ]
    assert kinds == ["MPS_ORDER", "MPS_SERVICE"]


def test_service_bodies_are_shorter(sandbox: server.Running) -> None:
    market = sandbox.sandbox.state.world.marketplaces["maison-verte"]
    code = next(s.code for s in market.services.values() if s.shop.id == 2001)
    data = {"body": "a" * 10_001, "to": ["OPERATOR"], "topic": FREE}

    answer = seller(sandbox.url).send(f"/api/mms/services/{code}/threads", "thread_input", data)

    assert answer.status_code == 400


def test_a_shop_writes_to_the_operator_without_naming_anybody(sandbox: server.Running) -> None:
    data = {"body": "A demo question", "entity": {"type": "SELLER_OPERATOR"}, "topic": FREE}

    made = seller(sandbox.url).send("/api/inbox/threads", "thread_input", data)

    thread = operator(sandbox.url).thread(made.json()["thread_id"])
    assert thread["entities"][0] == {
        "type": "SELLER_OPERATOR",
        "id": "2001",
        "label": "Atelier Démo",
    }
    assert [p["type"] for p in thread["current_participants"]] == ["SHOP", "OPERATOR"]


def test_an_operator_writes_to_a_shop_it_names(sandbox: server.Running) -> None:
    topic = {"type": "REASON_CODE", "value": "MMP_SELLER_MESSAGING_CATALOG"}
    data = {"body": "A demo question", "topic": topic}
    caller = operator(sandbox.url)

    answers = [
        caller.send(
            "/api/inbox/threads",
            "thread_input",
            data | {"entity": {"type": "SELLER_OPERATOR", "id": shop}},
        )
        for shop in ("2001", "9999")
    ]

    assert [answer.status_code for answer in answers] == [201, 404]
    made = seller(sandbox.url).thread(answers[0].json()["thread_id"])
    assert made["metadata"]["shop_reply_needed_since"]


@pytest.mark.parametrize("missing", ["id", "email", "first_name", "last_name"])
def test_a_storefront_says_who_asks_about_a_service(sandbox: server.Running, missing: str) -> None:
    market = sandbox.sandbox.state.world.marketplaces["maison-verte"]
    code = next(s.code for s in market.services.values() if s.shop.id == 2001)
    asking = list(market.customers.values())[1]
    named = {"id": asking.id, "email": "a@demo.example", "first_name": "A", "last_name": "Demo"}
    data = {"body": "A demo question", "to": ["SHOP"], "topic": FREE, "customer": named}
    path, caller = f"/api/mms/services/{code}/threads", front(sandbox.url)

    made = caller.send(path, "thread_input", data)
    refused = caller.send(path, "thread_input", data | {"customer": named | {missing: ""}})

    parties = seller(sandbox.url).thread(made.json()["thread_id"])["authorized_participants"]
    assert asking.id in {party.get("id") for party in parties}
    assert refused.status_code == 400
