"""Keyset pagination: a page deep in a million threads costs as much as the first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

if TYPE_CHECKING:
    from inbox.models.drafts import Draft
    from inbox.models.light_rows import LightThread
    from inbox.models.threads import Thread


def parse_moment(text: str) -> datetime:
    """A moment in UTC. Raises ValueError for a text without a time zone, or outside the calendar.

    The first and the last day exist in some time zones only: PostgreSQL refuses them.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("It has no time zone.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("It is outside the calendar.") from error


# The parts of a list by deadline, in order.
COUNTING, WITHOUT, HISTORICAL = range(3)


@dataclass(frozen=True)
class Cursor:
    """The sort key of a page's last row, as it appears in the URL."""

    due_at: datetime | None
    last_message_at: datetime
    pk: int

    @classmethod
    def from_thread(cls, thread: "Thread | LightThread") -> Self:
        return cls(thread.due_at, thread.last_message_at, thread.pk)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for an invalid cursor: the list then begins at its top."""
        try:
            due, last, pk = text.split("~")
            return cls(parse_moment(due) if due else None, parse_moment(last), int(pk))
        except ValueError:
            return None

    def __str__(self) -> str:
        due = self.due_at.isoformat() if self.due_at else ""
        return f"{due}~{self.last_message_at.isoformat()}~{self.pk}"

    def part(self, since: datetime) -> int:
        """Its part of a list by deadline; a deadline up to `since` is historical."""
        if self.due_at is None:
            return WITHOUT
        return COUNTING if self.due_at > since else HISTORICAL

    # Each condition begins with a bound for an index scan: PostgreSQL takes a lone OR for a filter,
    # and a page deep down then costs as much as all rows above it. Then it excludes rows: an OR of
    # those that follow may be looked up in two indexes, and all rows below be fetched and sorted.

    def after_by_newest(self) -> Q:
        before = Q(last_message_at=self.last_message_at, pk__gte=self.pk)
        return Q(last_message_at__lte=self.last_message_at) & ~before

    def after_by_oldest(self) -> Q:
        before = Q(last_message_at=self.last_message_at, pk__lte=self.pk)
        return Q(last_message_at__gte=self.last_message_at) & ~before

    def after_by_deadline(self) -> Q:
        """The rows that follow: for a cursor with a deadline, only those with one."""
        if self.due_at is None:
            return Q(due_at__isnull=True) & self.after_by_newest()
        before = Q(last_message_at__gt=self.last_message_at)
        before |= Q(last_message_at=self.last_message_at, pk__gte=self.pk)
        return Q(due_at__gte=self.due_at) & ~(Q(due_at=self.due_at) & before)

    def before_by_deadline(self) -> Q:
        """Rows with a deadline before this one's, which has one."""
        later = Q(last_message_at__lt=self.last_message_at)
        later |= Q(last_message_at=self.last_message_at, pk__lte=self.pk)
        return Q(due_at__lte=self.due_at) & ~(Q(due_at=self.due_at) & later)


@dataclass(frozen=True)
class DraftCursor:
    """A draft's place in the list of drafts."""

    saved_at: datetime
    pk: int

    @classmethod
    def from_draft(cls, draft: "Draft") -> Self:
        return cls(draft.saved_at, draft.pk)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for an invalid cursor: the list then begins at its top."""
        try:
            saved_at, pk = text.split("~")
            return cls(parse_moment(saved_at), int(pk))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.saved_at.isoformat()}~{self.pk}"

    def after_by_newest(self) -> Q:
        older = Q(saved_at__lt=self.saved_at) | Q(pk__lt=self.pk)
        return Q(saved_at__lte=self.saved_at) & older
