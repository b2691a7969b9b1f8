"""Second factors: codes that work once, and their secrets, sealed with CREDENTIAL_KEYS."""

import logging
from collections import Counter
from collections.abc import Iterator

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db.models import Q

from inbox.models import User
from inbox.services.marketplaces import sealing

log = logging.getLogger(__name__)

Type = Authenticator.Type
# The sealed parts of an authenticator's data.
SECRETS = ("secret", "seed")
TEXT = "text"


class UnreadableFactorError(Exception):
    """No key of CREDENTIAL_KEYS opens it."""


def seal(text: str) -> str:
    return sealing.seal({TEXT: text})


def unseal(sealed: str) -> str:
    opened = sealing.unseal(sealed)
    if opened is None:
        raise UnreadableFactorError
    return opened.secret[TEXT]


def kinds_of(user: User) -> set[str]:
    """Without recovery codes, which come with the others."""
    found = Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES)
    return set(found.values_list("type", flat=True))


def count(user: User, kind: str) -> int:
    return int(Authenticator.objects.filter(user=user, type=kind).count())


def remove_all(user: User, by: User | None) -> None:
    """For somebody who has lost them. They set up new ones, if that is demanded."""
    Authenticator.objects.filter(user=user).delete()
    log.info("second factors of %s removed by %s", user.pk, by.pk if by else "the command line")


def find_by_code(user: User, code: str) -> Authenticator | None:
    """The authenticator that gave this code, which is used up."""
    found = Authenticator.objects.filter(user=user).exclude(type=Type.WEBAUTHN)
    return next((one for one in found if _accepts(one, code)), None)


def _accepts(authenticator: Authenticator, code: str) -> bool:
    try:
        if authenticator.type == Type.TOTP:
            return _use_up(authenticator, code)
        return bool(authenticator.wrap().validate_code(code))
    except UnreadableFactorError:
        log.error("no key opens the second factor of %s", authenticator.user_id)
        return False


def _use_up(authenticator: Authenticator, code: str) -> bool:
    """Each period's code works once, in all processes together."""
    secret = decrypt(authenticator.data["secret"])
    counter = next((one for one in yield_hotp_counters_from_time() if _is(secret, one, code)), None)
    if counter is None:
        return False
    is_newer = Q(data__last_counter__isnull=True) | Q(data__last_counter__lt=counter)
    unused = Authenticator.objects.filter(is_newer, pk=authenticator.pk)
    authenticator.data["last_counter"] = counter
    return bool(unused.update(data=authenticator.data))


def _is(secret: str, counter: int, code: str) -> bool:
    expected = format_hotp_value(hotp_value(secret, counter))
    return bool(compare_user_code(actual=code, expected=expected))


# -- new keys -------------------------------------------------------------------


def reseal() -> int:
    """Seal all secrets with the newest of CREDENTIAL_KEYS; returns how many were changed."""
    return sum(_reseal(one, name) for one, name in _sealed())


def _reseal(authenticator: Authenticator, name: str) -> int:
    opened = sealing.unseal(authenticator.data[name])
    if opened is None or opened.key == 0:
        return 0
    # A code may be used meanwhile.
    unchanged = Authenticator.objects.filter(pk=authenticator.pk, data=authenticator.data)
    sealed = {name: sealing.seal(opened.secret)}
    return int(unchanged.update(data=authenticator.data | sealed))


def count_by_key() -> Counter[int]:
    """How many secrets each key opens, by its position in CREDENTIAL_KEYS."""
    opened = (sealing.unseal(one.data[name]) for one, name in _sealed())
    return Counter(one.key for one in opened if one)


def list_unreadable() -> list[str]:
    """Usernames of people with a second factor that no key opens."""
    lost = {one.user_id for one, name in _sealed() if sealing.unseal(one.data[name]) is None}
    people = User.objects.filter(pk__in=lost).order_by("username")
    return list(people.values_list("username", flat=True))


def _sealed() -> Iterator[tuple[Authenticator, str]]:
    for one in Authenticator.objects.exclude(type=Type.WEBAUTHN):
        yield from ((one, name) for name in SECRETS if name in one.data)
