"""Sign-in limits: by user, address and browser, and by this machine's CPU.

The limits are stored in the database and checked before a password is hashed. They count wrong
passwords only. A browser in which a user has signed in before carries a device cookie and has its
own limit: others can neither use up that user's tries nor borrow them.
"""

import logging
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Now

from helpdesk.client_address import UNKNOWN, network_of
from inbox.models import SignInAttempt, User
from inbox.services import audit, locks
from inbox.services.people import sessions

log = logging.getLogger(__name__)

# Kept to see who was attacked, and from where.
KEPT_FOR = timedelta(days=30)
DEVICE_LASTS = timedelta(days=365)
# Users who share one browser; the cookie drops the one longest away.
PEOPLE_PER_DEVICE = 10
SHOWN = 100


@dataclass(frozen=True)
class Limit:
    """The number of wrong passwords of one kind within a span; the next one is not checked."""

    by: tuple[str, ...]
    failures: int
    within: timedelta


KNOWN_BROWSER = Limit(("name", "device"), 8, timedelta(minutes=10))
ANY_OTHER = (
    Limit(("name", "address"), 8, timedelta(minutes=10)),
    # An office shares an address; so do the tries of an attacker with many names.
    Limit(("address",), 30, timedelta(minutes=10)),
    # Against an attacker with many addresses. Slow to fill, because it locks out every new browser.
    Limit(("name",), 40, timedelta(hours=1)),
)


class LoginRefused(Exception):
    """The password was not checked."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class TooManyAttempts(LoginRefused):
    """The limit of wrong passwords is reached."""


class ServerBusy(LoginRefused):
    """This process is checking as many passwords as it can."""


class PasswordSlots:
    """How many passwords are checked at once, and how many may wait.

    Each check takes the CPU for up to a second, in the threads that serve the whole desk.
    """

    def __init__(self, checked: int = 2, waiting: int = 2, patience: float = 2.0) -> None:
        self._inside = threading.BoundedSemaphore(checked + waiting)
        self._checked = threading.BoundedSemaphore(checked)
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        # A demo accepts any rate.
        outside, inside = (30.0, 30.0) if settings.DEMO else (0.0, self._patience)
        with _held(self._inside, outside), _held(self._checked, inside):
            yield


SLOTS = PasswordSlots()


@contextmanager
def _held(semaphore: threading.BoundedSemaphore, patience: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=patience):
        raise ServerBusy(seconds=5)
    try:
        yield
    finally:
        semaphore.release()


# -- trying -------------------------------------------------------------------


def name_of(typed: str) -> str:
    """The username of the person with this name or email address; else what was typed."""
    people = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed))
    names = list(people.values_list("username", flat=True))
    same = [name for name in names if name.casefold() == typed.casefold()] or names
    return typed if typed in names or len(same) != 1 else same[0]


@contextmanager
def attempt(
    name: str,
    *,
    address: str,
    devices: str,
    step: SignInAttempt.Step = SignInAttempt.Step.PASSWORD,
) -> Iterator[SignInAttempt]:
    """Wraps a password check: raises LoginRefused before it, counts it as wrong unless it succeeds.

    `devices` is the device cookie. Call `succeed` inside if the password was right. Codes of a
    second factor are counted by themselves.
    """
    tried = _prepare(name, address, devices)
    tried.step = step
    wait = _seconds_to_wait(tried)
    # A demo's passwords are public: the right one always works.
    if wait and not settings.DEMO:
        raise _refusal(tried, wait)
    with _slot_for(tried):
        if not wait:
            _count(tried)
        try:
            yield tried
        finally:
            if tried.result == SignInAttempt.Result.WRONG:
                _log(tried, "wrong")
                if wait:
                    raise _refusal(tried, wait)


def succeed(tried: SignInAttempt) -> None:
    """The password was right: earlier wrong ones no longer count."""
    tried.result = SignInAttempt.Result.RIGHT
    if tried.pk:
        tried.save(update_fields=["result"])
    before = SignInAttempt.objects.filter(name=tried.name, device=tried.device, step=tried.step)
    before.filter(address=tried.address).forgive()
    _log(tried, "right")


@contextmanager
def _slot_for(tried: SignInAttempt) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(SLOTS.taken())
        except ServerBusy:
            _log(tried, "busy")
            raise
        yield


def _prepare(name: str, address: str, devices: str) -> SignInAttempt:
    user_id = User.objects.filter(username=name).values_list("pk", flat=True).first()
    device = _read(devices).get(str(user_id), "")
    return SignInAttempt(
        name=fold(name), user_id=user_id, address=network_of(address), device=device
    )


@transaction.atomic
def _count(tried: SignInAttempt) -> None:
    """Store the attempt as wrong, until it succeeds. Concurrent ones cannot exceed the limit."""
    locks.lock_named("sign-in")
    if seconds := _seconds_to_wait(tried):
        raise _refusal(tried, seconds)
    tried.save()


def _seconds_to_wait(tried: SignInAttempt) -> int:
    """Seconds until every limit allows this attempt; 0 if they all do."""
    return max(_seconds_of(limit, tried) for limit in _limits_for(tried))


def _limits_for(tried: SignInAttempt) -> list[Limit]:
    if tried.device:
        return [KNOWN_BROWSER]
    # Unknown addresses are not one shared address.
    is_known = tried.address != UNKNOWN
    return [limit for limit in ANY_OTHER if is_known or "address" not in limit.by]


def _seconds_of(limit: Limit, tried: SignInAttempt) -> int:
    """Seconds until the oldest failure that fills the limit expires; 0 if it is not full."""
    # A known browser's failures are its own: they count towards no other limit.
    same = {field: getattr(tried, field) for field in ("device", "step", *limit.by)}
    rows = SignInAttempt.objects.counting(limit.within).filter(**same)
    ages = rows.annotate(age=Now() - F("at")).order_by("-at").values_list("age", flat=True)
    filling = ages[limit.failures - 1 : limit.failures].first()
    return ceil((limit.within - filling).total_seconds()) if filling is not None else 0


def _refusal(tried: SignInAttempt, seconds: int) -> TooManyAttempts:
    _log(tried, "limited")
    return TooManyAttempts(seconds)


def _log(tried: SignInAttempt, outcome: str) -> None:
    """Log the user's pk, else the name as repr: what was typed may contain anything."""
    who = tried.user_id if tried.user_id else repr(tried.name)
    told = {"user": who, "address": tried.address or "unknown", "outcome": outcome}
    log.info("sign-in of %(user)s from %(address)s: %(outcome)s", told, extra=told)


def fold(name: str) -> str:
    """The name for comparisons: width, case and spaces make no difference."""
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    return unicodedata.normalize("NFKC", folded)[:150]


# -- known browsers ------------------------------------------------------------


def remember(user_id: int, devices: str) -> str:
    """The device cookie for this browser, which gives the user their own limit there."""
    known = _read(devices)
    device = known.pop(str(user_id), "") or secrets.token_urlsafe(12)
    newest = [*known.items(), (str(user_id), device)][-PEOPLE_PER_DEVICE:]
    return signing.dumps(dict(newest), salt=__name__)


def _read(devices: str) -> dict[str, str]:
    """This browser's id by user; empty if the cookie is not ours."""
    try:
        known: dict[str, str] = signing.loads(devices, salt=__name__, max_age=DEVICE_LASTS)
    except signing.BadSignature:
        return {}
    return known


# -- for superusers -----------------------------------------------------------


@dataclass(frozen=True)
class Lock:
    """A user or address that is locked out now; without a name, all new browsers of an address."""

    name: str
    address: str
    is_known_browser: bool
    failures: int
    until: datetime


def current_locks() -> list[Lock]:
    """The current locks, sorted by end, the latest first."""
    found = [lock for limit in (KNOWN_BROWSER, *ANY_OTHER) for lock in _locks_by(limit)]
    return sorted(found, key=lambda lock: lock.until, reverse=True)


def _locks_by(limit: Limit) -> list[Lock]:
    rows = SignInAttempt.objects.counting(limit.within)
    rows = rows.exclude(device="") if limit is KNOWN_BROWSER else rows.filter(device="")
    if "address" in limit.by:
        rows = rows.exclude(address=UNKNOWN)
    groups = rows.order_by().values(*limit.by).annotate(failures=Count("pk"), oldest=Min("at"))
    return [
        Lock(
            name=group.get("name", ""),
            address=group.get("address", ""),
            is_known_browser=limit is KNOWN_BROWSER,
            failures=group["failures"],
            until=group["oldest"] + limit.within,
        )
        for group in groups.filter(failures__gte=limit.failures)[:SHOWN]
    ]


def unlock(*, name: str, address: str, by: User) -> int:
    """Lift the limits of a name, an address, or a name at an address."""
    wanted = {key: value for key, value in {"name": name, "address": address}.items() if value}
    forgiven = SignInAttempt.objects.filter(**wanted).forgive() if wanted else 0
    known = User.objects.filter(username=name).first()
    audit.record(audit.Kind.UNLOCKED, by=by, about=known, details={"address": address or "any"})
    told = {"user": by.pk, "address": address or "any", "outcome": "unlocked"}
    log.info("sign-in unlocked by %(user)s for address %(address)s", told, extra=told)
    return forgiven


def sweep() -> None:
    """Delete old attempts, and sessions that have ended."""
    SignInAttempt.objects.filter(at__lt=Now() - KEPT_FOR).delete()
    sessions.sweep()
