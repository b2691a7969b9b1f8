"""The one place where a marketplace's key is opened."""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import httpx
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import cached, calls, health, sealing
from inbox.services.sealing import Secret

CHECK_TIMEOUT_SECONDS = 10
# A token that is kept longer than it lives only costs memory.
KEEP_TOKEN_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Check:
    """What a connection check found."""

    ok: bool
    words: str
    shop: str = ""
    version: str = ""


# -- keys -----------------------------------------------------------------


def seal(base_url: str, secret: Secret) -> str:
    """The credential as it may lie in the database, for this address alone."""
    return sealing.seal({**secret, sealing.ADDRESS: sealing.address_of(base_url)})


def set_credential(marketplace: Marketplace, **secret: str) -> None:
    """Store a credential, and let the next display try it at once.

    One of: kind="key", key=…; kind="bearer", token=…; kind="oauth", token_url=…, client_id=…,
    client_secret=…, and perhaps audience=….
    """
    sealed = seal(marketplace.base_url, secret)
    health.put(marketplace, health.WELL | {"sealed_credential": sealed})


def client_for(marketplace: Marketplace) -> mirakl.MiraklClient:
    """A client with the marketplace's key.

    Raises UnreadableKey where it cannot be opened, KeyOfAnotherAddress where it was entered for
    another: who can write into the database cannot have it sent elsewhere.
    """
    return mirakl.MiraklClient(
        marketplace.base_url,
        _auth(marketplace),
        role=marketplace.role,
        shop_id=marketplace.shop_id,
        observe=partial(calls.note, marketplace.slug),
    )


def _auth(marketplace: Marketplace) -> httpx.Auth:
    match _credential_of(marketplace):
        case {"kind": "key", "key": key}:
            return mirakl.ShopKeyAuth(key)
        case {"kind": "bearer", "token": token}:
            return mirakl.BearerAuth(token)
        case {
            "kind": "oauth",
            "token_url": token_url,
            "client_id": client_id,
            "client_secret": client_secret,
            **more,
        }:
            shared = SharedToken(marketplace)
            return mirakl.ClientCredentialsAuth(
                token_url,
                client_id,
                client_secret,
                audience=more.get("audience"),
                load=shared.load,
                store=shared.store,
            )
    raise health.UnreadableKey("The stored key cannot be opened.")


def _credential_of(marketplace: Marketplace) -> Secret:
    opened = sealing.unseal(marketplace.sealed_credential)
    if opened is None:
        return {}
    if opened.secret.get(sealing.ADDRESS) != sealing.address_of(marketplace.base_url):
        raise health.KeyOfAnotherAddress("The stored key was entered for another address.")
    return opened.secret


class SharedToken:
    """An access token that web and worker share through the cache, sealed.

    Without the cache each fetches its own; nothing else is lost.
    """

    def __init__(self, marketplace: Marketplace) -> None:
        # Another credential, another token.
        credential = sha256(marketplace.sealed_credential.encode()).hexdigest()
        self.name = f"access-token:{marketplace.pk}:{credential}"

    def load(self) -> mirakl.Token | None:
        opened = sealing.unseal(str(cached.get(self.name) or ""))
        if opened is None or "expires_at" not in opened.secret:
            return None
        return mirakl.Token(opened.secret["value"], float(opened.secret["expires_at"]))

    def store(self, token: mirakl.Token) -> None:
        sealed = sealing.seal({"value": token.value, "expires_at": str(token.expires_at)})
        cached.put(self.name, sealed, KEEP_TOKEN_SECONDS)


# -- the connection check -------------------------------------------------


def check_connection(marketplace: Marketplace) -> Check:
    """Ask the least that proves the connection, and say what came of it."""
    try:
        client = client_for(marketplace)
        if marketplace.role == Marketplace.Role.SELLER:
            return _check_seller(client)
        client.list_threads(limit=1, timeout=CHECK_TIMEOUT_SECONDS)
    except mirakl.MiraklError as error:
        return Check(ok=False, words=_what_to_do(error))
    return Check(ok=True, words=_("It works: conversations can be read."))


def _check_seller(client: mirakl.MiraklClient) -> Check:
    account = client.account(timeout=CHECK_TIMEOUT_SECONDS)
    version = client.version(timeout=CHECK_TIMEOUT_SECONDS).version or ""
    shop = account.shop_name or str(account.shop_id or "")
    words = _("It works: shop %(shop)s is %(state)s, Mirakl %(version)s.") % {
        "shop": shop,
        "state": _state_in_words(account.shop_state),
        "version": version,
    }
    return Check(ok=True, words=words, shop=shop, version=version)


def _state_in_words(state: str | None) -> str:
    words = {"OPEN": _("open"), "CLOSE": _("closed"), "SUSPENDED": _("suspended")}
    return words.get(state or "", state or _("in an unknown state"))


def _what_to_do(error: mirakl.MiraklError) -> str:
    words = {
        "sealed": _("Its key cannot be opened. Enter it again."),
        "moved": _("Its key was entered for another address. Enter it again."),
        "key": _("The key is refused. Make a new one in the marketplace's back office, enter it."),
        "forbidden": _("The key may not read this. Check its rights and the shop id."),
        "busy": _("It asks us to wait until %(until)s. Nothing is wrong with the key."),
        "unreachable": _("It cannot be reached. Check the address."),
        "garbled": _("It answers, but not as Mirakl does. Check the address."),
        "refused": _("It refuses to answer: %(reason)s"),
        "unavailable": _("It does not answer now: %(reason)s Try again later."),
    }
    until = error.until if isinstance(error, mirakl.RateLimited) else timezone.now()
    return words[health.kind_of(error)] % {
        "until": date_format(timezone.localtime(until), "H:i"),
        "reason": error.reason,
    }
