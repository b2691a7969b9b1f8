"""One change to many threads, in steps. A step is done whole or not at all, and never twice.

A row is still to be done while its `before` is null; afterwards that holds what an Undo needs, and
nothing where there is nothing to undo.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.models import BulkChange, BulkRow, Event, Marketplace, Tag, Thread
from inbox.services import triage
from inbox.services.triage import Done

Verb = Event.Verb
STEP = 100
MOST = 20_000
NOTHING: dict[str, Any] = {}


@transaction.atomic
def begin(pks: Iterable[int], *, verb: str, by: User, **argument: Any) -> BulkChange:
    """Nothing is changed yet but that it is known what is to be."""
    change = BulkChange.objects.create(by=by, verb=verb, argument=argument, total=0)
    rows = [BulkRow(change=change, thread_id=pk) for pk in pks]
    BulkRow.objects.bulk_create(rows, batch_size=5000)
    change.total = len(rows)
    change.save(update_fields=["total"])
    return change


@transaction.atomic
def step(change: BulkChange) -> BulkChange:
    """The next of its threads; whoever else goes on with it waits, and finds the rest."""
    current = BulkChange.objects.select_for_update().select_related("by").get(pk=change.pk)
    rows = list(_rows_of(current, Q(before__isnull=True)) if not current.undone_at else [])
    do = _deed(current)
    for row in rows:
        done = do(row.thread)
        row.before = asdict(done) if done else NOTHING
    BulkRow.objects.bulk_update(rows, ["before"])
    current.done += len(rows)
    if not current.rows.filter(before__isnull=True).exists():
        current.finished_at = current.finished_at or timezone.now()
    current.save(update_fields=["done", "finished_at"])
    return current


@transaction.atomic
def undo_step(change: BulkChange) -> BulkChange:
    """Begins the Undo and goes on with it; what has not been done by then never is."""
    current = BulkChange.objects.select_for_update().select_related("by").get(pk=change.pk)
    if not current.undone_at:
        current.undone_at = timezone.now()
        current.rows.filter(before__isnull=True).delete()
        current.finished_at = current.finished_at or timezone.now()
    rows = list(_rows_of(current, to_undo()))
    for row in rows:
        triage.undo(row.thread, Done(**(row.before or {})), by=current.by)
        row.before = NOTHING
    BulkRow.objects.bulk_update(rows, ["before"])
    current.save(update_fields=["undone_at", "finished_at"])
    return current


def to_undo() -> Q:
    return Q(before__isnull=False) & ~Q(before=NOTHING)


def _rows_of(change: BulkChange, which: Q) -> QuerySet[BulkRow]:
    """Only those on which its author may still write."""
    allowed = Marketplace.objects.answerable_by(change.by)
    rows = change.rows.filter(which).select_related("thread__marketplace").defer("thread__search")
    forbidden = rows.exclude(thread__marketplace__in=allowed)
    forbidden.update(before=NOTHING)
    return rows.order_by("thread_id")[:STEP]


def _deed(change: BulkChange) -> Any:
    by, argument = change.by, change.argument
    if change.verb == Verb.CLOSED:
        return lambda thread: triage.close(thread, by=by)
    if change.verb == Verb.REOPENED:
        return lambda thread: triage.reopen(thread, by=by)
    if change.verb == Verb.TAGGED:
        tag = Tag.objects.filter(pk=argument["tag"]).first()
        return lambda thread: triage.tag(thread, tag, by=by) if tag else None
    if change.verb == Verb.SNOOZED:
        until = datetime.fromisoformat(argument["until"])
        return lambda thread: _snooze(thread, until, by)
    to = User.objects.filter(pk=argument["to"]).first()
    places = set(Marketplace.objects.answerable_by(to).values_list("pk", flat=True)) if to else ()
    return lambda thread: _assign(thread, to, places, by)


def _snooze(thread: Thread, until: datetime, by: User) -> Done | None:
    """What is due before then stays awake."""
    if thread.due_at and thread.due_at < until:
        return None
    return triage.snooze(thread, until=until, by=by)


def _assign(thread: Thread, to: User | None, places: Any, by: User) -> Done | None:
    """To nobody who may not answer there."""
    if to and thread.marketplace_id not in places:
        return None
    return triage.assign(thread, to=to, by=by)
