"""What the desk decides about threads: assignee, tags, snooze, open or closed.

Each change is made once, even if two people make it at the same time, and is recorded with its
event. Whatever the number of threads, a change costs the same few queries. The change is returned,
for an Undo that leaves alone what somebody else has decided since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inbox.models import Event, Reply, Tag, Thread
from inbox.services import notify

Status, Verb = Thread.Status, Event.Verb
WOKEN_AT_ONCE = 500


@dataclass(frozen=True)
class Done:
    """A change as it was made: the fields before and after, or the tag and whether it was there."""

    verb: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """The fields a thread gets, and the event that records them."""

    verb: str
    fields: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)


def assign(thread: Thread, *, to: User | None, by: User | None) -> Done | None:
    return assign_all([thread], to=to, by=by).get(thread.pk)


@transaction.atomic
def assign_all(threads: Sequence[Thread], *, to: User | None, by: User | None) -> dict[int, Done]:
    """The changes by thread pk, as of every function here that ends in `_all`."""
    verb = Verb.ASSIGNED if to else Verb.UNASSIGNED
    pk = to.pk if to else None
    done = _decide_all(threads, Decision(verb, {"assignee_id": pk}, {"to": pk} if to else {}), by)
    if done and to:
        notify.assigned([one for one in threads if one.pk in done], to, by=by)
    return done


def close(thread: Thread, *, by: User) -> Done | None:
    return close_all([thread], by=by).get(thread.pk)


def close_all(threads: Sequence[Thread], *, by: User) -> dict[int, Done]:
    """A closed thread is not snoozed: the next message opens it."""
    fields = {"status": Status.CLOSED, "snoozed_until": None}
    return _decide_all(threads, Decision(Verb.CLOSED, fields), by)


def reopen(thread: Thread, *, by: User | None) -> Done | None:
    return reopen_all([thread], by=by).get(thread.pk)


def reopen_all(threads: Sequence[Thread], *, by: User | None) -> dict[int, Done]:
    """Open, and not snoozed."""
    fields = {"status": Status.OPEN, "snoozed_until": None}
    return _decide_all(threads, Decision(Verb.REOPENED, fields), by)


def snooze(thread: Thread, *, until: datetime, by: User) -> Done | None:
    return snooze_all([thread], until=until, by=by).get(thread.pk)


@transaction.atomic
def snooze_all(threads: Sequence[Thread], *, until: datetime, by: User) -> dict[int, Done]:
    """A closed thread can't be snoozed, and stays as it is."""
    rows = _lock(threads)
    awake = [one for one in threads if rows[one.pk].status == Status.OPEN]
    about = {"until": until.isoformat()}
    return _decide_all(awake, Decision(Verb.SNOOZED, {"snoozed_until": until}, about), by)


def wake(thread: Thread, *, by: User | None) -> Done | None:
    return wake_all([thread], by=by).get(thread.pk)


def wake_all(threads: Sequence[Thread], *, by: User | None) -> dict[int, Done]:
    return _decide_all(threads, Decision(Verb.WOKEN, {"snoozed_until": None}), by)


def tag(thread: Thread, tag: Tag, *, by: User) -> Done | None:
    return tag_all([thread], tag, by=by).get(thread.pk)


@transaction.atomic
def tag_all(threads: Sequence[Thread], tag: Tag, *, by: User) -> dict[int, Done]:
    had = _with_tag(threads, tag)
    new = [one for one in threads if one.pk not in had]
    row = Thread.tags.through
    row.objects.bulk_create([row(thread_id=one.pk, tag_id=tag.pk) for one in new])
    tag.marketplaces.add(*{one.marketplace_id for one in new})
    _record_all([(one, Decision(Verb.TAGGED, {}, {"tag": tag.pk})) for one in new], by)
    return {one.pk: _tagged(Verb.TAGGED, tag, had=False) for one in new}


def untag(thread: Thread, tag: Tag, *, by: User) -> Done | None:
    return untag_all([thread], tag, by=by).get(thread.pk)


@transaction.atomic
def untag_all(threads: Sequence[Thread], tag: Tag, *, by: User) -> dict[int, Done]:
    had = _with_tag(threads, tag)
    old = [one for one in threads if one.pk in had]
    Thread.tags.through.objects.filter(thread_id__in=had, tag_id=tag.pk).delete()
    _record_all([(one, Decision(Verb.UNTAGGED, {}, {"tag": tag.pk})) for one in old], by)
    return {one.pk: _tagged(Verb.UNTAGGED, tag, had=True) for one in old}


def _with_tag(threads: Sequence[Thread], tag: Tag) -> set[int]:
    """The pks of the threads that have this tag. The threads stay locked until the end."""
    rows = Thread.tags.through.objects.filter(thread_id__in=_lock(threads), tag_id=tag.pk)
    return set(rows.values_list("thread_id", flat=True))


def _tagged(verb: str, tag: Tag, *, had: bool) -> Done:
    return Done(verb, {"tag": tag.pk, "had": had}, {"tag": tag.pk, "had": not had})


# -- undone ---------------------------------------------------------------


def undo(thread: Thread, done: Done, *, by: User) -> Done | None:
    return undo_all([(thread, done)], by=by).get(thread.pk)


@transaction.atomic
def undo_all(changes: Sequence[tuple[Thread, Done]], *, by: User) -> dict[int, Done]:
    """Each thread as it was before, unless its fields have been changed since.

    All changes must be of one kind: fields of the same names, or one tag.
    """
    if changes and "tag" in changes[0][1].before:
        return _undo_tag(changes, by)
    rows = _lock([thread for thread, _done in changes])
    decisions = [
        (thread, _decision_to(_read(done.before)))
        for thread, done in changes
        if all(getattr(rows[thread.pk], name) == value for name, value in _read(done.after).items())
    ]
    return _decide(decisions, by)


def _undo_tag(changes: Sequence[tuple[Thread, Done]], by: User) -> dict[int, Done]:
    tag = Tag.objects.filter(pk=changes[0][1].before["tag"]).first()
    if tag is None:
        return {}
    had = [thread for thread, done in changes if done.before["had"]]
    had_not = [thread for thread, done in changes if not done.before["had"]]
    return tag_all(had, tag, by=by) | untag_all(had_not, tag, by=by)


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields that have travelled as JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": datetime.fromisoformat(until)} if until else fields


def _decision_to(fields: dict[str, Any]) -> Decision:
    return Decision(_verb_to(fields), fields, _about(fields))


def _verb_to(fields: dict[str, Any]) -> str:
    if "assignee_id" in fields:
        return Verb.ASSIGNED if fields["assignee_id"] else Verb.UNASSIGNED
    if fields.get("status") == Status.CLOSED:
        return Verb.CLOSED
    if fields["snoozed_until"]:
        return Verb.SNOOZED
    return Verb.REOPENED if "status" in fields else Verb.WOKEN


def _about(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get("assignee_id"):
        return {"to": fields["assignee_id"]}
    until = fields.get("snoozed_until")
    return {"until": until.isoformat()} if until else {}


# -- by itself ------------------------------------------------------------


def take_on_reply(reply: Reply) -> None:
    """Where the marketplace is set so, who answers what is nobody's becomes its assignee."""
    thread, author = reply.thread, reply.author
    if not (thread and author and reply.marketplace.assigns_on_reply):
        return
    if _lock([thread])[thread.pk].assignee_id is None:
        assign(thread, to=author, by=author)


def reopen_after(reply: Reply, *, by: User) -> None:
    """What was closed or put to sleep with a reply that is taken back still waits for one."""
    done = Event.objects.filter(thread=reply.thread, by=reply.author, at__gte=reply.created_at)
    if reply.thread and done.filter(verb__in=[Verb.CLOSED, Verb.SNOOZED]).exists():
        reopen(reply.thread, by=by)


def hear(pks: Iterable[int]) -> None:
    """A message came in on these threads: the closed ones are open again, and none is snoozed."""
    settled = Thread.objects.filter(pk__in=list(pks)).exclude(
        status=Status.OPEN, snoozed_until=None
    )
    threads = list(settled.defer("search"))
    reopen_all([one for one in threads if one.status == Status.CLOSED], by=None)
    wake_all([one for one in threads if one.status != Status.CLOSED], by=None)


@transaction.atomic
def wake_sleepers() -> None:
    """Record that threads whose snooze has ended are awake; the queues knew it before."""
    asleep = Thread.objects.filter(status=Status.OPEN, snoozed_until__lte=timezone.now())
    threads = list(asleep.defer("search").order_by("snoozed_until")[:WOKEN_AT_ONCE])
    rows = _lock(threads)
    wake_all([one for one in threads if _is_over(rows[one.pk].snoozed_until)], by=None)


def _is_over(until: datetime | None) -> bool:
    """False where somebody has snoozed it again meanwhile."""
    return until is not None and until <= timezone.now()


# -- rows of it -----------------------------------------------------------


def _lock(threads: Sequence[Thread]) -> dict[int, Thread]:
    """The rows by pk, as they are now; nobody else changes them before this transaction ends."""
    rows = Thread.objects.select_for_update(no_key=True).order_by("pk")
    return rows.only("assignee", "status", "snoozed_until").in_bulk([one.pk for one in threads])


def _decide_all(threads: Sequence[Thread], decision: Decision, by: User | None) -> dict[int, Done]:
    return _decide([(one, decision) for one in threads], by)


@transaction.atomic
def _decide(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> dict[int, Done]:
    """Store decisions about the same fields, in the rows and in hand.

    Returns the changes by thread pk; threads that had these values already are left out.
    """
    rows = _lock([thread for thread, _decision in decisions])
    done: dict[int, Done] = {}
    for thread, decision in decisions:
        before = {name: getattr(rows[thread.pk], name) for name in decision.fields}
        for name, value in decision.fields.items():
            setattr(thread, name, value)
        if before != decision.fields:
            done[thread.pk] = Done(decision.verb, _plain(before), _plain(decision.fields))
    changed = [one for one in decisions if one[0].pk in done]
    if changed:
        names = list(changed[0][1].fields)
        Thread.objects.bulk_update([thread for thread, _decision in changed], names)
        _record_all(changed, by)
    return done


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": until.isoformat()} if until else fields


def _record_all(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> None:
    Event.objects.bulk_create(
        Event(
            marketplace_id=thread.marketplace_id,
            thread=thread,
            verb=decision.verb,
            by=by,
            about=decision.about,
        )
        for thread, decision in decisions
    )
