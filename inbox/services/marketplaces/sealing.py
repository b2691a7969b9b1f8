"""Secrets as they lie in the database and in Redis: encrypted with CREDENTIAL_KEYS.

The first key seals and all of them open, so that a key can be replaced while the desk runs.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

Secret = dict[str, str]
# The member of a credential that says where it may be sent.
ADDRESS = "address"


@dataclass(frozen=True)
class Opened:
    """`key` is the position in CREDENTIAL_KEYS of the one that opened it, from 0."""

    secret: Secret
    key: int


def seal(secret: Secret) -> str:
    return Fernet(settings.CREDENTIAL_KEYS[0]).encrypt(json.dumps(secret).encode()).decode()


def unseal(sealed: str) -> Opened | None:
    """None where no key of ours opens it."""
    for position, key in enumerate(settings.CREDENTIAL_KEYS):
        try:
            secret = json.loads(Fernet(key).decrypt(sealed))
        except (InvalidToken, ValueError):
            continue
        return Opened(secret, position) if isinstance(secret, dict) else None
    return None


def address_of(base_url: str) -> str:
    """Scheme, host and port: what a credential is sealed together with.

    Empty where it is no address, as somebody may write into the database.
    """
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
