"""Close and reopen threads: by hand, with a reply, and when a message arrives.

Functions for several threads return the changes by the pk of the thread.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from inbox.models import ActionsWhenSent, Event, Outgoing, Thread, User
from inbox.services.people import notifications
from inbox.services.triage.changes import (
    KINDS,
    Change,
    Decision,
    ThreadFields,
    decide_alike,
)
from inbox.services.triage.snooze import snooze_thread, unsnooze_threads

Status, Verb = Thread.Status, Event.Verb


def close_thread(thread: Thread, *, by: User) -> Change | None:
    return close_threads([thread], by=by).get(thread.pk)


def close_threads(threads: Sequence[Thread], *, by: User) -> dict[int, Change]:
    """Also ends a snooze, as the next message reopens the thread, and marks threads as seen."""
    fields: ThreadFields = {"status": Status.CLOSED, "snoozed_until": None}
    notifications.mark_seen(threads, by)
    return decide_alike(threads, Decision(Verb.CLOSED, fields), by)


def reopen_thread(thread: Thread, *, by: User | None) -> Change | None:
    return reopen_threads([thread], by=by).get(thread.pk)


def reopen_threads(threads: Sequence[Thread], *, by: User | None) -> dict[int, Change]:
    """Reopening ends a snooze."""
    fields: ThreadFields = {"status": Status.OPEN, "snoozed_until": None}
    return decide_alike(threads, Decision(Verb.REOPENED, fields), by)


def close_or_snooze_after(reply: Outgoing) -> None:
    """Close or snooze as the author requested, unless a later decision was made."""
    thread, author, actions = reply.thread, reply.author, reply.actions
    if not (thread and author and actions != ActionsWhenSent()) or _decided_since(reply).exists():
        return
    if actions.closes:
        close_thread(thread, by=author)
    elif actions.snoozes_hours:
        until = timezone.now() + timedelta(hours=actions.snoozes_hours)
        snooze_thread(thread, until=until, by=author)


def reopen_after_unsent(reply: Outgoing, *, by: User | None) -> None:
    """Reopen a thread that its author closed or snoozed with a reply that was not sent."""
    latest = _decided_since(reply).order_by("-pk").first()
    if reply.thread is None or latest is None or latest.by_id != reply.author_id:
        return
    if latest.verb in (Verb.CLOSED, Verb.SNOOZED):
        about = {"reply": str(reply.token)}
        fields: ThreadFields = {"status": Status.OPEN, "snoozed_until": None}
        decide_alike([reply.thread], Decision(Verb.REOPENED, fields, about), by)


def _decided_since(reply: Outgoing) -> QuerySet[Event]:
    """Events that opened, closed or snoozed the thread since the reply was last queued."""
    verbs = next(kind for kind in KINDS if Verb.CLOSED in kind)
    return Event.objects.filter(thread=reply.thread, verb__in=verbs, at__gte=reply.queued_at)


def reopen_on_message(pks: Iterable[int]) -> None:
    """A message arrived on these threads: reopen closed ones and end snoozes."""
    settled = Thread.objects.filter(pk__in=list(pks)).exclude(
        status=Status.OPEN, snoozed_until=None
    )
    threads = list(settled.defer("search"))
    reopen_threads([one for one in threads if one.status == Status.CLOSED], by=None)
    unsnooze_threads([one for one in threads if one.status != Status.CLOSED], by=None)
