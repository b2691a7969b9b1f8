"""Authentication of calls: keys, bearer tokens, and OAuth tokens that are fetched, shared and
renewed."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from inbox import mirakl
from inbox.mirakl import FailureKind
from tests.answering import PAGE, URL, client, parts, talking_to, upload

TOKEN_URL = "https://auth.example/oauth/token"
OAUTH = {"client_id": "desk", "client_secret": "demo-secret"}
TO = [mirakl.Recipient("CUSTOMER")]


class Issuer:
    """A token endpoint, and the Mirakl that accepts its tokens."""

    def __init__(self, *, lives: float = 3599, answer: Callable[[], httpx.Response] | None = None):
        self.lives, self.answer = lives, answer
        self.forms: list[dict[str, str]] = []
        self.bearers: list[str] = []
        self.uploads: list[bytes] = []
        self.withdrawn: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            return self._issue(request)
        request.read()
        self.bearers.append(request.headers["Authorization"])
        if self.bearers[-1] in self.withdrawn:
            return httpx.Response(401)
        if request.method == "POST":
            self.uploads.append(parts(request)[-1].get_payload(decode=True))  # type: ignore[arg-type]
        return httpx.Response(200, content=PAGE)

    def _issue(self, request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        self.forms.append(dict(parse_qsl(request.read().decode())))
        if self.answer:
            return self.answer()
        token = {"access_token": f"token-{len(self.forms)}", "expires_in": self.lives}
        return httpx.Response(200, json=token)


class Kept:
    """A token store shared by processes."""

    def __init__(self, token: mirakl.Token | None = None) -> None:
        self.token = token

    def load(self) -> mirakl.Token | None:
        return self.token

    def store(self, token: mirakl.Token) -> None:
        self.token = token


def oauth(kept: Kept | None = None, **more: str) -> mirakl.ClientCredentialsAuth:
    kept = kept or Kept()
    return mirakl.ClientCredentialsAuth(
        TOKEN_URL, **OAUTH, load=kept.load, store=kept.store, **more
    )


# -- keys -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "header"),
    [(mirakl.ShopKeyAuth("a-key"), "a-key"), (mirakl.BearerAuth("a-token"), "Bearer a-token")],
)
def test_a_key_is_bare_and_a_token_is_borne(auth: httpx.Auth, header: str) -> None:
    issuer = Issuer()

    client(issuer, auth=auth).list_threads()

    assert issuer.bearers == [header]


@pytest.mark.parametrize("key", ["ké", "a\r\nX-Evil: 1", "a\n", "a\0"])
def test_a_key_that_can_be_none_is_refused_without_a_word_of_it(key: str) -> None:
    issuer = Issuer()

    with pytest.raises(mirakl.BadCredentials) as caught:
        client(issuer, auth=mirakl.ShopKeyAuth(key)).list_threads()

    assert key not in str(caught.value)
    assert caught.value.operation == "M11"
    assert issuer.bearers == []


@pytest.mark.parametrize(
    "secret",
    [mirakl.ShopKeyAuth("demo-secret"), mirakl.BearerAuth("demo-secret"), oauth()],
    ids=lambda auth: type(auth).__name__,
)
def test_no_secret_is_shown(secret: httpx.Auth) -> None:
    calls = mirakl.MiraklClient(URL, secret)

    assert "demo-secret" not in repr(secret) + str(secret) + repr(calls)
    assert "demo-secret" not in repr(mirakl.Token("demo-secret", 0))


# -- tokens ---------------------------------------------------------------


def test_a_token_is_fetched_once_for_many_calls() -> None:
    issuer = Issuer()
    calls = client(issuer, auth=oauth())

    for _ in range(3):
        calls.list_threads()

    assert issuer.forms == [{"grant_type": "client_credentials", **OAUTH}]
    assert issuer.bearers == ["Bearer token-1"] * 3


def test_the_audience_is_asked_for() -> None:
    issuer = Issuer()

    client(issuer, auth=oauth(audience="company-1")).list_threads()

    assert issuer.forms[0]["audience"] == "company-1"


def test_a_kept_token_is_used() -> None:
    issuer = Issuer()
    kept = Kept(mirakl.Token("kept", time.time() + 60))

    client(issuer, auth=oauth(kept)).list_threads()

    assert (issuer.forms, issuer.bearers) == ([], ["Bearer kept"])


def test_a_new_token_is_kept() -> None:
    kept = Kept(mirakl.Token("old", time.time() - 1))

    client(Issuer(), auth=oauth(kept)).list_threads()

    assert kept.token is not None
    assert kept.token.value == "token-1"


def test_a_token_that_another_process_has_renewed_is_used() -> None:
    issuer, kept = Issuer(lives=0), Kept()
    calls = client(issuer, auth=oauth(kept))
    calls.list_threads()

    kept.token = mirakl.Token("renewed elsewhere", time.time() + 60)
    calls.list_threads()

    assert issuer.bearers == ["Bearer token-1", "Bearer renewed elsewhere"]


@pytest.mark.parametrize(("lives", "renewed_after"), [(3600, 3300), (60, 48), (1500, 1200)])
def test_a_token_is_renewed_before_it_ends(lives: float, renewed_after: float) -> None:
    kept, asked_at = Kept(), time.time()

    client(Issuer(lives=lives), auth=oauth(kept)).list_threads()

    assert kept.token is not None
    assert asked_at <= kept.token.expires_at - renewed_after <= time.time()


# -- a token that is refused ----------------------------------------------


def test_a_withdrawn_token_is_fetched_once_more() -> None:
    issuer, kept = Issuer(), Kept(mirakl.Token("kept", time.time() + 60))
    issuer.withdrawn = {"Bearer kept"}

    client(issuer, auth=oauth(kept)).list_threads()

    assert issuer.bearers == ["Bearer kept", "Bearer token-1"]


def test_a_write_is_sent_whole_with_the_second_token() -> None:
    issuer, kept = Issuer(), Kept(mirakl.Token("kept", time.time() + 60))
    issuer.withdrawn = {"Bearer kept"}

    client(issuer, auth=oauth(kept)).reply("t", body="Hello", to=TO, files=[upload()])

    assert issuer.uploads == [b"pixels"]


def test_it_gives_up_on_the_second_refusal() -> None:
    issuer = Issuer()
    issuer.withdrawn = {"Bearer token-1", "Bearer token-2", "Bearer token-3"}

    with pytest.raises(mirakl.BadCredentials):
        client(issuer, auth=oauth()).list_threads()

    assert issuer.bearers == ["Bearer token-1", "Bearer token-2"]


# -- an issuer that fails -------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_wrong_secret_is_a_bad_credential(status: int) -> None:
    issuer = Issuer(answer=lambda: httpx.Response(status))

    with pytest.raises(mirakl.BadCredentials) as caught:
        client(issuer, auth=oauth()).list_threads()

    assert caught.value.operation == "M11"


def test_a_refused_client_gets_the_issuers_message() -> None:
    words = {"error": "invalid_client", "error_description": "This client was withdrawn."}
    issuer = Issuer(answer=lambda: httpx.Response(401, json=words))

    with pytest.raises(mirakl.BadCredentials) as caught:
        client(issuer, auth=oauth()).list_threads()

    assert caught.value.message == "This client was withdrawn."


@pytest.mark.parametrize("status", [429, 503])
def test_an_issuer_that_asks_to_wait_is_left_alone(status: int) -> None:
    issuer = Issuer(answer=lambda: httpx.Response(status, headers={"Retry-After": "600"}))
    calls = client(issuer, auth=oauth())

    for _ in range(3):
        with pytest.raises(mirakl.RateLimited) as caught:
            calls.list_threads()

    assert 590 < (caught.value.until - datetime.now(UTC)).total_seconds() <= 600
    assert len(issuer.forms) == 1


def test_an_issuer_s_pause_is_not_its_marketplace_s() -> None:
    kept = Kept()
    issuer = Issuer(answer=lambda: httpx.Response(429, headers={"Retry-After": "600"}))
    calls = client(issuer, auth=oauth(kept))
    with pytest.raises(mirakl.RateLimited):
        calls.list_threads()

    kept.token = mirakl.Token("of another process", time.time() + 60)
    calls.list_threads()

    assert issuer.bearers == ["Bearer of another process"]


@pytest.mark.parametrize(
    ("answer", "words", "kind"),
    [
        (httpx.Response(500), "The token endpoint answered 500.", None),
        (httpx.Response(502), "The token endpoint answered 502.", FailureKind.GATEWAY),
        (
            httpx.Response(302, headers={"Location": "/"}),
            "The token endpoint sends us to another address.",
            FailureKind.REDIRECT,
        ),
        (
            httpx.Response(200, content=b"<!doctype html><p>Hello"),
            "The token endpoint does not answer with a token but with a web page.",
            FailureKind.WEB_PAGE,
        ),
        (
            httpx.Response(200, json={"access_token": None}),
            "The token endpoint does not answer with a token.",
            None,
        ),
    ],
    ids=["down", "gateway", "elsewhere", "page", "no token"],
)
def test_it_says_how_an_issuer_fails(
    answer: httpx.Response, words: str, kind: FailureKind | None
) -> None:
    issuer = Issuer(answer=lambda: answer)

    with pytest.raises(mirakl.Unreachable) as caught:
        client(issuer, auth=oauth()).list_threads()

    assert (caught.value.reason, caught.value.kind) == (words, kind)


def test_a_token_of_untold_life_is_used_for_a_while() -> None:
    kept = Kept()
    issuer = Issuer(answer=lambda: httpx.Response(200, json={"access_token": "demo"}))

    client(issuer, auth=oauth(kept)).list_threads()

    assert issuer.bearers == ["Bearer demo"]
    assert kept.token is not None
    assert 200 < kept.token.expires_at - time.time() < 300


def broken_issuer(kind: str) -> Callable[[], httpx.Response]:
    def answer() -> httpx.Response:
        if kind == "late":
            raise httpx.ReadTimeout("late")
        if kind == "reset":
            raise httpx.ReadError("reset")
        return {
            "down": httpx.Response(503),
            "html": httpx.Response(200, content=b"<html>"),
            "list": httpx.Response(200, json=[]),
            "no token": httpx.Response(200, json={"expires_in": 5}),
            "no life": httpx.Response(200, json={"access_token": "x", "expires_in": "soon"}),
            "endless": httpx.Response(200, json={"access_token": "x", "expires_in": 10**400}),
        }[kind]

    return answer


@pytest.mark.parametrize(
    "kind", ["late", "reset", "down", "html", "list", "no token", "no life", "endless"]
)
def test_a_write_without_a_token_is_not_sent(kind: str) -> None:
    issuer = Issuer(answer=broken_issuer(kind))

    with pytest.raises(mirakl.NotSent):
        client(issuer, auth=oauth()).reply("t", body="Hello", to=TO)

    assert issuer.bearers == []


@pytest.mark.parametrize("address", ["http://[half", "http://x:port/", "nonsense", ""])
def test_an_address_of_tokens_that_is_none_is_not_sent(address: str) -> None:
    auth = mirakl.ClientCredentialsAuth(address, "desk", "demo-secret")

    with talking_to(URL, auth=auth) as calls, pytest.raises(mirakl.NotSent):
        calls.reply("t", body="Hello", to=TO)


def test_one_thread_fetches_and_the_others_wait() -> None:
    def slowly() -> httpx.Response:
        time.sleep(0.1)
        return httpx.Response(200, json={"access_token": "shared", "expires_in": 3599})

    issuer, kept = Issuer(answer=slowly), Kept()
    threads = [
        threading.Thread(target=client(issuer, auth=oauth(kept)).list_threads) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)

    assert len(issuer.forms) == 1
    assert issuer.bearers == ["Bearer shared"] * 8


def test_a_failed_fetch_does_not_lock_the_others_out() -> None:
    issuer = Issuer(answer=broken_issuer("reset"))
    calls = client(issuer, auth=oauth(), timeouts=mirakl.Timeouts(read=1, total=1))
    with pytest.raises(mirakl.Unreachable):
        calls.reply("t", body="Hello", to=TO)

    issuer.answer = None
    calls.list_threads()

    assert issuer.bearers == ["Bearer token-2"]
