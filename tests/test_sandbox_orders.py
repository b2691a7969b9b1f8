"""OR11, SOR11, order messages, reasons and accounts."""

from collections.abc import Callable
from typing import Any

import pytest

from inbox.sandbox import server
from inbox.sandbox.world import Order
from tests.mirakl_callers import Caller, front, operator, seller
from tests.sandbox_world import own_orders, with_invoice
from tests.seeded import ORDER_WITHOUT_THREAD

CUSTOMER_FIELDS = {
    "customer_email": "demo@demo.invalid",
    "customer_firstname": "Demo",
    "customer_lastname": "Demo",
}


# -- OR11, OR12, SOR11 -----------------------------------------------------


def test_it_gives_one_order(sandbox: server.Running) -> None:
    order = own_orders(sandbox)[0]

    answer = seller(sandbox.url).ask("/api/orders", order_ids=order.id)

    assert answer["total_count"] == 1
    shown = answer["orders"][0]
    lines = sum(line["price"] for line in shown["order_lines"])
    assert shown["order_id"] == order.id
    assert shown["total_price"] == pytest.approx(lines + shown["shipping_price"])


def test_it_gives_ten_at_a_time_and_links_to_the_next(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    first = caller.get("/api/orders")
    second = caller.request("GET", first.links["next"]["url"])

    assert len(first.json()["orders"]) == 10
    assert first.json()["total_count"] == len(own_orders(sandbox))
    assert "previous" not in first.links
    assert second.links["previous"]["url"].endswith("offset=0")
    assert first.json()["orders"][-1]["created_date"] <= second.json()["orders"][0]["created_date"]


def test_it_gives_everything_when_not_asked_for_pages(sandbox: server.Running) -> None:
    answer = seller(sandbox.url).get("/api/orders", paginate="false")

    assert len(answer.json()["orders"]) == len(own_orders(sandbox))
    assert answer.links == {}


@pytest.mark.parametrize("name", ["order_state_codes", "channel_codes"])
def test_it_filters_orders_by_a_list(sandbox: server.Running, name: str) -> None:
    wanted, field = {
        "order_state_codes": ("SHIPPED,RECEIVED", "order_state"),
        "channel_codes": ("MV-BE", "channel"),
    }[name]

    answer = seller(sandbox.url).ask("/api/orders", **{name: wanted, "max": 100})

    found = {
        order[field]["code"] if field == "channel" else order[field] for order in answer["orders"]
    }
    assert found == set(wanted.split(","))


def test_a_shop_sees_no_address_before_it_must_ship(sandbox: server.Running) -> None:
    order = next(order for order in own_orders(sandbox) if not order.shows_address)

    mine = seller(sandbox.url).ask("/api/orders", order_ids=order.id)["orders"][0]
    operators = operator(sandbox.url).ask("/api/orders", order_ids=order.id)["orders"][0]

    assert mine["customer"]["shipping_address"] is None
    assert operators["customer"]["shipping_address"]["city"] == "Démoville"
    assert "shop_name" not in mine
    assert operators["shop_name"] == "Atelier Démo"


def test_the_old_order_operation_is_gone(sandbox: server.Running) -> None:
    path = f"/api/orders/{own_orders(sandbox)[0].id}"

    assert seller(sandbox.url).get(path).status_code == 410


def test_service_orders_come_in_pages(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    whole = caller.ask("/api/mms/orders", limit=100)["data"]

    page = caller.ask("/api/mms/orders", limit=2)
    after = caller.ask("/api/mms/orders", page_token=page["next_page_token"])

    assert page["data"] + after["data"] == whole[:4]
    assert (
        caller.ask("/api/mms/orders", page_token=after["previous_page_token"])["data"] == whole[:2]
    )


def test_service_orders_come_oldest_first_when_asked(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    newest_first = caller.ask("/api/mms/orders", limit=100)["data"]

    page = caller.ask("/api/mms/orders", limit=2, sort="date_created,ASC")
    after = caller.ask("/api/mms/orders", page_token=page["next_page_token"])

    assert page["data"] + after["data"] == newest_first[::-1][:4]


@pytest.mark.parametrize(
    ("caller", "path", "query"),
    [
        (seller, "/api/mms/orders", "sort="),
        (seller, "/api/mms/orders", "sort=date_created"),
        (seller, "/api/mms/orders", "refunded=SOME"),
        (seller, "/api/orders", "payment_workflow=AAA"),
        (seller, "/api/orders", "refund_state_codes="),
        (seller, "/api/orders", "order_state_codes=SHIPPED,LOST"),
        (seller, "/api/orders", "order_tax_mode=TAX"),
        (seller, "/api/messages", "received="),
        (seller, "/api/inbox/threads", "channel_codes=MV-FR&channel_codes=MV-FR"),
        (operator, "/api/messages", "visible=AAA"),
        (operator, "/api/messages", "start_date="),
        (operator, "/api/messages", f"shop_id={2**63}"),
        (operator, "/api/messages", "order="),
        (operator, "/api/orders", "sort=AAA"),
        (operator, f"/api/orders/{ORDER_WITHOUT_THREAD}/messages", "read=AAA"),
        (operator, "/api/orders", "waiting_tax_confirmation=null"),
        (operator, "/api/reasons", "locale=français"),
        (operator, "/api/channels", "locale="),
    ],
)
def test_what_the_documents_do_not_know_is_refused(
    sandbox: server.Running, caller: Callable[[str], Caller], path: str, query: str
) -> None:
    answer = caller(sandbox.url).request("GET", f"{path}?{query}")

    assert answer.status_code == 400
    assert f"[{query.partition('=')[0]}]" in answer.json()["message"]


def test_a_list_of_threads_does_not_go_on_with_service_orders(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    token = caller.ask("/api/inbox/threads", limit=1)["next_page_token"]

    assert caller.get("/api/mms/orders", page_token=token).status_code == 400


# -- M01, OR41, OR42 -------------------------------------------------------


def old_message(**changes: Any) -> dict[str, Any]:
    data = {"subject": "A demo", "body": "A demo message", "to_customer": True}
    return data | {"to_operator": False, "to_shop": False} | changes


def write(caller: Caller, order: Order, **changes: Any) -> Any:
    return caller.request("POST", f"/api/orders/{order.id}/messages", json=old_message(**changes))


def test_a_shop_gets_what_it_received_unless_it_asks_for_more(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    counts = {
        received: caller.ask("/api/messages", received=received)["total_count"]
        for received in ("TRUE", "FALSE", "ALL")
    }

    assert caller.ask("/api/messages")["total_count"] == counts["TRUE"] > 0
    assert counts["TRUE"] + counts["FALSE"] == counts["ALL"]
    assert counts["FALSE"] > 0


def test_old_messages_come_newest_first_in_pages(sandbox: server.Running) -> None:
    caller = operator(sandbox.url)

    first = caller.get("/api/messages", received="ALL", max=4)
    dates = [message["date_created"] for message in first.json()["messages"]]

    assert dates == sorted(dates, reverse=True)
    assert len(dates) == 4
    assert "offset=4" in first.links["next"]["url"]


def test_a_storefront_says_whose_messages_it_means(sandbox: server.Running) -> None:
    caller = front(sandbox.url)

    customers = caller.ask("/api/messages")["messages"]
    everybodys = caller.ask("/api/messages", user_type="ALL", max=100)["messages"]

    assert {message["from_type"] for message in customers} == {"SHOP"}
    assert {message["from_type"] for message in everybodys} == {"SHOP", "CUSTOMER"}


def test_an_old_message_arrives_with_its_documents(sandbox: server.Running) -> None:
    caller, order = seller(sandbox.url), with_invoice(sandbox)
    document = caller.ask("/api/orders/documents", order_ids=order.id)["order_documents"][0]

    made = write(caller, order, document_ids=[document["id"]])

    assert made.status_code == 201
    messages = front(sandbox.url).ask(f"/api/orders/{order.id}/messages", max=100)["messages"]
    assert messages[0]["id"] == made.json()["id"]
    assert messages[0]["documents"][0]["id"] == document["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "ab"},
        {"subject": "a" * 201},
        {"body": "a" * 50_001},
        {"to_customer": False},
        {"to_customer": None},
        {"to_shop": True},
        {"document_ids": [1]},
    ],
    ids=str,
)
def test_it_refuses_a_wrong_old_message(sandbox: server.Running, changes: dict[str, Any]) -> None:
    assert write(seller(sandbox.url), own_orders(sandbox)[0], **changes).status_code == 400


def test_an_old_message_is_json(sandbox: server.Running) -> None:
    path = f"/api/orders/{own_orders(sandbox)[0].id}/messages"

    assert seller(sandbox.url).request("POST", path, data={"body": "form"}).status_code == 415


def test_a_storefront_says_which_customer_writes(sandbox: server.Running) -> None:
    caller, order = front(sandbox.url), own_orders(sandbox)[0]
    to_shop = {"to_customer": False, "to_shop": True}

    nobody = write(caller, order, **to_shop)
    somebody = write(caller, order, **to_shop, **CUSTOMER_FIELDS, customer_id=order.customer.id)

    assert [nobody.status_code, somebody.status_code] == [400, 201]


# -- reasons, accounts, channels -------------------------------------------


def test_reasons_come_with_the_callers_rights(sandbox: server.Running) -> None:
    mine = seller(sandbox.url).ask("/api/reasons")["reasons"]
    operators = operator(sandbox.url).ask("/api/reasons")["reasons"]

    assert all("is_operator_right" not in reason for reason in mine)
    mediation = next(reason for reason in operators if reason["code"] == "27")
    assert (mediation["is_shop_right"], mediation["is_operator_right"]) == (False, True)


@pytest.mark.parametrize(
    ("locale", "label"),
    [
        (None, "Demande de facture"),
        ("de_DE", "Rechnung anfordern"),
        ("en", "Request for an invoice"),
    ],
)
def test_reasons_are_labelled_in_the_language_asked_for(
    sandbox: server.Running, locale: str | None, label: str
) -> None:
    params = {"locale": locale} if locale else {}

    reasons = seller(sandbox.url).ask("/api/reasons/ORDER_MESSAGING", **params)["reasons"]

    assert label in {reason["label"] for reason in reasons}


def test_a_shop_may_not_ask_what_opens_an_incident(sandbox: server.Running) -> None:
    assert seller(sandbox.url).get("/api/reasons/INCIDENT_OPEN").status_code == 404
    assert front(sandbox.url).get("/api/reasons/INCIDENT_OPEN").status_code == 200


def test_the_generic_reasons_are_still_there(sandbox: server.Running) -> None:
    assert len(seller(sandbox.url).ask("/api/reasons/messaging")["reasons"]) == 7


def test_an_operator_sees_the_state_of_its_shops(sandbox: server.Running) -> None:
    shops = operator(sandbox.url, "sandbox-operator-bright").ask("/api/shops")["shops"]

    assert [shop["shop_state"] for shop in shops] == ["OPEN", "CLOSE", "SUSPENDED"]


def test_a_shop_reads_why_it_does_not_sell(sandbox: server.Running) -> None:
    caller = seller(sandbox.url, "sandbox-group-bright")

    opened, closed, suspended = (caller.ask("/api/account", shop_id=n) for n in (2201, 2202, 2203))

    assert (opened["suspension_type"], "closed_to" in opened) == (None, False)
    assert closed["closed_from"] < closed["closed_to"]
    assert (suspended["shop_state"], suspended["suspension_type"]) == ("SUSPENDED", "MANUAL")


def test_a_shop_reads_its_version_and_channels(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)

    channels = caller.ask("/api/channels")["channels"]

    assert caller.ask("/api/version")["version"]
    assert [channel["code"] for channel in channels] == ["MV-FR", "MV-BE"]
