"""Resolutions as rows, from the messages and events that are stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from inbox.models import Event, Marketplace, Resolution, Thread
from inbox.models.prepared import prepared
from inbox.services.insight.settling import (
    Settlement,
    StatusChange,
    Talk,
    find_closings,
    find_quiet_answers,
)
from inbox.services.insight.stored_messages import is_history, read_messages
from inbox.services.insight.waits import SentMessage

CLOSED, QUIET = Resolution.Kind.CLOSED, Resolution.Kind.QUIET
KEY = ["thread", "kind", "resolved_at"]
COMPARED = ["begun_at", "by_id", "replies", "messages", "followed_at", "was_thanked"]
WRITTEN = [name.removesuffix("_id") for name in COMPARED]

Key = tuple[int, str, datetime]


def store_closings(pks: Collection[int]) -> None:
    """After these threads were closed or reopened."""
    rows = Thread.objects.filter(pk__in=pks).select_related("marketplace")
    by_marketplace = defaultdict[Marketplace, list[Thread]](list)
    for one in rows.only("is_thanks", "marketplace__role", "marketplace__connected_at"):
        by_marketplace[one.marketplace].append(one)
    messages, _now = read_messages(list(pks))
    changes = defaultdict[int, list[StatusChange]](list)
    for thread, verb, at, by in _status_events(threads=list(pks)):
        changes[thread].append(StatusChange(at, verb == Event.Verb.CLOSED, by))
    for marketplace, threads in by_marketplace.items():
        store(marketplace, threads, messages, changes)


def store(
    marketplace: Marketplace,
    threads: Collection[Thread],
    messages: Mapping[int, list[SentMessage]],
    changes: Mapping[int, Sequence[StatusChange]] | None = None,
) -> None:
    """Make the resolutions of these threads what their messages and events say.

    Without `changes`, the closings are those that are stored already.
    """
    if marketplace.is_storefront:
        return
    pks = [one.pk for one in threads]
    known = {_key(one): one for one in _known(threads=pks)}
    if changes is None:
        changes = _stored_closings(known.values())
    found = [
        one
        for thread in threads
        for one in _build(marketplace, thread, messages.get(thread.pk, []), changes, known)
    ]
    changed = [one for one in found if _has_changed(one, known.get(_key(one)))]
    Resolution.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=KEY, update_fields=WRITTEN
    )
    if gone := known.keys() - {_key(one) for one in found}:
        Resolution.objects.filter(pk__in=[known[key].pk for key in gone]).delete()


@prepared
def _known(*, threads: list[int]) -> QuerySet[Resolution]:
    return Resolution.objects.filter(thread__in=threads)


@prepared
def _status_events(*, threads: list[int]) -> QuerySet[Event, tuple[Any, ...]]:
    verbs = [Event.Verb.CLOSED, Event.Verb.REOPENED]
    rows = Event.objects.filter(thread__in=threads, verb__in=verbs).order_by("at", "pk")
    return rows.values_list("thread", "verb", "at", "by")


def _stored_closings(rows: Iterable[Resolution]) -> dict[int, list[StatusChange]]:
    found = defaultdict[int, list[StatusChange]](list)
    for one in sorted(rows, key=lambda row: row.resolved_at):
        if one.kind == CLOSED:
            found[one.thread_id].append(
                StatusChange(one.resolved_at, is_closing=True, by=one.by_id)
            )
    return found


def _build(
    marketplace: Marketplace,
    thread: Thread,
    messages: Sequence[SentMessage],
    changes: Mapping[int, Sequence[StatusChange]],
    known: Mapping[Key, Resolution],
) -> Iterator[Resolution]:
    ours = marketplace.our_side
    in_order = sorted(messages, key=lambda one: (one.at, one.side == ours, one.id))
    before = [one for key, one in known.items() if key[0] == thread.pk]
    talk = Talk(in_order, ours, _thanks(thread, in_order, before, ours))
    for found in find_closings(talk, changes.get(thread.pk, [])):
        yield _row(marketplace, thread, CLOSED, found)
    seen_at = {one.at: one.seen_at for one in in_order}
    for found in find_quiet_answers(talk):
        begun_at = found.begun_at
        if begun_at and not is_history(marketplace, begun_at, seen_at[begun_at]):
            yield _row(marketplace, thread, QUIET, found)


def _thanks(
    thread: Thread, messages: Sequence[SentMessage], before: Sequence[Resolution], ours: str
) -> set[str]:
    """The last message, if it only thanks, and those that were the last one once."""
    theirs = [one for one in messages if one.side != ours]
    found = {theirs[-1].id} if thread.is_thanks and theirs else set[str]()
    for one in before:
        if one.was_thanked:
            found |= {next((other.id for other in theirs if other.at > one.resolved_at), "")}
    return found


def _row(marketplace: Marketplace, thread: Thread, kind: str, found: Settlement) -> Resolution:
    return Resolution(
        marketplace=marketplace,
        thread=thread,
        kind=kind,
        begun_at=found.begun_at,
        resolved_at=found.resolved_at,
        by_id=found.by,
        replies=found.replies,
        messages=found.messages,
        followed_at=found.followed_at,
        was_thanked=found.was_thanked,
    )


def _has_changed(one: Resolution, before: Resolution | None) -> bool:
    return before is None or any(getattr(one, name) != getattr(before, name) for name in COMPARED)


def _key(one: Resolution) -> Key:
    return one.thread_id, one.kind, one.resolved_at
