"""Secrets in the database and in Redis, encrypted with CREDENTIAL_KEYS.

The first key encrypts and all of them decrypt, so a key can be replaced while the desk runs.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

Secret = dict[str, str]
# The member of the credentials that says where they may be sent.
ADDRESS = "address"


@dataclass(frozen=True)
class Opened:
    """`key` is the position in CREDENTIAL_KEYS of the key that opened it, from 0."""

    secret: Secret
    key: int


def seal(secret: Secret) -> str:
    return Fernet(settings.CREDENTIAL_KEYS[0]).encrypt(json.dumps(secret).encode()).decode()


def unseal(sealed: str) -> Opened | None:
    """None if none of our keys opens it."""
    for position, key in enumerate(settings.CREDENTIAL_KEYS):
        try:
            secret = json.loads(Fernet(key).decrypt(sealed))
        except (InvalidToken, ValueError):
            continue
        return Opened(secret, position) if isinstance(secret, dict) else None
    return None


def address_of(base_url: str) -> str:
    """Scheme, host and port, which the credentials are sealed with.

    Empty for an invalid address, which may come from an edit in the database.
    """
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
