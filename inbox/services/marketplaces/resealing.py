"""Re-encrypts stored credentials with the newest of CREDENTIAL_KEYS, so that an old key can go."""

from collections import Counter
from typing import Any

from inbox.models import Marketplace
from inbox.services.marketplaces import sealing
from inbox.services.marketplaces.sealing import ADDRESS, Opened


def reseal(*, binds_addresses: bool = False, model: type[Any] = Marketplace) -> int:
    """Re-encrypt all credentials; returns how many were changed.

    Each is one conditional update: the run can be stopped, repeated, and done while the desk is
    used. `binds_addresses` trusts the address of a row whose credentials were sealed without one.
    """
    rows = model.objects.exclude(sealed_credential="")
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
    # Credentials entered meanwhile are sealed with the newest key already.
    unchanged = model.objects.filter(pk=row.pk, sealed_credential=row.sealed_credential)
    changed: int = unchanged.update(sealed_credential=sealing.seal(secret))
    return changed


def count_by_key() -> Counter[int]:
    """How many credentials each key opens, by its position in CREDENTIAL_KEYS."""
    opened = map(sealing.unseal, _sealed().values_list("sealed_credential", flat=True))
    return Counter(one.key for one in opened if one)


def list_unreadable() -> list[str]:
    """Slugs of marketplaces whose credentials no key opens."""
    return [one.slug for one in _sealed() if sealing.unseal(one.sealed_credential) is None]


def list_without_address() -> list[str]:
    """Slugs of marketplaces whose credentials were sealed without an address."""
    opened = {one.slug: sealing.unseal(one.sealed_credential) for one in _sealed()}
    return [slug for slug, found in opened.items() if found and ADDRESS not in found.secret]


def _sealed() -> Any:
    return Marketplace.objects.exclude(sealed_credential="").order_by("slug")
