"""API clients. The only module that opens a marketplace's credentials."""

from functools import partial
from hashlib import sha256

import httpx
from django.db import transaction

from inbox import mirakl
from inbox.models import Marketplace
from inbox.services import optional_cache
from inbox.services.marketplaces import breaker, calls, sealing
from inbox.services.marketplaces.sealing import Secret

# Keeping a token beyond its life only costs memory.
KEEP_TOKEN_SECONDS = 24 * 3600


# -- keys -----------------------------------------------------------------


def seal(base_url: str, secret: Secret) -> str:
    """The credentials as stored in the database, sealed for this address only."""
    return sealing.seal({**secret, sealing.ADDRESS: sealing.address_of(base_url)})


def set_credential(marketplace: Marketplace, **secret: str) -> None:
    """Store credentials and reset the breaker, so that the next display tries them at once.

    One of: kind="key", key=…; kind="bearer", token=…; kind="oauth", token_url=…, client_id=…,
    client_secret=…, and perhaps audience=….
    """
    marketplace.sealed_credential = seal(marketplace.base_url, secret)
    with transaction.atomic():
        marketplace.save(update_fields=["sealed_credential"])
        marketplace.mirror.write(breaker.WELL)


def build_client(marketplace: Marketplace) -> mirakl.MiraklClient:
    """A client with the marketplace's credentials.

    Raises UnreadableKey if they cannot be opened. Raises KeyOfAnotherAddress if they were entered
    for another address: write access to the database must not be enough to redirect credentials.
    """
    return mirakl.MiraklClient(
        marketplace.base_url,
        _auth(marketplace),
        role=marketplace.role,
        shop_id=marketplace.shop_id,
        observe=partial(calls.record_call, marketplace.slug),
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
    raise breaker.UnreadableKey("The stored key cannot be opened.")


def _credential_of(marketplace: Marketplace) -> Secret:
    opened = sealing.unseal(marketplace.sealed_credential)
    if opened is None:
        return {}
    if opened.secret.get(sealing.ADDRESS) != sealing.address_of(marketplace.base_url):
        raise breaker.KeyOfAnotherAddress("The stored key was entered for another address.")
    return opened.secret


class SharedToken:
    """An access token that web and worker processes share through the cache, sealed.

    Without the cache each process fetches its own; nothing else is lost.
    """

    def __init__(self, marketplace: Marketplace) -> None:
        # New credentials get a new token.
        credential = sha256(marketplace.sealed_credential.encode()).hexdigest()
        self.name = f"access-token:{marketplace.pk}:{credential}"

    def load(self) -> mirakl.Token | None:
        opened = sealing.unseal(optional_cache.get(self.name, str) or "")
        if opened is None or "expires_at" not in opened.secret:
            return None
        return mirakl.Token(opened.secret["value"], float(opened.secret["expires_at"]))

    def store(self, token: mirakl.Token) -> None:
        sealed = sealing.seal({"value": token.value, "expires_at": str(token.expires_at)})
        optional_cache.put(self.name, sealed, KEEP_TOKEN_SECONDS)
