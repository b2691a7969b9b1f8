"""A marketplace's health: its circuit breaker, and the error texts of its failures."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox import mirakl
from inbox.dates import format_recent
from inbox.mirakl import FailureKind
from inbox.models import Marketplace, MirrorState
from inbox.models.mirror_state import MirrorChange
from inbox.services import database_clock, failure_texts
from inbox.text import storable

log = logging.getLogger(__name__)

FAILURES_BEFORE_REST = 3
REST_FOR = timedelta(seconds=30)
LONGEST_REST_FOR = timedelta(minutes=5)
# A little longer than the longest wait that Mirakl can request.
LONGEST_WAIT = timedelta(minutes=65)
# Refused credentials stay refused until new ones are entered.
BAD_KEY_REST_FOR = timedelta(seconds=60)
# After a rest one display tries; meanwhile the others do not call.
PROBE_FOR = timedelta(seconds=10)

# The health fields after a successful call.
WELL: MirrorChange = {
    "failures": 0,
    "failing_since": None,
    "retry_at": None,
    "error_kind": "",
    "last_error": "",
}


class UnreadableKey(mirakl.BadCredentials):
    """None of CREDENTIAL_KEYS can open the stored credentials."""


class Unforeseen(mirakl.MiraklError):
    """A bug of the desk, met in a marketplace's answer and shown as that marketplace's failure."""


class KeyOfAnotherAddress(UnreadableKey):
    """The stored credentials were entered for another address than the row's."""


# Kinds for which an admin needs the detail: how the call failed, if the client knows.
VAGUE = {"unreachable", "garbled", "refused", "unavailable"}
# The short form for agents.
IN_BRIEF = {
    FailureKind.TIMEOUT: "unavailable",
    FailureKind.BROKEN_OFF: "unavailable",
    FailureKind.GATEWAY: "unavailable",
    FailureKind.REDIRECT: "garbled",
    FailureKind.SIGN_IN: "garbled",
    FailureKind.WEB_PAGE: "garbled",
    FailureKind.PACKING: "garbled",
    FailureKind.SIZE: "garbled",
}

# The first class that matches names the kind: the most specific come first.
KINDS: list[tuple[type[mirakl.MiraklError], str]] = [
    (KeyOfAnotherAddress, "moved"),
    (UnreadableKey, "sealed"),
    (mirakl.BadCredentials, "key"),
    (mirakl.Forbidden, "forbidden"),
    (mirakl.RateLimited, "busy"),
    (mirakl.Unreachable, "unreachable"),
    (mirakl.Garbled, "garbled"),
    (mirakl.Refused, "refused"),
    (Unforeseen, "unforeseen"),
]
WORDS: dict[str, str | Promise] = {
    "sealed": gettext_lazy(
        "The credentials of %(name)s can't be decrypted. Ask your admin to enter them again."
    ),
    "moved": gettext_lazy(
        "The credentials of %(name)s are for another address. Ask your admin to enter them again."
    ),
    "key": gettext_lazy("%(name)s rejected the credentials. Ask your admin to update them."),
    "forbidden": gettext_lazy(
        "%(name)s doesn't allow this with the current credentials. Ask your admin."
    ),
    "busy": gettext_lazy("%(name)s is limiting requests until %(until)s."),
    "unreachable": gettext_lazy("%(name)s hasn't been reachable since %(since)s."),
    "garbled": gettext_lazy("%(name)s has been sending invalid responses since %(since)s."),
    "refused": gettext_lazy("%(name)s has been rejecting requests since %(since)s."),
    "unavailable": gettext_lazy("%(name)s hasn't responded since %(since)s."),
    "unforeseen": gettext_lazy("%(name)s hasn't synced since %(since)s. Ask your admin."),
}


LONGEST_QUOTE = 500


@dataclass(frozen=True)
class Freshness:
    """How current a page's data of one marketplace is."""

    marketplace: Marketplace
    # "fresh"; "late": still waiting for Mirakl; "down"; "gone": Mirakl no longer shows it; "odd": a
    # part of it cannot be opened here.
    state: str
    as_of: datetime | None
    words: str = ""  # error text; empty when all is well
    since: datetime | None = None


def fresh(marketplace: Marketplace, as_of: datetime | None = None) -> Freshness:
    return Freshness(marketplace, "fresh", as_of or marketplace.mirror.refreshed_at)


def late(marketplace: Marketplace) -> Freshness:
    words = _("Still waiting for %(name)s.") % {"name": marketplace.name}
    return Freshness(marketplace, "late", marketplace.mirror.refreshed_at, words)


def down(marketplace: Marketplace, as_of: datetime | None = None) -> Freshness:
    state = marketplace.mirror
    shown_as_of = as_of or state.refreshed_at
    return Freshness(
        marketplace, "down", shown_as_of, describe_failure(marketplace), state.failing_since
    )


def failed(
    marketplace: Marketplace, error: mirakl.MiraklError, as_of: datetime | None, problem: str
) -> Freshness:
    """The freshness of a page about one object after an error; `problem` says what is missing.

    It counts as the marketplace's failure only if other pages would fail too: one refused thread
    does not stop the inbox.
    """
    if said := describe_error(error, problem):
        return Freshness(marketplace, "down", as_of, said)
    record_failure(marketplace, error)
    return down(marketplace, as_of)


def describe_error(error: mirakl.MiraklError, problem: str) -> str:
    """`problem` with Mirakl's message after it; empty if the marketplace itself fails."""
    if not is_local(error):
        return ""
    quote = storable(error.message, LONGEST_QUOTE) if isinstance(error, mirakl.Refused) else ""
    return f"{problem}: “{quote}”" if quote else f"{problem}."


def is_local(error: mirakl.MiraklError) -> bool:
    """Whether the error concerns only the requested object, not the marketplace."""
    if isinstance(error, mirakl.Refused):
        return not isinstance(error, mirakl.BadCredentials) and error.kind is None
    return isinstance(error, Unforeseen | mirakl.Invalid | mirakl.Oversized)


def describe_failure(marketplace: Marketplace) -> str:
    """The failure and its remedy, as text; empty if there is none."""
    state = marketplace.mirror
    if not state.error_kind:
        return ""
    return str(WORDS[_in_brief(state.error_kind)]) % {
        "name": marketplace.name,
        "until": format_recent(state.retry_at or timezone.now()),
        "since": format_recent(state.failing_since or timezone.now()),
    }


def _in_brief(kind: str) -> str:
    if kind in WORDS:
        return kind
    return (
        IN_BRIEF.get(FailureKind(kind), "unreachable")
        if kind in failure_texts.WORDS
        else "unavailable"
    )


def get_error_kind(error: mirakl.MiraklError) -> str:
    """A key of WORDS, or the more specific FailureKind."""
    kind = next((kind for class_, kind in KINDS if isinstance(error, class_)), "unavailable")
    return error.kind.value if error.kind and kind in VAGUE else kind


@contextmanager
def guarded(marketplace: Marketplace, operation: str) -> Iterator[None]:
    """Contain errors: one marketplace's answer never fails a page of all marketplaces.

    An unexpected exception is logged and raised as this marketplace's Unforeseen.
    """
    try:
        yield
    except mirakl.MiraklError:
        raise
    except Exception as error:
        log.exception("%s of %s could not be read", operation, marketplace.slug)
        raise Unforeseen(type(error).__name__, operation=operation) from error


# -- the breaker ----------------------------------------------------------


def may_call(marketplace: Marketplace) -> bool:
    """Whether the breaker allows a call; after a rest, only the first display's."""
    state = marketplace.mirror
    if state.retry_at is None:
        return True
    now = database_clock.now()
    if is_resting(state, now):
        return False
    return state.write({"retry_at": now + PROBE_FOR}, expected={"retry_at": state.retry_at})


def get_circuit(state: MirrorState, now: datetime) -> str:
    """`closed`: called. `open`: not called. `half_open`: the next display tries."""
    if state.retry_at is None:
        return "closed"
    return "open" if is_resting(state, now) else "half_open"


def is_resting(state: MirrorState, now: datetime) -> bool:
    """Whether no display may call now.

    A rest that ends later than the longest one does not count: a clock that was ahead set it.
    """
    until = state.retry_at
    return until is not None and now < until <= now + LONGEST_WAIT


def record_failure(marketplace: Marketplace, error: mirakl.MiraklError) -> None:
    """Count the failure and open the breaker if due. Two failures at the same time count once."""
    now = database_clock.now()
    state = marketplace.mirror
    failures = state.failures + 1
    change: MirrorChange = {
        "failures": failures,
        "failing_since": state.failing_since or now,
        "error_kind": get_error_kind(error),
        "last_error": storable(str(error), 300),
        "retry_at": _rest_until(error, failures, now),
    }
    if not state.write(change, expected={"failures": state.failures}):
        state.refresh_from_db(fields=list(change))


def record_success(marketplace: Marketplace) -> None:
    """Close the breaker: any successful call does."""
    if marketplace.mirror.failures or marketplace.mirror.retry_at:
        marketplace.mirror.write(WELL)


def _rest_until(error: mirakl.MiraklError, failures: int, now: datetime) -> datetime | None:
    if isinstance(error, mirakl.RateLimited):
        return now + min(error.until - timezone.now(), LONGEST_WAIT)
    if isinstance(error, mirakl.BadCredentials):
        return now + BAD_KEY_REST_FOR
    if failures < FAILURES_BEFORE_REST:
        return None
    # The exponent is bounded: a marketplace may be down for weeks.
    doublings = min(failures - FAILURES_BEFORE_REST, 10)
    return now + min(REST_FOR * (1 << doublings), LONGEST_REST_FOR)
