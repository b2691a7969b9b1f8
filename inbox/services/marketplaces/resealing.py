"""Seals stored credentials anew with the newest of CREDENTIAL_KEYS, so that an old key can go."""

from collections import Counter
from typing import Any

from inbox.models import Marketplace
from inbox.services.marketplaces import sealing
from inbox.services.marketplaces.sealing import ADDRESS, Opened


def reseal(*, binds_addresses: bool = False, model: type[Any] = Marketplace) -> int:
    """How many were sealed anew.

    Each is one conditional update: this can be stopped, repeated, and run while the desk is used.
    `binds_addresses` trusts the address of a row whose credential was sealed without one.
    """
    rows = model.objects.exclude(sealed_credential="").only("base_url", "sealed_credential")
    return sum(_reseal_row(model, row, binds_addresses=binds_addresses) for row in rows)


def _reseal_row(model: type[Any], row: Any, *, binds_addresses: bool) -> int:
    opened = sealing.unseal(row.sealed_credential)
    if opened is None:
        return 0
    secret = dict(opened.secret)
    if binds_addresses:
        secret.setdefault(ADDRESS, sealing.address_of(row.base_url))
    if opened == Opened(secret, key=0):
        return 0
    # A credential that somebody enters meanwhile is sealed with the newest key already.
    unchanged = model.objects.filter(pk=row.pk, sealed_credential=row.sealed_credential)
    changed: int = unchanged.update(sealed_credential=sealing.seal(secret))
    return changed


def count_by_key() -> Counter[int]:
    """Credentials by the position of the key that opens them in CREDENTIAL_KEYS."""
    opened = map(sealing.unseal, _sealed().values_list("sealed_credential", flat=True))
    return Counter(one.key for one in opened if one)


def unreadable() -> list[str]:
    """Short names of marketplaces whose credential no key opens."""
    return [one.slug for one in _sealed() if sealing.unseal(one.sealed_credential) is None]


def without_address() -> list[str]:
    """Short names of marketplaces whose credential was sealed for no address."""
    opened = {one.slug: sealing.unseal(one.sealed_credential) for one in _sealed()}
    return [slug for slug, found in opened.items() if found and ADDRESS not in found.secret]


def _sealed() -> Any:
    return Marketplace.objects.exclude(sealed_credential="").order_by("slug")
