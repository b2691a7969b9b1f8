"""Pages by key, never by offset: a page deep in a million threads costs what the first does."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

if TYPE_CHECKING:
    from inbox.models.threads import Thread


@dataclass(frozen=True)
class Cursor:
    """The sort key of the last row of a page, as it travels in the address."""

    due_at: datetime | None
    last_message_at: datetime
    pk: int

    @classmethod
    def of(cls, thread: "Thread") -> Self:
        return cls(thread.due_at, thread.last_message_at, thread.pk)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for anything that is not a cursor: the list then begins at its top."""
        try:
            due, last, pk = text.split("~")
            due_at = datetime.fromisoformat(due) if due else None
            cursor = cls(due_at, datetime.fromisoformat(last), int(pk))
        except ValueError:
            return None
        moments = [cursor.last_message_at, *([due_at] if due_at else [])]
        return cursor if all(moment.tzinfo for moment in moments) else None

    def __str__(self) -> str:
        due = self.due_at.isoformat() if self.due_at else ""
        return f"{due}~{self.last_message_at.isoformat()}~{self.pk}"

    # Each begins with a bound that an index can start at: an OR alone is a filter to PostgreSQL,
    # and a page deep down then costs all that lies above it.

    def after_by_newest(self) -> Q:
        later = Q(last_message_at__lt=self.last_message_at) | Q(pk__lt=self.pk)
        return Q(last_message_at__lte=self.last_message_at) & later

    def after_by_oldest(self) -> Q:
        later = Q(last_message_at__gt=self.last_message_at) | Q(pk__gt=self.pk)
        return Q(last_message_at__gte=self.last_message_at) & later

    def after_by_deadline(self) -> Q:
        """Without those that have no deadline, which follow it, as long as there is one."""
        if self.due_at is None:
            return Q(due_at__isnull=True) & self.after_by_newest()
        # What is to be left out, not an OR of what follows: to PostgreSQL's estimates the bound and
        # an OR within it are two rare things, and it would fetch and sort all that lies below.
        before = Q(last_message_at__gt=self.last_message_at)
        before |= Q(last_message_at=self.last_message_at, pk__gte=self.pk)
        return Q(due_at__gte=self.due_at) & ~(Q(due_at=self.due_at) & before)
