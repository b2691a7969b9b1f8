"""What the desk decides about a thread: whose it is, what it is called, when it is done or sleeps.

Each change is made once, whoever else makes it at the same time, and is recorded with it. What it
has changed is handed back, for an Undo that leaves alone what somebody else has decided since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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


@transaction.atomic
def assign(thread: Thread, *, to: User | None, by: User | None) -> Done | None:
    about = {"to": to.pk} if to else {}
    verb = Verb.ASSIGNED if to else Verb.UNASSIGNED
    done = _change(thread, verb, by, {"assignee_id": to.pk if to else None}, **about)
    if done and to:
        notify.assigned(thread, to, by=by)
    return done


@transaction.atomic
def close(thread: Thread, *, by: User) -> Done | None:
    """A closed one does not sleep: what comes in opens it."""
    return _change(thread, Verb.CLOSED, by, {"status": Status.CLOSED, "snoozed_until": None})


@transaction.atomic
def reopen(thread: Thread, *, by: User | None) -> Done | None:
    """It is open and awake."""
    return _change(thread, Verb.REOPENED, by, {"status": Status.OPEN, "snoozed_until": None})


@transaction.atomic
def snooze(thread: Thread, *, until: datetime, by: User) -> Done | None:
    """What is closed does not sleep."""
    if _locked(thread)["status"] == Status.CLOSED:
        return None
    about = {"until": until.isoformat()}
    return _change(thread, Verb.SNOOZED, by, {"snoozed_until": until}, **about)


@transaction.atomic
def wake(thread: Thread, *, by: User | None) -> Done | None:
    return _change(thread, Verb.WOKEN, by, {"snoozed_until": None})


@transaction.atomic
def tag(thread: Thread, tag: Tag, *, by: User) -> Done | None:
    _row, is_new = Thread.tags.through.objects.get_or_create(thread_id=thread.pk, tag_id=tag.pk)
    if not is_new:
        return None
    _record(Verb.TAGGED, thread, by, tag=tag.pk)
    return Done(Verb.TAGGED, {"tag": tag.pk, "had": False}, {"tag": tag.pk, "had": True})


@transaction.atomic
def untag(thread: Thread, tag: Tag, *, by: User) -> Done | None:
    gone, _rows = Thread.tags.through.objects.filter(thread_id=thread.pk, tag_id=tag.pk).delete()
    if not gone:
        return None
    _record(Verb.UNTAGGED, thread, by, tag=tag.pk)
    return Done(Verb.UNTAGGED, {"tag": tag.pk, "had": True}, {"tag": tag.pk, "had": False})


# -- undone ---------------------------------------------------------------


@transaction.atomic
def undo(thread: Thread, done: Done, *, by: User) -> Done | None:
    """As it was before, unless somebody has decided otherwise since."""
    if "tag" in done.before:
        label = Tag.objects.filter(pk=done.before["tag"]).first()
        if label is None:
            return None
        return tag(thread, label, by=by) if done.before["had"] else untag(thread, label, by=by)
    before, after = _read(done.before), _read(done.after)
    found = _locked(thread)
    if any(found[name] != value for name, value in after.items()):
        return None
    return _change(thread, _verb_to(before), by, before, **_about(before))


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields that have travelled as JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": datetime.fromisoformat(until)} if until else fields


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
    if _locked(thread)["assignee_id"] is None:
        assign(thread, to=author, by=author)


def reopen_after(reply: Reply, *, by: User) -> None:
    """What was closed or put to sleep with a reply that is taken back still waits for one."""
    done = Event.objects.filter(thread=reply.thread, by=reply.author, at__gte=reply.created_at)
    if reply.thread and done.filter(verb__in=[Verb.CLOSED, Verb.SNOOZED]).exists():
        reopen(reply.thread, by=by)


def hear(pks: Iterable[int]) -> None:
    """Somebody has written on these: what was closed is open again, and nothing sleeps on."""
    settled = Thread.objects.filter(pk__in=list(pks)).select_related("marketplace")
    settled = settled.exclude(status=Status.OPEN, snoozed_until=None).order_by("pk")
    for thread in settled.defer("search"):
        if thread.status == Status.CLOSED:
            reopen(thread, by=None)
        else:
            wake(thread, by=None)


def wake_sleepers() -> None:
    """Write down that those whose time has come are awake; the queues knew it before."""
    due = Thread.objects.filter(status=Status.OPEN, snoozed_until__lte=timezone.now())
    due = due.select_related("marketplace")
    for thread in due.defer("search").order_by("snoozed_until")[:WOKEN_AT_ONCE]:
        _wake_in_time(thread)


@transaction.atomic
def _wake_in_time(thread: Thread) -> None:
    """Unless somebody has sent it back to sleep meanwhile."""
    until = _locked(thread)["snoozed_until"]
    if until and until <= timezone.now():
        wake(thread, by=None)


# -- a row of it ----------------------------------------------------------


def _locked(thread: Thread) -> dict[str, Any]:
    rows = Thread.objects.select_for_update(no_key=True).filter(pk=thread.pk)
    return dict(rows.values("assignee_id", "status", "snoozed_until").get())


def _change(
    thread: Thread, verb: str, by: User | None, fields: dict[str, Any], **about: Any
) -> Done | None:
    """Make it so, in the row and in hand; None where it was so already."""
    found = _locked(thread)
    before = {name: found[name] for name in fields}
    for name, value in fields.items():
        setattr(thread, name, value)
    if before == fields:
        return None
    Thread.objects.filter(pk=thread.pk).update(**fields)
    _record(verb, thread, by, **about)
    return Done(verb, _plain(before), _plain(fields))


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As JSON."""
    until = fields.get("snoozed_until")
    return {**fields, "snoozed_until": until.isoformat()} if until else fields


def _record(verb: str, thread: Thread, by: User | None, **about: object) -> None:
    Event.record(verb, marketplace=thread.marketplace, thread=thread, by=by, **about)
