"""One change to many threads, in steps. Each step is atomic and never repeated.

A row is pending while its `before` is null. Afterwards `before` holds what an Undo needs, and
nothing if there is nothing to undo.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from inbox.models import BulkChange, BulkRow, Event, Marketplace, Tag, Thread, User
from inbox.models.columns import Columns
from inbox.services.triage import closing
from inbox.services.triage.assign import assign_threads
from inbox.services.triage.changes import Change
from inbox.services.triage.snooze import snooze_threads
from inbox.services.triage.status import close_threads, reopen_threads
from inbox.services.triage.tags import tag_threads, untag_threads
from inbox.services.triage.undo import undo_changes

Verb = Event.Verb
STEP = 100
MOST = 20_000
NOTHING: Columns = {}


@transaction.atomic
def begin(pks: Iterable[int], *, verb: str, by: User, **argument: Any) -> BulkChange:
    """Record a bulk change; the threads are not changed yet."""
    change = BulkChange.objects.create(by=by, verb=verb, argument=argument, total=0)
    rows = [BulkRow(change=change, thread_id=pk) for pk in pks]
    BulkRow.objects.bulk_create(rows, batch_size=5000)
    change.total = len(rows)
    change.save(update_fields=["total"])
    return change


@transaction.atomic
def step(change: BulkChange) -> BulkChange:
    """Change the next threads. Concurrent callers wait, then continue with the rest."""
    current = BulkChange.objects.select_for_update().select_related("by").get(pk=change.pk)
    rows = list(_rows_of(current, Q(before__isnull=True)) if not current.undone_at else [])
    done = _decide(current, [row.thread for row in rows])
    for row in rows:
        row.before = asdict(done[row.thread_id]) if row.thread_id in done else NOTHING
    BulkRow.objects.bulk_update(rows, ["before"])
    current.done += len(rows)
    if not current.rows.filter(before__isnull=True).exists():
        current.finished_at = current.finished_at or timezone.now()
    current.save(update_fields=["done", "finished_at"])
    return current


@transaction.atomic
def undo_step(change: BulkChange) -> BulkChange:
    """Begin or continue the Undo; threads that are still pending stay unchanged for good."""
    current = BulkChange.objects.select_for_update().select_related("by").get(pk=change.pk)
    if not current.undone_at:
        current.undone_at = timezone.now()
        current.rows.filter(before__isnull=True).delete()
        current.finished_at = current.finished_at or timezone.now()
        current.left_alone = current.rows.filter(to_undo()).count()
    rows = list(_rows_of(current, to_undo()))
    changes = [(row.thread, Change(**(row.before or {}))) for row in rows]
    undone = undo_changes(changes, by=current.by)
    for row in rows:
        row.before = NOTHING
    BulkRow.objects.bulk_update(rows, ["before"])
    current.undone += len(undone)
    current.left_alone -= len(undone)
    current.save(update_fields=["undone_at", "finished_at", "undone", "left_alone"])
    return current


def to_undo() -> Q:
    return Q(before__isnull=False) & ~Q(before=NOTHING)


def _rows_of(change: BulkChange, which: Q) -> QuerySet[BulkRow]:
    """Pending rows, without those on which the author may no longer write."""
    allowed = Marketplace.objects.answerable_by(change.by)
    rows = change.rows.filter(which).select_related("thread").defer("thread__search")
    # No join: an UPDATE has none.
    forbidden = rows.exclude(thread__in=Thread.objects.filter(marketplace__in=allowed))
    forbidden.update(before=NOTHING)
    return rows.order_by("thread_id")[:STEP]


def _decide(change: BulkChange, threads: list[Thread]) -> dict[int, Change]:
    by, argument = change.by, change.argument
    if change.verb == Verb.CLOSED:
        return close_threads(_settled(change, threads), by=by)
    if change.verb == Verb.REOPENED:
        return reopen_threads(threads, by=by)
    if change.verb in (Verb.TAGGED, Verb.UNTAGGED):
        tag = Tag.objects.filter(pk=argument["tag"]).first()
        decide = tag_threads if change.verb == Verb.TAGGED else untag_threads
        return decide(threads, tag, by=by) if tag else {}
    if change.verb == Verb.SNOOZED:
        until = datetime.fromisoformat(argument["until"])
        return snooze_threads(_not_due_before(until, threads), until=until, by=by)
    to = User.objects.filter(pk=argument["to"]).first()
    return assign_threads(_answered_by(to, threads), to=to, by=by)


def _settled(change: BulkChange, threads: list[Thread]) -> list[Thread]:
    """Leaves out threads that should stay open: clock running, or an unsent text."""
    if not change.argument.get("skips_open_ends"):
        return threads
    open_ends = closing.find_open_ends([one.pk for one in threads], by=change.by).pks
    return [one for one in threads if one.pk not in open_ends]


def _not_due_before(until: datetime, threads: list[Thread]) -> list[Thread]:
    """Leaves out threads whose reply is due before the snooze would end."""
    return [one for one in threads if not one.due_at or one.due_at >= until]


def _answered_by(user: User | None, threads: list[Thread]) -> list[Thread]:
    """Leaves out threads of marketplaces where the new assignee may not answer."""
    if user is None:
        return threads
    places = set(Marketplace.objects.answerable_by(user).values_list("pk", flat=True))
    return [one for one in threads if one.marketplace_id in places]
