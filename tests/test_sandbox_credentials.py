"""Credentials of the sandbox and their rights."""

import time

import pytest

from inbox.sandbox import server
from tests.mirakl_callers import Caller, front, operator, seller, token

THREADS = "/api/inbox/threads"


@pytest.mark.parametrize(
    "header",
    [{}, {"Authorization": "wrong"}, {"Authorization": "Bearer sandbox-shop-maison"}],
    ids=["nothing", "a wrong key", "a shop key sent as a token"],
)
def test_it_refuses_who_it_does_not_know(sandbox: server.Running, header: dict[str, str]) -> None:
    answer = Caller(sandbox.url, header).get(THREADS)

    assert answer.status_code == 401
    assert answer.json() == {"status": 401, "message": "Unauthorized"}


@pytest.mark.parametrize(
    ("key", "shop_id", "name"),
    [
        ("sandbox-shop-maison", 2001, "Atelier Démo"),
        ("sandbox-shop-nordhaus", 2101, "Werkstatt Beispiel"),
        ("sandbox-shop-bright", 2201, "Sample Studio"),
    ],
)
def test_the_key_alone_tells_the_marketplace(
    sandbox: server.Running, key: str, shop_id: int, name: str
) -> None:
    account = seller(sandbox.url, key).ask("/api/account")

    assert (account["shop_id"], account["shop_name"]) == (shop_id, name)


def test_a_shop_of_somebody_else_is_forbidden(sandbox: server.Running) -> None:
    for shop_id in (2002, -1, 2**63 - 1):
        assert seller(sandbox.url).get(THREADS, shop_id=shop_id).status_code == 403


def test_a_shop_id_that_is_no_number_is_refused(sandbox: server.Running) -> None:
    assert seller(sandbox.url).get(THREADS, shop_id="x").status_code == 400


def test_one_key_may_cover_several_shops(sandbox: server.Running) -> None:
    caller = seller(sandbox.url, "sandbox-group-bright")

    names = [caller.ask("/api/account", shop_id=shop)["shop_name"] for shop in (2201, 2202)]

    assert names == ["Sample Studio", "Demo Outlet"]
    assert caller.ask("/api/account")["shop_id"] == 2201


def test_a_limited_key_lacks_rights(sandbox: server.Running) -> None:
    caller = seller(sandbox.url, "sandbox-limited-maison")

    statuses = [caller.get(path).status_code for path in (THREADS, "/api/account", "/api/orders")]

    assert statuses == [200, 200, 403]


@pytest.mark.parametrize("path", ["/api/account", "/api/version", "/api/mms/orders"])
def test_an_operator_has_no_shop(sandbox: server.Running, path: str) -> None:
    assert operator(sandbox.url).get(path).status_code == 403


def test_only_an_operator_lists_shops(sandbox: server.Running) -> None:
    assert seller(sandbox.url).get("/api/shops").status_code == 403
    assert front(sandbox.url).get("/api/shops").status_code == 403
    assert operator(sandbox.url).ask("/api/shops")["total_count"] == 3


def test_a_storefront_cannot_write_to_the_operator_as_a_shop(sandbox: server.Running) -> None:
    answer = front(sandbox.url).send(THREADS, "thread_input", {"body": "A demo"})

    assert answer.status_code == 403


def test_a_shop_may_have_a_token_too(sandbox: server.Running) -> None:
    header = {"Authorization": f"Bearer {token(sandbox.url, 'sandbox-seller-maison')}"}

    assert Caller(sandbox.url, header).ask("/api/account")["shop_id"] == 2001


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
    ],
)
def test_it_grants_no_token_for_a_wrong_form(
    sandbox: server.Running, change: dict[str, str], status: int, error: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-operator-maison",
        "client_secret": "sandbox-secret",
    }

    answer = Caller(sandbox.url).request("POST", "/oauth/token", data=form | change)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_it_grants_no_token_for_json(sandbox: server.Running) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox-operator-maison"}

    assert Caller(sandbox.url).request("POST", "/oauth/token", json=form).status_code == 400


def test_a_token_ends(sandbox: server.Running) -> None:
    with server.running(threads=3, token_lifetime=0.2) as brief:
        caller = operator(brief.url)
        before = caller.get(THREADS).status_code
        gives_up_at = time.monotonic() + 5
        while caller.get(THREADS).status_code == 200 and time.monotonic() < gives_up_at:
            pass

        assert (before, caller.get(THREADS).status_code) == (200, 401)


# -- cookies --------------------------------------------------------------


@pytest.mark.parametrize("path", [THREADS, "/api/account", "/api/inbox/threads/nobody"])
def test_every_answer_begins_a_session(sandbox: server.Running, path: str) -> None:
    assert "JSESSIONID" in seller(sandbox.url).get(path).cookies


def test_a_session_is_its_own_credential_s(sandbox: server.Running) -> None:
    session = seller(sandbox.url).get(THREADS).cookies["JSESSIONID"]

    def status_with(key: str) -> int:
        headers = {"Authorization": key, "Cookie": f"JSESSIONID={session}"}
        return Caller(sandbox.url, headers).get(THREADS).status_code

    assert status_with("sandbox-shop-maison") == 200
    assert status_with("sandbox-shop-nordhaus") == 401


def test_the_token_endpoint_takes_no_other_s_session(sandbox: server.Running) -> None:
    session = seller(sandbox.url).get(THREADS).cookies["JSESSIONID"]
    form = {"grant_type": "client_credentials", "client_id": "sandbox-operator-maison"}

    answer = Caller(sandbox.url, {"Cookie": f"JSESSIONID={session}"}).request(
        "POST", "/oauth/token", data={**form, "client_secret": "sandbox-secret"}
    )

    assert answer.status_code == 401
