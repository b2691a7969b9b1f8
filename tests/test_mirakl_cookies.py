"""Accounts stay separate: no cookie is stored or sent."""

import httpx
import pytest

from inbox import mirakl
from inbox.sandbox.server import Running
from tests.answering import KEY, PAGE, Answering, answering, over

COOKIES = [
    ("Set-Cookie", "JSESSIONID=of-the-first; Path=/; HttpOnly"),
    ("Set-Cookie", "SESSION=of-the-first; Domain=.example; Path=/"),
    ("Set-Cookie", "SESSION=of-the-first; Domain=demo.example; Path=/"),
]
TOKEN = {"access_token": "demo", "expires_in": 3599}


@pytest.fixture
def peer() -> Answering:
    return answering(httpx.Response(200, headers=COOKIES, content=PAGE))


@pytest.mark.parametrize(
    ("key", "host"),
    [(KEY, "demo.example"), ("another", "demo.example"), ("another", "other.example")],
    ids=["the same account", "another key on this host", "another marketplace"],
)
def test_no_cookie_goes_back(peer: Answering, key: str, host: str) -> None:
    shared = mirakl.Transport(http=over(peer))

    for url, secret in [("https://demo.example", KEY), (f"https://{host}", key)]:
        mirakl.MiraklClient(url, mirakl.ShopKeyAuth(secret), transport=shared).list_threads()

    assert [request.headers.get("Cookie") for request in peer.requests] == [None, None]


def test_no_cookie_of_the_token_endpoint_goes_on() -> None:
    peer = answering(httpx.Response(200, headers=COOKIES, json=TOKEN), PAGE, PAGE)
    auth = mirakl.ClientCredentialsAuth("https://demo.example/oauth/token", "id", "secret")
    calls = mirakl.MiraklClient(
        "https://demo.example", auth, transport=mirakl.Transport(http=over(peer))
    )

    for _ in range(2):
        calls.list_threads()

    assert [request.headers.get("Cookie") for request in peer.requests] == [None] * 3


def test_two_keys_on_one_host_get_on(sandbox: Running) -> None:
    shared = mirakl.Transport()

    for key in ("sandbox-shop-maison", "sandbox-shop-nordhaus", "sandbox-shop-maison"):
        auth = mirakl.ShopKeyAuth(key)
        mirakl.MiraklClient(sandbox.url, auth, transport=shared).list_threads()

    shared.close()
