"""Snooze threads: out of the queues until a moment, or until a message arrives.

Functions for several threads return the changes by the pk of the thread.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from inbox.models import Event, Thread, User
from inbox.services.triage.changes import Change, Decision, decide_alike, lock_threads

Status, Verb = Thread.Status, Event.Verb
ENDED_AT_ONCE = 500


def snooze_thread(thread: Thread, *, until: datetime, by: User) -> Change | None:
    return snooze_threads([thread], until=until, by=by).get(thread.pk)


@transaction.atomic
def snooze_threads(threads: Sequence[Thread], *, until: datetime, by: User) -> dict[int, Change]:
    """A closed thread can't be snoozed, and is left unchanged."""
    rows = lock_threads(threads)
    open_threads = [one for one in threads if rows[one.pk].status == Status.OPEN]
    about = {"until": until.isoformat()}
    return decide_alike(open_threads, Decision(Verb.SNOOZED, {"snoozed_until": until}, about), by)


def unsnooze_thread(thread: Thread, *, by: User | None) -> Change | None:
    return unsnooze_threads([thread], by=by).get(thread.pk)


def unsnooze_threads(threads: Sequence[Thread], *, by: User | None) -> dict[int, Change]:
    return decide_alike(threads, Decision(Verb.UNSNOOZED, {"snoozed_until": None}), by)


@transaction.atomic
def end_expired_snoozes() -> None:
    """Record the end of snoozes that have expired; the queues already show these threads."""
    expired = Thread.objects.filter(status=Status.OPEN, snoozed_until__lte=timezone.now())
    threads = list(expired.defer("search").order_by("snoozed_until")[:ENDED_AT_ONCE])
    rows = lock_threads(threads)
    unsnooze_threads([one for one in threads if _has_expired(rows[one.pk].snoozed_until)], by=None)


def _has_expired(until: datetime | None) -> bool:
    """False if the thread was snoozed again meanwhile."""
    return until is not None and until <= timezone.now()
