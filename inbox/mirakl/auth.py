"""How a call says who it is. Nothing here ever shows a secret."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import httpx
import msgspec

from inbox.mirakl.errors import BadCredentials, Garbled


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

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._key
        yield request


class BearerAuth(Credential):
    """A token that somebody else renews."""

    def __init__(self, token: str) -> None:
        self._token, self._secret = token, (token,)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass(frozen=True, repr=False)
class Token:
    """An access token and the Unix time at which it ends."""

    value: str
    expires_at: float


class ClientCredentialsAuth(Credential):
    """OAuth2 client credentials: fetched, shared through `load` and `store`, renewed early.

    A 401 has the token fetched once more, for a token that was withdrawn.
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
        self._secret = (token_url, client_id, client_secret)
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        if audience:
            self._form["audience"] = audience
        self._token: Token | None = None

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        # httpx would read either all bodies here or none; downloads must stay streams.
        flow = self.auth_flow(request)
        wanted = next(flow)
        while True:
            response = yield wanted
            if wanted is not request:
                response.read()
            try:
                wanted = flow.send(response)
            except StopIteration:
                return

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self._token or self._load()
        if token is None or token.expires_at <= time.time():
            token = yield from self._fetch()
        request.headers["Authorization"] = f"Bearer {token.value}"
        response = yield request
        # A body that has been streamed cannot be sent again: a write is not repeated here.
        if response.status_code == 401 and request.method == "GET":
            token = yield from self._fetch()
            request.headers["Authorization"] = f"Bearer {token.value}"
            yield request

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, Token]:
        response = yield httpx.Request("POST", self._url, data=self._form)
        if response.status_code in (400, 401, 403):
            reason = "The token endpoint refuses the client id or its secret."
            raise BadCredentials(reason, status=response.status_code)
        try:
            answer = msgspec.json.decode(response.content)
            lifetime = float(answer["expires_in"])
            value = str(answer["access_token"])
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise Garbled("The token endpoint does not answer with a token.") from error
        # Early by five minutes, or by a fifth of a short life.
        self._token = Token(value, time.time() + max(lifetime - 300, lifetime * 0.8))
        self._store(self._token)
        return self._token
