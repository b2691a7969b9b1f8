"""What files of reports hold of each kind of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbox.models import Message, Outgoing, Resolution, Span, Thread, User
from inbox.models.codes import get_side

Cell = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """`cells` of a row are below `headings`; names of persons are left out unless asked for."""

    headings: Sequence[str]
    related: Sequence[str]
    columns: Sequence[str]
    cells: Callable[[Any, bool], Sequence[Cell]]


def moment(at: datetime | None) -> str:
    """ISO 8601 in UTC, with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""


def _name(person: User | None, has_persons: bool) -> str:
    return person.username if person and has_persons else ""


def _wait(span: Span, has_persons: bool) -> Sequence[Cell]:
    return (
        span.marketplace.slug,
        span.thread.mirakl_id,
        span.ordinal,
        span.asker,
        moment(span.asked_at),
        moment(span.ended_at),
        span.ended_by,
        _name(span.author, has_persons),
        span.seconds,
        span.working_seconds,
        moment(span.limit_at),
    )


def _message(message: Message, _has_persons: bool) -> Sequence[Cell]:
    return (
        message.marketplace.slug,
        message.thread.mirakl_id,
        message.mirakl_id,
        get_side(message.sender_type),
        moment(message.created_at),
        int(message.is_from_desk),
    )


def _conversation(thread: Thread, _has_persons: bool) -> Sequence[Cell]:
    return (
        thread.marketplace.slug,
        thread.mirakl_id,
        moment(thread.began_at),
        thread.began_by,
        moment(thread.last_message_at),
        thread.status,
    )


def _entry(reply: Outgoing, has_persons: bool) -> Sequence[Cell]:
    return (
        reply.marketplace.slug,
        reply.thread.mirakl_id if reply.thread else "",
        str(reply.token),
        reply.kind,
        _name(reply.author, has_persons),
        moment(reply.created_at),
        moment(reply.settled_at),
        reply.state,
        reply.canned.name if reply.canned else "",
        reply.canned_kept,
    )


def _resolution(one: Resolution, has_persons: bool) -> Sequence[Cell]:
    return (
        one.marketplace.slug,
        one.thread.mirakl_id,
        one.kind,
        moment(one.begun_at),
        moment(one.resolved_at),
        _name(one.by, has_persons),
        one.seconds,
        one.replies,
        one.messages,
        moment(one.followed_at),
        int(one.was_thanked),
    )


PLACE = ("marketplace__slug", "thread__mirakl_id")
SHEETS: Mapping[str, Sheet] = {
    "waits": Sheet(
        (
            *("marketplace", "thread", "ordinal", "asker", "asked_at", "ended_at", "ended_by"),
            *("author", "seconds", "working_seconds", "limit_at"),
        ),
        ("marketplace", "thread", "author"),
        (
            *(*PLACE, "author__username", "ordinal", "asker", "asked_at", "ended_at"),
            *("ended_by", "seconds", "working_seconds", "limit_at"),
        ),
        _wait,
    ),
    "messages": Sheet(
        ("marketplace", "thread", "message", "sender", "sent_at", "from_desk"),
        ("marketplace", "thread"),
        (*PLACE, "mirakl_id", "sender_type", "created_at", "is_from_desk"),
        _message,
    ),
    "conversations": Sheet(
        ("marketplace", "thread", "began_at", "began_by", "last_message_at", "status"),
        ("marketplace",),
        (
            *("marketplace__slug", "mirakl_id", "began_at", "began_by", "last_message_at"),
            "status",
        ),
        _conversation,
    ),
    "outbox": Sheet(
        (
            *("marketplace", "thread", "reply", "kind", "author", "created_at", "settled_at"),
            *("state", "canned_reply", "kept"),
        ),
        ("marketplace", "thread", "author", "canned"),
        (
            *(*PLACE, "author__username", "canned__name", "token", "kind", "created_at"),
            *("settled_at", "state", "canned_kept"),
        ),
        _entry,
    ),
    "resolutions": Sheet(
        (
            *("marketplace", "thread", "kind", "begun_at", "resolved_at", "closed_by", "seconds"),
            *("replies", "messages", "followed_at", "thanked"),
        ),
        ("marketplace", "thread", "by"),
        (
            *(*PLACE, "by__username", "kind", "begun_at", "resolved_at", "seconds", "replies"),
            *("messages", "followed_at", "was_thanked"),
        ),
        _resolution,
    ),
}
