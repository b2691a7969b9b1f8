"""How a call says who it is. Nothing here ever shows a secret."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx

from inbox.mirakl.decoding import decode_plain
from inbox.mirakl.errors import BadCredentials, Unreachable

Flow = Generator[httpx.Request, httpx.Response, None]


class Credential(httpx.Auth):
    """Equal where the secret is, so that what is known of one holds for its copies."""

    _secret: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self._secret)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Credential) and self._secret == other._secret


class ShopKeyAuth(Credential):
    """A seller's key, bare."""

    def __init__(self, key: str) -> None:
        self._key, self._secret = key, (key,)

    def auth_flow(self, request: httpx.Request) -> Flow:
        _authorize(request, self._key)
        yield request


class BearerAuth(Credential):
    """A token that somebody else renews."""

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

    A 401 has the token fetched once more, for a token that was withdrawn. That holds for writes
    too: what is refused was not accepted. One thread fetches, the others wait for its token.
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

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        # httpx would read either all bodies here or none; downloads must stay streams.
        with closing(self.auth_flow(request)) as flow:
            wanted = next(flow)
            while True:
                response = yield wanted
                if wanted is not request:
                    response.read()
                try:
                    wanted = flow.send(response)
                except StopIteration:
                    return

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
            # Bounded as the call that it is for.
            return httpx.Request("POST", self._url, data=self._form, extensions=request.extensions)
        except httpx.InvalidURL as error:
            raise Unreachable("The address of the token endpoint is none.") from error


_locks: dict[Credential, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def _one_at_a_time(credential: Credential, request: httpx.Request) -> Generator[None, None, None]:
    patience = request.extensions.get("timeout", {}).get("read") or 30
    lock = _locks[credential]
    if not lock.acquire(timeout=patience):
        raise Unreachable("The token endpoint does not answer.")
    try:
        yield
    finally:
        lock.release()


def _granted(response: httpx.Response) -> Token:
    if response.status_code in (400, 401, 403):
        reason = "The token endpoint refuses the client id or its secret."
        raise BadCredentials(reason, status=response.status_code)
    try:
        answer = decode_plain(response.content)
        lifetime = float(answer["expires_in"])
        value = str(answer["access_token"])
    except (ValueError, KeyError, TypeError) as error:
        # Nothing has gone to the marketplace: a write may be tried again.
        raise Unreachable("The token endpoint does not answer with a token.") from error
    # Early by five minutes, or by a fifth of a short life.
    return Token(value, time.time() + max(lifetime - 300, lifetime * 0.8))


def _is(token: Token, refused: Token | None) -> bool:
    return refused is not None and token.value == refused.value


def _authorize(request: httpx.Request, value: str) -> None:
    # Refused here, as the HTTP library would quote it in its complaint.
    if not value.isascii() or not value.isprintable():
        raise BadCredentials("The key holds characters that no key has.", status=401)
    request.headers["Authorization"] = value
