"""Changes of threads' own fields, made once and recorded: what all decisions have in common.

Each change is made once, even if two users make it at the same time, and is recorded with its
event. A change costs the same few queries for any number of threads. It is returned for an Undo,
which keeps later decisions of other users.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction

from inbox.models import Event, Thread, User
from inbox.models.columns import Columns
from inbox.services.insight import resolutions

Verb = Event.Verb
# Groups of verbs: a decision is overruled by a later one of its group.
KINDS: tuple[set[str], ...] = (
    {Verb.ASSIGNED, Verb.UNASSIGNED},
    {Verb.CLOSED, Verb.REOPENED, Verb.SNOOZED, Verb.UNSNOOZED},
    {Verb.TAGGED, Verb.UNTAGGED},
)


class ThreadFields(TypedDict, total=False):
    """The fields of a thread that decisions set."""

    assignee_id: int | None
    status: str
    snoozed_until: datetime | None


@dataclass(frozen=True)
class Change:
    """A change as made: the fields before and after as JSON, or the tag and whether it was there.

    `event` is the pk of the row that recorded it.
    """

    verb: str
    before: Columns
    after: Columns
    event: int | None = None


@dataclass(frozen=True)
class Decision:
    """The fields to set on a thread, and the event that records them."""

    verb: str
    fields: ThreadFields
    about: Mapping[str, int | str | None] = field(default_factory=dict)


def lock_threads(threads: Sequence[Thread]) -> dict[int, Thread]:
    """The current rows by pk, locked until the transaction ends."""
    rows = Thread.objects.select_for_update(no_key=True).order_by("pk")
    return rows.only("assignee", "status", "snoozed_until").in_bulk([one.pk for one in threads])


def decide_alike(
    threads: Sequence[Thread], decision: Decision, by: User | None
) -> dict[int, Change]:
    return decide([(one, decision) for one in threads], by)


@transaction.atomic
def decide(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> dict[int, Change]:
    """Store decisions about the same fields, in the rows and in the instances.

    Returns the changes by thread pk, without threads that had these values already.
    """
    rows = lock_threads([thread for thread, _decision in decisions])
    changes: dict[int, Change] = {}
    for thread, decision in decisions:
        before = {name: getattr(rows[thread.pk], name) for name in decision.fields}
        for name, value in decision.fields.items():
            setattr(thread, name, value)
        if before != decision.fields:
            changes[thread.pk] = Change(decision.verb, _plain(before), _plain(decision.fields))
    changed = [one for one in decisions if one[0].pk in changes]
    if not changed:
        return {}
    names = list(changed[0][1].fields)
    Thread.objects.bulk_update([thread for thread, _decision in changed], names)
    events = record_events(changed, by)
    closed = [one.pk for one, decision in changed if decision.verb in {Verb.CLOSED, Verb.REOPENED}]
    if closed:
        resolutions.store_closings(closed)
    return {pk: replace(one, event=events[pk]) for pk, one in changes.items()}


def _plain(fields: Mapping[str, Any]) -> Columns:
    """As JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": until.isoformat()} if until else dict(fields)


def record_events(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> dict[int, int]:
    """The events' pks by thread pk."""
    events = Event.objects.bulk_create(
        Event(
            marketplace_id=thread.marketplace_id,
            thread=thread,
            verb=decision.verb,
            by=by,
            about=decision.about,
        )
        for thread, decision in decisions
    )
    return {event.thread_id: event.pk for event in events if event.thread_id}
