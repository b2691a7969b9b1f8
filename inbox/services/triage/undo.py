"""Undo changes of threads, unless a later decision was made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Max

from inbox.models import Event, Tag, Thread, User
from inbox.models.columns import Columns
from inbox.services.triage.changes import (
    KINDS,
    Change,
    Decision,
    ThreadFields,
    decide,
    lock_threads,
)
from inbox.services.triage.tags import tag_threads, untag_threads

Status, Verb = Thread.Status, Event.Verb


def undo_change(thread: Thread, change: Change, *, by: User) -> Change | None:
    return undo_changes([(thread, change)], by=by).get(thread.pk)


@transaction.atomic
def undo_changes(changes: Sequence[tuple[Thread, Change]], *, by: User) -> dict[int, Change]:
    """Restore each thread's values from before, unless a later decision was made.

    Setting the same value again is a later decision too. All changes must be of one kind: fields of
    the same names, or one tag added or removed.
    """
    if not changes:
        return {}
    lock_threads([thread for thread, _change in changes])
    latest = _find_latest_events([thread for thread, _change in changes], changes[0][1])
    standing = [one for one in changes if latest.get(one[0].pk) == one[1].event]
    if "tag" in changes[0][1].before:
        return _undo_tag(standing, by)
    return decide(
        [(thread, _decision_for(_fields_from(change.before))) for thread, change in standing], by
    )


def _find_latest_events(threads: Sequence[Thread], change: Change) -> dict[int, int]:
    """The latest event of this change's kind on each thread."""
    verbs = next(kind for kind in KINDS if change.verb in kind)
    events = Event.objects.filter(thread__in=threads, verb__in=verbs)
    if "tag" in change.before:
        events = events.filter(about__tag=change.before["tag"])
    return dict(events.order_by().values_list("thread").annotate(Max("pk")))


def _undo_tag(changes: Sequence[tuple[Thread, Change]], by: User) -> dict[int, Change]:
    tag = Tag.objects.filter(pk=changes[0][1].before["tag"]).first() if changes else None
    if tag is None:
        return {}
    threads = [thread for thread, _change in changes]
    put_back = tag_threads if changes[0][1].before["had"] else untag_threads
    return put_back(threads, tag, by=by)


def _fields_from(fields: Columns) -> ThreadFields:
    """Field values restored from JSON."""
    restored = cast(ThreadFields, dict(fields))
    if until := fields.get("snoozed_until"):
        restored["snoozed_until"] = datetime.fromisoformat(until)
    return restored


def _decision_for(fields: ThreadFields) -> Decision:
    return Decision(_verb_for(fields), fields, _about_fields(fields))


def _verb_for(fields: ThreadFields) -> str:
    if "assignee_id" in fields:
        return Verb.ASSIGNED if fields["assignee_id"] else Verb.UNASSIGNED
    if fields.get("status") == Status.CLOSED:
        return Verb.CLOSED
    if fields["snoozed_until"]:
        return Verb.SNOOZED
    return Verb.REOPENED if "status" in fields else Verb.UNSNOOZED


def _about_fields(fields: ThreadFields) -> Mapping[str, int | str]:
    if assignee := fields.get("assignee_id"):
        return {"to": assignee}
    until = fields.get("snoozed_until")
    return {"until": until.isoformat()} if until else {}
