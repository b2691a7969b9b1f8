"""What the desk decides about a thread: whose it is, what it is called, when it is done or sleeps.

Each change is made once, whoever else makes it at the same time, and is recorded with it.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from inbox.models import Event, Reply, Tag, Thread

Status, Verb = Thread.Status, Event.Verb


@transaction.atomic
def assign(thread: Thread, *, to: User | None, by: User) -> None:
    if Thread.objects.filter(pk=thread.pk).exclude(assignee=to).update(assignee=to):
        about = {"to": to.pk} if to else {}
        _record(Verb.ASSIGNED if to else Verb.UNASSIGNED, thread, by, **about)


@transaction.atomic
def close(thread: Thread, *, by: User) -> None:
    """A closed one does not sleep: what comes in opens it."""
    still_open = Thread.objects.filter(pk=thread.pk, status=Status.OPEN)
    if still_open.update(status=Status.CLOSED, snoozed_until=None):
        _record(Verb.CLOSED, thread, by)


@transaction.atomic
def snooze(thread: Thread, *, until: datetime, by: User) -> None:
    if Thread.objects.filter(pk=thread.pk, status=Status.OPEN).update(snoozed_until=until):
        _record(Verb.SNOOZED, thread, by, until=until.isoformat())


@transaction.atomic
def tag(thread: Thread, tag: Tag, *, by: User) -> None:
    _row, is_new = Thread.tags.through.objects.get_or_create(thread_id=thread.pk, tag_id=tag.pk)
    if is_new:
        _record(Verb.TAGGED, thread, by, tag=tag.pk)


@transaction.atomic
def reopen(thread: Thread, *, by: User) -> None:
    """It is open and awake."""
    settled = Thread.objects.filter(pk=thread.pk)
    settled = settled.exclude(status=Status.OPEN, snoozed_until=None)
    if settled.update(status=Status.OPEN, snoozed_until=None):
        _record(Verb.REOPENED, thread, by)


def reopen_after(reply: Reply, *, by: User) -> None:
    """What was closed or put to sleep with a reply that is taken back still waits for one."""
    done = Event.objects.filter(thread=reply.thread, by=reply.author, at__gte=reply.created_at)
    if reply.thread and done.filter(verb__in=[Verb.CLOSED, Verb.SNOOZED]).exists():
        reopen(reply.thread, by=by)


def _record(verb: str, thread: Thread, by: User, **about: object) -> None:
    Event.record(verb, marketplace=thread.marketplace, thread=thread, by=by, **about)
