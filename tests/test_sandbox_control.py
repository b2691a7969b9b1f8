"""The control API: playing the customer, faults, the log, and reset."""

import json
import socket
from typing import Any

import httpx
import pytest

from inbox.sandbox import server
from tests.mirakl_callers import (
    Caller,
    an_order_thread,
    control,
    operator,
    seller,
    token,
    write_as_customer,
)
from tests.seeded import BRIGHT_ORDER_WITHOUT_THREAD, ORDER_WITHOUT_THREAD
from tests.writing import eventually

THREADS = "/api/inbox/threads"


def fail(url: str, **fault: Any) -> None:
    answer = control(url).request("PUT", "/_sandbox/faults", json=[fault])
    assert answer.status_code == 204, answer.text


def log(url: str) -> list[Any]:
    entries: list[Any] = control(url).ask("/_sandbox/log")
    return entries


# -- the customer ----------------------------------------------------------


def test_a_customer_writes_into_a_thread(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)

    made = write_as_customer(caller, thread_id=thread["id"], body="Any news? 😊")

    last = caller.thread(thread["id"])["messages"][-1]
    assert made == {"thread_id": thread["id"], "message_id": last["id"]}
    assert (last["body"], last["from"]["type"]) == ("Any news? 😊", "CUSTOMER_USER")


def test_a_customer_opens_a_thread_on_an_order(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    order_id = caller.ask("/api/orders")["orders"][0]["order_id"]

    made = write_as_customer(caller, order_id=order_id, topic="A demo topic", to=["SHOP"])

    thread = caller.thread(made["thread_id"])
    assert thread["topic"] == {"type": "FREE_TEXT", "value": "A demo topic"}
    assert thread["entities"][0]["id"] == order_id


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"marketplace": "nowhere"}, 400),
        ({"body": " "}, 400),
        ({"to": ["CUSTOMER"]}, 400),
        ({"order_id": None}, 400),
        ({"order_id": "NO-SUCH-A"}, 404),
        ({"thread_id": "no such"}, 404),
    ],
    ids=str,
)
def test_it_refuses_a_customer_who_makes_no_sense(
    sandbox: server.Running, data: dict[str, Any], status: int
) -> None:
    whole = {
        "marketplace": "maison-verte",
        "order_id": ORDER_WITHOUT_THREAD,
        "body": "A demo",
        **data,
    }

    answer = control(sandbox.url).request("POST", "/_sandbox/customer-message", json=whole)

    assert answer.status_code == status


def test_the_customers_page_shows_and_sends(sandbox: server.Running) -> None:
    thread = an_order_thread(seller(sandbox.url))
    form = {
        "marketplace": "maison-verte",
        "thread_id": thread["id"],
        "body": "<b>From the page</b>",
        "to": "SHOP",
    }

    sent = control(sandbox.url).request("POST", "/_sandbox/", data=form)
    shown = control(sandbox.url).request("GET", sent.headers["Location"])

    assert sent.status_code == 303
    assert "&lt;b&gt;From the page&lt;/b&gt;" in shown.text


def test_the_front_door_leads_to_the_customers_page(sandbox: server.Running) -> None:
    answer = control(sandbox.url).get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/_sandbox/")


def test_the_customers_page_starts_on_an_order(sandbox: server.Running) -> None:
    page = control(sandbox.url).get("/_sandbox/", marketplace="bright-street").text

    assert "New conversation on an order" in page
    assert BRIGHT_ORDER_WITHOUT_THREAD in page


# -- failures --------------------------------------------------------------


def test_it_fails_as_told_and_as_often(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="M11", status=503, body={"message": "Later"}, times=2)
    caller = seller(sandbox.url)

    answers = [caller.get(THREADS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].json() == {"message": "Later"}


def test_it_says_when_to_come_back(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="M11", status=429, retry_after=7)

    answer = seller(sandbox.url).get(THREADS)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_it_fails_one_marketplace_and_leaves_the_others(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="*", status=500, marketplace="nordhaus", body="<h1>Oops</h1>")

    broken = seller(sandbox.url, "sandbox-shop-nordhaus").get(THREADS)

    assert (broken.status_code, broken.text) == (500, "<h1>Oops</h1>")
    assert seller(sandbox.url).get(THREADS).status_code == 200


def test_a_refused_write_is_not_carried_out(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    fail(sandbox.url, operation="M12", status=500)

    assert caller.reply(thread["id"], "CUSTOMER").status_code == 500
    assert caller.thread(thread["id"])["metadata"]["total_count"] == count(thread)


@pytest.mark.parametrize(("moment", "arrived"), [("before", 0), ("after", 1)])
def test_a_dropped_write_arrived_or_did_not(
    sandbox: server.Running, moment: str, arrived: int
) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    fail(sandbox.url, operation="M12", drop=moment)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        caller.reply(thread["id"], "CUSTOMER")

    assert caller.thread(thread["id"])["metadata"]["total_count"] == count(thread) + arrived
    assert [entry["status"] for entry in log(sandbox.url) if entry["operation"] == "M12"] == [None]


def count(thread: Any) -> int:
    total: int = thread["metadata"]["total_count"]
    return total


def test_it_cuts_an_answer_short(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="M11", truncate=100)

    with pytest.raises(httpx.RemoteProtocolError, match="100 bytes"):
        seller(sandbox.url).get(THREADS)


def test_a_slow_answer_does_not_make_the_others_slow(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="M11", latency_ms=120_000, marketplace="nordhaus")
    url = httpx.URL(sandbox.url)
    head = f"GET {THREADS} HTTP/1.1\r\nAuthorization: sandbox-shop-nordhaus\r\n\r\n"

    with socket.create_connection((url.host, url.port)) as slow:
        slow.sendall(head.encode())
        eventually(lambda: log(sandbox.url))
        answer = seller(sandbox.url).get(THREADS, limit=1)

    assert answer.status_code == 200


def test_tokens_can_fail_too(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="OAUTH", status=500, times=1)

    with pytest.raises(AssertionError):
        token(sandbox.url, "sandbox-operator-maison")

    assert operator(sandbox.url).get(THREADS).status_code == 200


def test_faults_end_when_deleted(sandbox: server.Running) -> None:
    fail(sandbox.url, operation="M11", status=500)

    control(sandbox.url).request("DELETE", "/_sandbox/faults")

    assert seller(sandbox.url).get(THREADS).status_code == 200


@pytest.mark.parametrize(
    "faults",
    [
        {},
        [{"operation": "M99"}],
        [{"operation": "M11", "surprise": 1}],
        [{"operation": "M11", "drop": "sometime"}],
        [{"operation": "M12", "alter": "badly"}],
        [{"operation": "M11", "status": "500"}],
        ["M11"],
    ],
    ids=str,
)
def test_it_refuses_faults_it_does_not_understand(sandbox: server.Running, faults: Any) -> None:
    answer = control(sandbox.url).request("PUT", "/_sandbox/faults", json=faults)

    assert answer.status_code == 400


# -- the log ---------------------------------------------------------------


def test_the_log_tells_what_was_asked_oldest_first(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    control(sandbox.url).request("DELETE", "/_sandbox/log")

    caller.get(THREADS, limit=3, channel_codes="a,b")
    caller.reply(thread["id"], "CUSTOMER", [("a.bin", bytes(5000))])
    Caller(sandbox.url).get("/api/nowhere")

    first, second, third = log(sandbox.url)
    assert first | {"at": ""} == {
        "at": "",
        "marketplace": "maison-verte",
        "role": "seller",
        "operation": "M11",
        "method": "GET",
        "path": THREADS,
        "query": "limit=3&channel_codes=a%2Cb",
        "status": 200,
        "bytes_in": 0,
    }
    assert (second["operation"], second["status"]) == ("M12", 201)
    assert second["bytes_in"] > 5000
    assert (third["operation"], third["status"], third["marketplace"]) == (None, 404, None)
    assert first["at"] <= second["at"] <= third["at"]


def test_the_log_keeps_no_call_of_the_control_surface(sandbox: server.Running) -> None:
    control(sandbox.url).get("/_sandbox/")
    control(sandbox.url).get("/_sandbox/log")

    assert log(sandbox.url) == []


# -- starting again --------------------------------------------------------


def test_a_reset_brings_the_seeded_world_back(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    before = [thread["id"] for thread in caller.threads(limit=100)]
    write_as_customer(caller, order_id=caller.ask("/api/orders")["orders"][0]["order_id"])
    fail(sandbox.url, operation="M10", status=500)

    control(sandbox.url).request("POST", "/_sandbox/reset")

    assert log(sandbox.url) == []
    assert [thread["id"] for thread in caller.threads(limit=100)] == before
    assert caller.get(f"{THREADS}/{before[0]}").status_code == 200


def test_a_world_that_nobody_changed_is_kept(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    before = caller.threads(limit=100)

    sandbox.reset()

    assert caller.threads(limit=100) == before


def test_what_the_shop_wrote_is_gone_after_a_reset(sandbox: server.Running) -> None:
    caller = seller(sandbox.url)
    thread_id = an_order_thread(caller)["id"]
    before = [message["id"] for message in caller.thread(thread_id)["messages"]]
    assert caller.reply(thread_id, "CUSTOMER").status_code == 201

    sandbox.reset()

    assert [message["id"] for message in caller.thread(thread_id)["messages"]] == before


def test_what_is_changed_from_inside_is_gone_after_a_reset(sandbox: server.Running) -> None:
    before = seller(sandbox.url).threads()
    sandbox.sandbox.state.world.marketplaces["maison-verte"].threads.clear()

    sandbox.reset()

    assert [one["id"] for one in seller(sandbox.url).threads()] == [one["id"] for one in before]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_sandbox/nowhere", 404),
        ("GET", "/_sandbox/reset", 405),
        ("PATCH", THREADS, 405),
        ("GET", "/api", 404),
    ],
)
def test_it_knows_what_it_does_not_know(
    sandbox: server.Running, method: str, path: str, status: int
) -> None:
    assert seller(sandbox.url).request(method, path).status_code == status


NONSENSE: list[Any] = [
    None,
    7,
    "x",
    [],
    {},
    [[]],
    [{}],
    {"type": []},
    [{"type": {}}],
    [7],
    "\ud800",
]


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_nonsense_is_refused_and_never_an_accident(sandbox: server.Running, value: Any) -> None:
    caller = seller(sandbox.url)
    thread = an_order_thread(caller)
    order = f"/api/orders/{thread['entities'][0]['id']}"
    good = {"body": "A demo", "to": ["CUSTOMER"], "topic": {"type": "FREE_TEXT", "value": "abc"}}

    answers = [
        caller.send(f"{THREADS}/{thread['id']}/message", "message_input", good | {"to": value}),
        *(caller.send(f"{order}/threads", "thread_input", good | {name: value}) for name in good),
        caller.send(THREADS, "thread_input", good | {"entity": value}),
        caller.send(f"{order}/documents", "order_documents", {"order_documents": value}),
        caller.request("POST", f"{order}/messages", content=json.dumps({"document_ids": value})),
        control(sandbox.url).request("PUT", "/_sandbox/faults", content=json.dumps(value)),
        control(sandbox.url).request(
            "POST", "/_sandbox/customer-message", content=json.dumps({"marketplace": value})
        ),
    ]

    assert {answer.status_code for answer in answers} <= {201, 204, 400, 415}


@pytest.mark.parametrize(
    "params",
    [
        {"shop_id": "²"},
        {"shop_id": "9" * 40},
        {"limit": "٣"},
        {"updated_since": "0001-01-01T00:00:00+14:00"},
        {"updated_since": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)
def test_odd_numbers_and_dates_are_refused(sandbox: server.Running, params: dict[str, str]) -> None:
    assert seller(sandbox.url).get(THREADS, **params).status_code == 400
