"""Assign threads to users.

Functions for several threads return the changes by the pk of the thread.
"""

from collections.abc import Sequence

from django.db import transaction

from inbox.models import Event, Outgoing, Thread, User
from inbox.services.people import notifications
from inbox.services.triage.changes import Change, Decision, decide_alike, lock_threads

Verb = Event.Verb


def assign_thread(thread: Thread, *, to: User | None, by: User | None) -> Change | None:
    return assign_threads([thread], to=to, by=by).get(thread.pk)


@transaction.atomic
def assign_threads(
    threads: Sequence[Thread], *, to: User | None, by: User | None
) -> dict[int, Change]:
    verb = Verb.ASSIGNED if to else Verb.UNASSIGNED
    pk = to.pk if to else None
    decision = Decision(verb, {"assignee_id": pk}, {"to": pk} if to else {})
    changes = decide_alike(threads, decision, by)
    if changes and to:
        notifications.notify_assigned([one for one in threads if one.pk in changes], to, by=by)
    return changes


def assign_to_replier(reply: Outgoing) -> None:
    """Assign an unassigned thread to its replier, if the marketplace is set so."""
    thread, author = reply.thread, reply.author
    if not (thread and author and reply.marketplace.assigns_on_reply):
        return
    if lock_threads([thread])[thread.pk].assignee_id is None:
        assign_thread(thread, to=author, by=author)
