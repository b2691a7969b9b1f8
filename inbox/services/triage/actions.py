"""Decisions about threads: assignee, tags, snooze, open or closed.

Each change is made once, even if two users make it at the same time, and is recorded with its
event. A change costs the same few queries for any number of threads. It is returned for an Undo,
which keeps later decisions of other users.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from inbox.models import Event, Outgoing, Tag, Then, Thread, User
from inbox.services.people import notifications

Status, Verb = Thread.Status, Event.Verb
WOKEN_AT_ONCE = 500
# Groups of verbs: a decision is overruled by a later one of its group.
KINDS: tuple[set[str], ...] = (
    {Verb.ASSIGNED, Verb.UNASSIGNED},
    {Verb.CLOSED, Verb.REOPENED, Verb.SNOOZED, Verb.WOKEN},
    {Verb.TAGGED, Verb.UNTAGGED},
)


@dataclass(frozen=True)
class Done:
    """A change as made: the fields before and after, or the tag and whether it was there.

    `event` is the pk of the row that recorded it.
    """

    verb: str
    before: dict[str, Any]
    after: dict[str, Any]
    event: int | None = None


@dataclass(frozen=True)
class Decision:
    """The fields to set on a thread, and the event that records them."""

    verb: str
    fields: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)


def assign(thread: Thread, *, to: User | None, by: User | None) -> Done | None:
    return assign_all([thread], to=to, by=by).get(thread.pk)


@transaction.atomic
def assign_all(threads: Sequence[Thread], *, to: User | None, by: User | None) -> dict[int, Done]:
    """Returns the changes by thread pk, as does every function here that ends in `_all`."""
    verb = Verb.ASSIGNED if to else Verb.UNASSIGNED
    pk = to.pk if to else None
    done = _decide_all(threads, Decision(verb, {"assignee_id": pk}, {"to": pk} if to else {}), by)
    if done and to:
        notifications.assigned([one for one in threads if one.pk in done], to, by=by)
    return done


def close(thread: Thread, *, by: User) -> Done | None:
    return close_all([thread], by=by).get(thread.pk)


def close_all(threads: Sequence[Thread], *, by: User) -> dict[int, Done]:
    """Also ends a snooze, as the next message reopens the thread, and marks threads as seen."""
    fields = {"status": Status.CLOSED, "snoozed_until": None}
    notifications.seen(threads, by)
    return _decide_all(threads, Decision(Verb.CLOSED, fields), by)


def reopen(thread: Thread, *, by: User | None) -> Done | None:
    return reopen_all([thread], by=by).get(thread.pk)


def reopen_all(threads: Sequence[Thread], *, by: User | None) -> dict[int, Done]:
    """Reopening ends a snooze."""
    fields = {"status": Status.OPEN, "snoozed_until": None}
    return _decide_all(threads, Decision(Verb.REOPENED, fields), by)


def snooze(thread: Thread, *, until: datetime, by: User) -> Done | None:
    return snooze_all([thread], until=until, by=by).get(thread.pk)


@transaction.atomic
def snooze_all(threads: Sequence[Thread], *, until: datetime, by: User) -> dict[int, Done]:
    """A closed thread can't be snoozed, and is left unchanged."""
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
    events = _record_all([(one, Decision(Verb.TAGGED, {}, {"tag": tag.pk})) for one in new], by)
    return {pk: _tagged(Verb.TAGGED, tag, event, had=False) for pk, event in events.items()}


def untag(thread: Thread, tag: Tag, *, by: User) -> Done | None:
    return untag_all([thread], tag, by=by).get(thread.pk)


@transaction.atomic
def untag_all(threads: Sequence[Thread], tag: Tag, *, by: User) -> dict[int, Done]:
    had = _with_tag(threads, tag)
    old = [one for one in threads if one.pk in had]
    Thread.tags.through.objects.filter(thread_id__in=had, tag_id=tag.pk).delete()
    events = _record_all([(one, Decision(Verb.UNTAGGED, {}, {"tag": tag.pk})) for one in old], by)
    return {pk: _tagged(Verb.UNTAGGED, tag, event, had=True) for pk, event in events.items()}


def _with_tag(threads: Sequence[Thread], tag: Tag) -> set[int]:
    """The pks of threads with this tag. The threads stay locked until the transaction ends."""
    rows = Thread.tags.through.objects.filter(thread_id__in=_lock(threads), tag_id=tag.pk)
    return set(rows.values_list("thread_id", flat=True))


def _tagged(verb: str, tag: Tag, event: int, *, had: bool) -> Done:
    return Done(verb, {"tag": tag.pk, "had": had}, {"tag": tag.pk, "had": not had}, event)


# -- undone ---------------------------------------------------------------


def undo(thread: Thread, done: Done, *, by: User) -> Done | None:
    return undo_all([(thread, done)], by=by).get(thread.pk)


@transaction.atomic
def undo_all(changes: Sequence[tuple[Thread, Done]], *, by: User) -> dict[int, Done]:
    """Restore each thread's values from before, unless a later decision was made.

    Setting the same value again is a later decision too. All changes must be of one kind: fields of
    the same names, or one tag added or removed.
    """
    if not changes:
        return {}
    _lock([thread for thread, _done in changes])
    latest = _latest_events([thread for thread, _done in changes], changes[0][1])
    standing = [one for one in changes if latest.get(one[0].pk) == one[1].event]
    if "tag" in changes[0][1].before:
        return _undo_tag(standing, by)
    return _decide([(thread, _decision_to(_read(done.before))) for thread, done in standing], by)


def _latest_events(threads: Sequence[Thread], done: Done) -> dict[int, int]:
    """The latest event of this change's kind on each thread."""
    verbs = next(kind for kind in KINDS if done.verb in kind)
    events = Event.objects.filter(thread__in=threads, verb__in=verbs)
    if "tag" in done.before:
        events = events.filter(about__tag=done.before["tag"])
    return dict(events.order_by().values_list("thread").annotate(Max("pk")))


def _undo_tag(changes: Sequence[tuple[Thread, Done]], by: User) -> dict[int, Done]:
    tag = Tag.objects.filter(pk=changes[0][1].before["tag"]).first() if changes else None
    if tag is None:
        return {}
    threads = [thread for thread, _done in changes]
    put_back = tag_all if changes[0][1].before["had"] else untag_all
    return put_back(threads, tag, by=by)


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    """Field values restored from JSON."""
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


def take_on_reply(reply: Outgoing) -> None:
    """Assign an unassigned thread to its replier, if the marketplace is set so."""
    thread, author = reply.thread, reply.author
    if not (thread and author and reply.marketplace.assigns_on_reply):
        return
    if _lock([thread])[thread.pk].assignee_id is None:
        assign(thread, to=author, by=author)


def finish_with(reply: Outgoing) -> None:
    """Close or snooze as the author requested, unless a later decision was made."""
    thread, author, then = reply.thread, reply.author, reply.then
    if not (thread and author and then != Then()) or _decided_since(reply).exists():
        return
    if then.closes:
        close(thread, by=author)
    elif then.snoozes_hours:
        until = timezone.now() + timedelta(hours=then.snoozes_hours)
        snooze(thread, until=until, by=author)


def reopen_after(reply: Outgoing, *, by: User | None) -> None:
    """Reopen a thread that its author closed or snoozed with a reply that was not sent."""
    latest = _decided_since(reply).order_by("-pk").first()
    if reply.thread is None or latest is None or latest.by_id != reply.author_id:
        return
    if latest.verb in (Verb.CLOSED, Verb.SNOOZED):
        about = {"reply": str(reply.token)}
        fields = {"status": Status.OPEN, "snoozed_until": None}
        _decide_all([reply.thread], Decision(Verb.REOPENED, fields, about), by)


def _decided_since(reply: Outgoing) -> QuerySet[Event]:
    """Events that opened, closed or snoozed the thread since the reply was last queued."""
    verbs = next(kind for kind in KINDS if Verb.CLOSED in kind)
    return Event.objects.filter(thread=reply.thread, verb__in=verbs, at__gte=reply.queued_at)


def hear(pks: Iterable[int]) -> None:
    """A message arrived on these threads: reopen closed ones and end snoozes."""
    settled = Thread.objects.filter(pk__in=list(pks)).exclude(
        status=Status.OPEN, snoozed_until=None
    )
    threads = list(settled.defer("search"))
    reopen_all([one for one in threads if one.status == Status.CLOSED], by=None)
    wake_all([one for one in threads if one.status != Status.CLOSED], by=None)


@transaction.atomic
def wake_sleepers() -> None:
    """Record the end of snoozes that have expired; the queues already show these threads."""
    asleep = Thread.objects.filter(status=Status.OPEN, snoozed_until__lte=timezone.now())
    threads = list(asleep.defer("search").order_by("snoozed_until")[:WOKEN_AT_ONCE])
    rows = _lock(threads)
    wake_all([one for one in threads if _is_over(rows[one.pk].snoozed_until)], by=None)


def _is_over(until: datetime | None) -> bool:
    """False if the thread was snoozed again meanwhile."""
    return until is not None and until <= timezone.now()


# -- rows of it -----------------------------------------------------------


def _lock(threads: Sequence[Thread]) -> dict[int, Thread]:
    """The current rows by pk, locked until the transaction ends."""
    rows = Thread.objects.select_for_update(no_key=True).order_by("pk")
    return rows.only("assignee", "status", "snoozed_until").in_bulk([one.pk for one in threads])


def _decide_all(threads: Sequence[Thread], decision: Decision, by: User | None) -> dict[int, Done]:
    return _decide([(one, decision) for one in threads], by)


@transaction.atomic
def _decide(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> dict[int, Done]:
    """Store decisions about the same fields, in the rows and in the instances.

    Returns the changes by thread pk, without threads that had these values already.
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
    if not changed:
        return {}
    names = list(changed[0][1].fields)
    Thread.objects.bulk_update([thread for thread, _decision in changed], names)
    events = _record_all(changed, by)
    return {pk: replace(one, event=events[pk]) for pk, one in done.items()}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": until.isoformat()} if until else fields


def _record_all(decisions: Sequence[tuple[Thread, Decision]], by: User | None) -> dict[int, int]:
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
