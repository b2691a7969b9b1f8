"""Notifications: each event once, and only kinds the user has switched on."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from inbox.models import Marketplace, Note, Notification, Outgoing, Thread, User
from inbox.models.prepared import prepared

Kind = Notification.Kind


def notify_assigned(threads: Sequence[Thread], to: User, *, by: User | None) -> None:
    """Notify the new assignee, and mark the former assignees' notifications as read."""
    notices = Notification.objects.filter(thread__in=threads, kind=Kind.ASSIGNED, read_at=None)
    notices.update(read_at=timezone.now())
    if _wants_notice(to, Kind.ASSIGNED, by):
        Notification.objects.bulk_create(
            Notification(user=to, kind=Kind.ASSIGNED, thread=one, by=by) for one in threads
        )


def notify_mentioned(note: Note, users: Iterable[User]) -> None:
    for user in users:
        _notify(user, Kind.MENTIONED, note.thread, about=_about(note), by=note.author)


def delete_mentions(note: Note) -> None:
    """Delete the notifications of a note that was deleted."""
    _of(note.thread, Kind.MENTIONED).filter(about=_about(note)).delete()


def notify_failed(reply: Outgoing) -> None:
    """Notify the author of a reply that failed or is unconfirmed, once per attempt."""
    if reply.thread and reply.author:
        about = f"{reply.token} {reply.attempts}"
        _notify(reply.author, Kind.FAILED, reply.thread, about=about, reply=reply)


def mark_failure_read(reply: Outgoing) -> None:
    """Mark the notification of a failed reply as read: a user has acted on it."""
    notices = Notification.objects.filter(outgoing=reply, kind=Kind.FAILED)
    notices.unread().update(read_at=timezone.now())


def notify_near_deadlines() -> None:
    """Notify each assignee once per deadline, after the marketplace's alert time."""
    now = timezone.now()
    for marketplace in Marketplace.objects.filter(is_active=True):
        alert = now + marketplace.alert_before_for
        near = Thread.objects.filter(marketplace=marketplace, due_at__gt=now, due_at__lte=alert)
        near = near.filter(assignee__is_active=True, status=Thread.Status.OPEN)
        for thread in near.select_related("assignee").defer("search"):
            if thread.assignee and thread.due_at:
                about = thread.due_at.isoformat()
                _notify(thread.assignee, Kind.BREACHING, thread, about=about)


def mark_seen(threads: Sequence[Thread], user: User) -> None:
    """Mark the notifications of these threads as read: the user is looking at them."""
    unread = _unread(user=user.pk, threads=[thread.pk for thread in threads])
    if unread:
        Notification.objects.filter(pk__in=unread, read_at=None).update(read_at=timezone.now())


@prepared
def _unread(*, user: int, threads: list[int]) -> QuerySet[Notification, int]:
    notices = Notification.objects.filter(user=user, thread__in=threads, read_at=None)
    return notices.filter(kind__in=[Kind.ASSIGNED, Kind.BREACHING]).values_list("pk", flat=True)


def mark_outdated_read(user: User | None = None) -> None:
    """Mark outdated notifications as read, for one user or for all."""
    open_ones = Notification.objects.filter(read_at=None)
    if user:
        open_ones = open_ones.filter(user=user)
    holding = open_ones.unread().values("pk")
    open_ones.exclude(pk__in=holding).update(read_at=timezone.now())


def _about(note: Note) -> str:
    return f"note {note.pk}"


def _of(thread: Thread, kind: str) -> Any:
    return Notification.objects.filter(thread=thread, kind=kind)


def _wants_notice(user: User, kind: str, by: User | None) -> bool:
    """False for one's own actions and for kinds switched off."""
    return user != by and user.wants(kind)


def _notify(
    user: User,
    kind: str,
    thread: Thread,
    *,
    about: str,
    by: User | None = None,
    reply: Outgoing | None = None,
) -> None:
    if _wants_notice(user, kind, by):
        Notification.objects.get_or_create(
            user=user, kind=kind, thread=thread, about=about, defaults={"by": by, "outgoing": reply}
        )
