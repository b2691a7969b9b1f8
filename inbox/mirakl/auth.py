"""Authentication of calls. Never shows a secret."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from inbox.mirakl import answers, bodies, complaints
from inbox.mirakl.decoding import UNREADABLE, decode_plain
from inbox.mirakl.errors import BadCredentials, FailureKind, Garbled, RateLimited, Unreachable

Flow = Generator[httpx.Request, httpx.Response, None]
# Assumed lifetime of a token in seconds, if its endpoint sends none.
UNTOLD_LIFETIME = 300


class Credential(httpx.Auth):
    """Equal if the secret is equal, so that state kept for one applies to its copies."""

    _secret: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self._secret)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Credential) and self._secret == other._secret


class ShopKeyAuth(Credential):
    """A seller's API key, without a scheme."""

    def __init__(self, key: str) -> None:
        self._key, self._secret = key, (key,)

    def auth_flow(self, request: httpx.Request) -> Flow:
        _authorize(request, self._key)
        yield request


class BearerAuth(Credential):
    """A token that is renewed elsewhere."""

    def __init__(self, token: str) -> None:
        self._token, self._secret = token, (token,)

    def auth_flow(self, request: httpx.Request) -> Flow:
        _authorize(request, f"Bearer {self._token}")
        yield request


@dataclass(frozen=True, repr=False)
class Token:
    """An access token and the Unix time at which to renew it."""

    value: str
    expires_at: float


class ClientCredentialsAuth(Credential):
    """OAuth2 client credentials: fetched, shared through `load` and `store`, renewed early.

    After a 401 the token is fetched once more, in case it was revoked. That holds for writes too: a
    refused write was not accepted. One thread fetches, the others wait for its token.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        audience: str | None = None,
        load: Callable[[], Token | None] = lambda: None,
        store: Callable[[Token], None] = lambda token: None,
    ) -> None:
        self._url, self._load, self._store = token_url, load, store
        self._secret = (token_url, client_id, client_secret, audience or "")
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        if audience:
            self._form["audience"] = audience
        self._token: Token | None = None

    def auth_flow(self, request: httpx.Request) -> Flow:
        token = yield from self._valid(request, refused=None)
        _authorize(request, f"Bearer {token.value}")
        response = yield request
        if response.status_code == 401:
            token = yield from self._valid(request, refused=token)
            _authorize(request, f"Bearer {token.value}")
            yield request

    def _valid(
        self, request: httpx.Request, *, refused: Token | None
    ) -> Generator[httpx.Request, httpx.Response, Token]:
        with _one_at_a_time(self, request):
            for token in (self._token, self._load()):
                if token and token.expires_at > time.time() and not _is(token, refused):
                    self._token = token
                    return token
            response = yield self._question(request)
            self._token = _granted(response)
            self._store(self._token)
            return self._token

    def _question(self, request: httpx.Request) -> httpx.Request:
        try:
            # Same time-outs as the call that needs the token.
            return httpx.Request("POST", self._url, data=self._form, extensions=request.extensions)
        except httpx.InvalidURL as error:
            reason = "The address of the token endpoint is none."
            raise Unreachable(reason, kind=FailureKind.ADDRESS) from error


_locks: dict[Credential, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def _one_at_a_time(credential: Credential, request: httpx.Request) -> Generator[None, None, None]:
    patience = request.extensions.get("timeout", {}).get("read") or 30
    lock = _locks[credential]
    if not lock.acquire(timeout=patience):
        raise Unreachable("The token endpoint does not answer.", kind=FailureKind.TIMEOUT)
    try:
        yield
    finally:
        lock.release()


def _granted(response: httpx.Response) -> Token:
    """The token. Until then nothing goes to the marketplace, so a write may be tried again."""
    if (until := answers.asked_to_wait(response)) is not None:
        raise RateLimited("The token endpoint asks us to wait.", until=until)
    if not response.is_success:
        raise _refusal(response)
    raw = _read(response)
    try:
        answer = decode_plain(raw)
        value: str = answer["access_token"]
        # Recommended, and not always there (RFC 6749, 5.1).
        told = answer.get("expires_in")
        lifetime = float(UNTOLD_LIFETIME if told is None else told)
        if not isinstance(value, str):
            raise TypeError("A token is text.")
    except (ValueError, OverflowError, KeyError, TypeError, *UNREADABLE) as error:
        kind = answers.kind_of_page(raw)
        page = " but with a web page" if kind else ""
        reason = f"The token endpoint does not answer with a token{page}."
        raise Unreachable(reason, kind=kind) from error
    # Early by five minutes, or by a fifth of a short lifetime.
    return Token(value, time.time() + max(lifetime - 300, lifetime * 0.8))


def _read(response: httpx.Response) -> bytes:
    try:
        return bodies.whole("", response, bodies.LARGEST_TOKEN)
    except Garbled as error:
        reason = "The answer of the token endpoint cannot be read."
        raise Unreachable(reason, kind=error.kind) from error


def _refusal(response: httpx.Response) -> BadCredentials | Unreachable:
    status = response.status_code
    if status in (400, 401, 403):
        said = complaints.read(bodies.beginning(response), response.headers.get("Content-Type", ""))
        reason = "The token endpoint refuses the client id or its secret."
        return BadCredentials(reason, status=status, message=said.message)
    if response.is_redirect:
        reason = "The token endpoint sends us to another address."
        return Unreachable(reason, kind=FailureKind.REDIRECT)
    kind = FailureKind.GATEWAY if status in answers.GATEWAYS else None
    return Unreachable(f"The token endpoint answered {status}.", kind=kind)


def _is(token: Token, refused: Token | None) -> bool:
    return refused is not None and token.value == refused.value


def _authorize(request: httpx.Request, value: str) -> None:
    # Refused here, because the HTTP library would quote it in its error.
    if not value.isascii() or not value.isprintable():
        raise BadCredentials("The key holds characters that no key has.", status=401)
    request.headers["Authorization"] = value
