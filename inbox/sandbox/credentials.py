"""Identifies the caller: the credential determines the marketplace, the role and the shops.

Sellers send the bare key in `Authorization`, and so do older operators and storefronts. All others,
and sellers with OAuth, send `Authorization: Bearer <token>`. The token comes from `/oauth/token`
or, for a storefront, is fixed.
"""

import hmac
import secrets
import threading
import time
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from inbox.sandbox.errors import ApiError

SELLER, OPERATOR_ROLE, FRONT = "seller", "operator", "front"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105  a demo's, printed in the README


@dataclass(frozen=True, slots=True)
class Account:
    marketplace: str
    role: str
    shops: tuple[int, ...] = ()
    scopes: frozenset[str] | None = None  # None: a shop administrator's key


_WORLDS = {"maison": "maison-verte", "nordhaus": "nordhaus", "bright": "bright-street"}
_SHOPS = {"maison": 2001, "nordhaus": 2101, "bright": 2201}

SHOP_KEYS = {
    f"sandbox-shop-{name}": Account(slug, SELLER, (_SHOPS[name],)) for name, slug in _WORLDS.items()
} | {
    # One key for three shops, one of them closed and one suspended; and one key that may write
    # messages but not read orders.
    "sandbox-group-bright": Account("bright-street", SELLER, (2201, 2202, 2203)),
    "sandbox-limited-maison": Account(
        "maison-verte", SELLER, (2001,), frozenset({"MESSAGE_WRITE", "SHOP_READ"})
    ),
}
# Bare keys from before tokens: deprecated by the vendor, but still in use.
LEGACY_KEYS = {
    f"sandbox-legacy-{role}-{name}": Account(slug, role)
    for name, slug in _WORLDS.items()
    for role in (OPERATOR_ROLE, FRONT)
}
BEARERS = {f"sandbox-front-{name}": Account(slug, FRONT) for name, slug in _WORLDS.items()}
CLIENTS = (
    {f"sandbox-operator-{name}": Account(slug, OPERATOR_ROLE) for name, slug in _WORLDS.items()}
    | {f"sandbox-seller-{name}": SHOP_KEYS[f"sandbox-shop-{name}"] for name in _WORLDS}
    | BEARERS
)


class Tokens:
    """OAuth2 client credentials; a token is valid until it expires."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._issued: dict[str, tuple[Account, float]] = {}
        self._lock = threading.Lock()

    def issue(self, account: Account) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._issued[token] = (account, time.monotonic() + self.lifetime)
        return token

    def find(self, token: str) -> Account | None:
        account, ends_at = self._issued.get(token, (None, 0.0))
        return account if time.monotonic() < ends_at else None

    def client_of(self, request: Request) -> Account | None:
        """Returns the client that requests a token. Any secret is accepted."""
        return CLIENTS.get(request.form.get("client_id", ""))

    def answer(self, request: Request) -> tuple[int, dict[str, object]]:
        """`POST /oauth/token`: form fields only; any `audience` is accepted."""
        if request.mimetype != "application/x-www-form-urlencoded":
            return 400, {"error": "invalid_request", "error_description": "form fields expected"}
        if request.form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        account = self.client_of(request)
        if account is None or request.form.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client"}
        return 200, {
            "access_token": self.issue(account),
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
            "target_app": account.marketplace,
            "resource_owner": request.form["client_id"],
        }

    def account_of(self, request: Request) -> Account:
        header = request.headers.get("Authorization", "")
        kind, _, token = header.partition(" ")
        if kind.lower() == "bearer":
            account = BEARERS.get(token) or self.find(token)
        else:
            account = SHOP_KEYS.get(header) or LEGACY_KEYS.get(header)
        if account is None:
            raise ApiError(401, "Unauthorized")
        return account


class Sessions:
    """Cookies as instances and their gateways set them: each belongs to one credential.

    Mirakl documents no cookies. The sandbox refuses a cookie that comes with another key; a real
    instance may instead act as the cookie's account.
    """

    COOKIE = "JSESSIONID"

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def begin(self, request: Request, response: Response) -> None:
        response.set_cookie(self.COOKIE, self._session_of(request), httponly=True)

    def check(self, request: Request) -> None:
        session = request.cookies.get(self.COOKIE)
        if session not in (None, self._session_of(request)):
            raise ApiError(401, "This session belongs to another credential")

    def _session_of(self, request: Request) -> str:
        who = request.headers.get("Authorization") or request.form.get("client_id", "")
        return hmac.new(self._key, who.encode(), "sha256").hexdigest()


def no_store(response: Response) -> Response:
    """RFC 6749 5.1: no cache may store a token."""
    response.headers["Cache-Control"] = "no-store"
    return response
