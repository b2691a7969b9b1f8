"""The sandbox's answers against the vendor's documents, if they are available."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from inbox.sandbox import server
from inbox.sandbox.operations import OPERATIONS
from tests.mirakl_callers import Caller, an_order_thread, front, operator, seller, write_as_customer
from tests.seeded import ORDER_WITHOUT_THREAD
from tests.vendor_mock import document, needs_documents, path_of

CALLERS = {"seller": seller, "operator": operator, "front": front}
VARIED = {
    "A21": "/api/account/statistics",
    "DO01": "/api/documents",
    "PC01": "/api/platform/configuration",
}
# The vendor's text allows null for a marketplace without such figures; its schema does not.
NULL_IN_PROSE = "valid_tracking_rate"
FREE = {"type": "FREE_TEXT", "value": "A demo topic"}

pytestmark = needs_documents


@cache
def schema(role: str, code: str) -> Any:
    """Returns the schema of an operation's success, with its references."""
    described = document(role)
    for methods in described["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict) and operation.get("operationId") == code:
                good = next(s for s in operation["responses"] if s.startswith("2"))
                content = operation["responses"][good]["content"]
                found = content["application/json"]["schema"]
                return found | {"components": described["components"]}
    raise LookupError(f"{code} is not in the document for {role}")


def complaints(role: str, code: str, answer: Any) -> list[str]:
    found = schema(role, code)
    errors = Draft202012Validator(found).iter_errors(answer)
    wrong = [f"{error.json_path}: {error.message}" for error in errors]
    wrong += [f"{path} is unknown" for path in unknown(found, answer)]
    return [f"{code} for {role}: {line}" for line in [*wrong, *varied(found, answer, found)]]


def varied(described: Any, answer: Any, root: Any) -> Iterator[str]:
    """Returns errors of discriminated variants, which validators skip."""
    here = resolved(described, root)
    if isinstance(answer, list):
        for item in answer:
            yield from varied(here.get("items", {}), item, root)
    if not isinstance(answer, dict):
        return
    if told := here.get("discriminator"):
        kind = answer.get(told["propertyName"])
        if kind not in told["mapping"]:
            yield f"{kind} is no {told['propertyName']} of {sorted(told['mapping'])}"
            return
        here = resolved({"$ref": told["mapping"][kind]}, root)
        whole = here | {"components": root["components"]}
        yield from (error.message for error in Draft202012Validator(whole).iter_errors(answer))
    properties = dict(members(here, root))
    for name, value in answer.items():
        yield from varied(properties.get(name, {}), value, root)


def unknown(described: Any, answer: Any, path: str = "$", root: Any = None) -> Iterator[str]:
    """Returns undocumented members: no client should rely on them."""
    root = root or described
    if isinstance(answer, list):
        for item in answer:
            yield from unknown(resolved(described, root).get("items", {}), item, f"{path}[]", root)
    if not isinstance(answer, dict):
        return
    if "discriminator" in resolved(described, root):
        return  # its variants are described only in text
    properties = dict(members(described, root))
    for name, value in answer.items():
        if properties and name not in properties:
            yield f"{path}.{name}"
        elif properties:
            yield from unknown(properties[name], value, f"{path}.{name}", root)


def members(described: Any, root: Any) -> Iterator[tuple[str, Any]]:
    here = resolved(described, root)
    yield from here.get("properties", {}).items()
    for variant in [*here.get("anyOf", []), *here.get("oneOf", []), *here.get("allOf", [])]:
        yield from members(variant, root)


def resolved(described: Any, root: Any) -> Any:
    while "$ref" in described:
        target = root
        for step in described["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        described = target | {k: v for k, v in described.items() if k != "$ref"}
    return described


def reads(caller: Caller, role: str) -> Iterator[tuple[str, Any]]:
    """Returns every read of a role, with arguments that find many rows."""
    threads = caller.ask("/api/inbox/threads", with_messages="true")
    yield "M11", threads
    yield "M11", caller.ask("/api/inbox/threads", page_token=threads["next_page_token"])
    for thread in threads["data"][:40]:
        yield "M10", caller.thread(thread["id"])
    orders = caller.ask("/api/orders", paginate="false")
    yield "OR11", orders
    order_id = next(order["order_id"] for order in orders["orders"] if order["has_invoice"])
    yield "OR72", caller.ask("/api/orders/documents", order_ids=order_id)
    yield "OR41", caller.ask(f"/api/orders/{orders['orders'][0]['order_id']}/messages")
    yield "M01", caller.ask("/api/messages", received="ALL", paginate="false")
    yield "RE01", caller.ask("/api/reasons")
    yield "RE02", caller.ask("/api/reasons/REFUND")
    yield "RE14", caller.ask("/api/reasons/messaging")
    yield "CH11", caller.ask("/api/channels")
    yield "DO01", caller.ask("/api/documents")
    if role == "seller":
        yield "A01", caller.ask("/api/account")
        yield "A21", caller.ask("/api/account/statistics")
        yield "SOR11", caller.ask("/api/mms/orders", limit=1)
    if role != "front":
        yield "PC01", caller.ask("/api/platform/configuration")
        yield from parts(caller, orders["orders"])
    if role == "operator":
        yield "S20", caller.ask("/api/shops")


def parts(caller: Caller, orders: list[Any]) -> Iterator[tuple[str, Any]]:
    """Returns returns and evaluations of orders."""
    returns = caller.ask("/api/returns", limit=1)
    yield "RT11", returns
    yield "RT11", caller.ask("/api/returns", page_token=returns["next_page_token"])
    for order in orders:
        answer = caller.get(f"/api/orders/{order['order_id']}/evaluation")
        if answer.status_code == 200:
            yield "OR51", answer.json()


def writes(caller: Caller, role: str) -> Iterator[tuple[str, Any]]:
    to = "SHOP" if role == "front" else "CUSTOMER"
    thread = an_order_thread(caller)
    order_id = thread["entities"][0]["id"]
    written = {"body": "A demo question", "to": [to], "topic": FREE}
    yield "M12", caller.reply(thread["id"], to).json()
    yield "OR43", caller.send(f"/api/orders/{order_id}/threads", "thread_input", written).json()
    if role == "seller":
        service_order = caller.ask("/api/mms/orders")["data"][0]
        path = f"/api/mms/orders/{service_order['id']}/threads"
        yield "SOR43", caller.send(path, "thread_input", written).json()
        written["to"] = ["OPERATOR"]
        path = f"/api/mms/services/{service_order['service']['code']}/threads"
        yield "SOF43", caller.send(path, "thread_input", written).json()
    if role != "front":
        data = written | {"entity": {"type": "SELLER_OPERATOR", "id": "2001"}}
        yield "M14", caller.send("/api/inbox/threads", "thread_input", data).json()
    upload = {"order_documents": [{"file_name": "a.exe", "type_code": "OTHER"}]}
    path = f"/api/orders/{order_id}/documents"
    yield "OR74", caller.send(path, "order_documents", upload, [("a.exe", b"x")]).json()
    path = f"/api/orders/{order_id}/messages"
    yield "OR42", caller.request("POST", path, json=old(thread, to)).json()


def old(thread: Any, to: str) -> dict[str, Any]:
    customer = next(p for p in thread["authorized_participants"] if p["type"] == "CUSTOMER")
    return {
        "subject": "A demo",
        "body": "A demo message",
        "to_customer": to == "CUSTOMER",
        "to_shop": to == "SHOP",
        "to_operator": False,
        "customer_id": customer["id"],
        "customer_email": "demo@demo.invalid",
        "customer_firstname": "Demo",
        "customer_lastname": "Demo",
    }


@pytest.mark.parametrize("role", CALLERS)
def test_reads_are_as_the_vendor_describes_them(sandbox: server.Running, role: str) -> None:
    caller = CALLERS[role](sandbox.url)

    wrong = [
        line for code, answer in reads(caller, role) for line in complaints(role, code, answer)
    ]

    assert wrong == []


@pytest.mark.parametrize("credential", ["nordhaus", "bright"])
def test_what_each_marketplace_varies_is_as_the_vendor_describes_it(
    sandbox: server.Running, credential: str
) -> None:
    caller = seller(sandbox.url, f"sandbox-shop-{credential}")

    orders = caller.ask("/api/orders", paginate="false")
    wrong = complaints("seller", "OR11", orders)
    for code, path in VARIED.items():
        wrong += complaints("seller", code, caller.ask(path))

    assert [line for line in wrong if NULL_IN_PROSE not in line] == []
    assert {order["order_tax_mode"] for order in orders["orders"]} == {
        "TAX_INCLUDED" if credential == "nordhaus" else "TAX_EXCLUDED"
    }


@pytest.mark.parametrize("caller", [seller, operator])
def test_parcels_are_as_the_vendor_describes_them(sandbox: server.Running, caller: Any) -> None:
    role, name = caller.__name__, "shop" if caller is seller else "operator"
    asking = caller(sandbox.url, f"sandbox-{name}-nordhaus")

    first = asking.ask("/api/shipments", limit=2)
    second = asking.ask("/api/shipments", page_token=first["next_page_token"])

    assert complaints(role, "ST11", first) == complaints(role, "ST11", second) == []
    assert (
        asking.ask("/api/shipments", page_token=second["previous_page_token"])["data"]
        == (first["data"])
    )


@pytest.mark.parametrize("role", CALLERS)
def test_writes_are_as_the_vendor_describes_them(sandbox: server.Running, role: str) -> None:
    caller = CALLERS[role](sandbox.url)
    write_as_customer(caller, order_id=ORDER_WITHOUT_THREAD)

    wrong = [
        line for code, answer in writes(caller, role) for line in complaints(role, code, answer)
    ]

    assert wrong == []


@pytest.mark.parametrize("role", CALLERS)
def test_every_operation_is_where_the_vendor_has_it(role: str) -> None:
    described = {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document(role)["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "operationId" in operation
    }

    offered = {
        operation.code: (operation.method, re.sub(r"<(?:int:)?(\w+)>", r"{\1}", operation.path))
        for operation in OPERATIONS
        if role in operation.roles
    }

    assert offered.items() <= described.items()


# Checks that generated cases cannot satisfy: existing orders, texts of sufficient length,
# operations of other roles at one URL, and S20's refusals, as that document is a sketch.
UNKNOWABLE = "positive_data_acceptance,allow_header_conformance"
SKETCHED = "/api/shops"


@pytest.mark.parametrize("role", CALLERS)
def test_an_independent_tester_finds_nothing_wrong(
    sandbox: server.Running, role: str, tmp_path: Path
) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    authorization = CALLERS[role](sandbox.url).headers["Authorization"]
    tester = [str(schemathesis), "run", str(path_of(f"mirakl-{role}.augmented.json"))]
    tester += ["--url", sandbox.url, "--header", f"Authorization: {authorization}"]
    tester += ["--phases", "examples,coverage", "--seed", "1", "--exclude-path", SKETCHED]
    tester += ["--exclude-checks", UNKNOWABLE, "--warnings", "off", "--no-color"]

    done = subprocess.run(tester, cwd=tmp_path, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout[-20_000:]
    assert "No issues found" in done.stdout
