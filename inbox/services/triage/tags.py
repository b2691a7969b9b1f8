"""Add tags to threads, and remove them.

Functions for several threads return the changes by the pk of the thread.
"""

from collections.abc import Sequence

from django.db import transaction

from inbox.models import Event, Tag, Thread, User
from inbox.services.triage.changes import Change, Decision, lock_threads, record_events

Verb = Event.Verb


def tag_thread(thread: Thread, tag: Tag, *, by: User) -> Change | None:
    return tag_threads([thread], tag, by=by).get(thread.pk)


@transaction.atomic
def tag_threads(threads: Sequence[Thread], tag: Tag, *, by: User) -> dict[int, Change]:
    had = _find_tagged(threads, tag)
    new = [one for one in threads if one.pk not in had]
    row = Thread.tags.through
    row.objects.bulk_create([row(thread_id=one.pk, tag_id=tag.pk) for one in new])
    tag.marketplaces.add(*{one.marketplace_id for one in new})
    events = record_events([(one, Decision(Verb.TAGGED, {}, {"tag": tag.pk})) for one in new], by)
    return {pk: _tag_change(Verb.TAGGED, tag, event, had=False) for pk, event in events.items()}


def untag_thread(thread: Thread, tag: Tag, *, by: User) -> Change | None:
    return untag_threads([thread], tag, by=by).get(thread.pk)


@transaction.atomic
def untag_threads(threads: Sequence[Thread], tag: Tag, *, by: User) -> dict[int, Change]:
    had = _find_tagged(threads, tag)
    old = [one for one in threads if one.pk in had]
    Thread.tags.through.objects.filter(thread_id__in=had, tag_id=tag.pk).delete()
    events = record_events([(one, Decision(Verb.UNTAGGED, {}, {"tag": tag.pk})) for one in old], by)
    return {pk: _tag_change(Verb.UNTAGGED, tag, event, had=True) for pk, event in events.items()}


def _find_tagged(threads: Sequence[Thread], tag: Tag) -> set[int]:
    """The pks of threads with this tag. The threads stay locked until the transaction ends."""
    rows = Thread.tags.through.objects.filter(thread_id__in=lock_threads(threads), tag_id=tag.pk)
    return set(rows.values_list("thread_id", flat=True))


def _tag_change(verb: str, tag: Tag, event: int, *, had: bool) -> Change:
    return Change(verb, {"tag": tag.pk, "had": had}, {"tag": tag.pk, "had": not had}, event)
