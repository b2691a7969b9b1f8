"""Bulk changes: their progress, and the question before many conversations are closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Value, When
from django.utils.translation import ngettext

from inbox.models import BulkChange, Thread
from inbox.services.marketplaces import reasons
from inbox.services.triage.closing import OpenEnds

# Conversations that the question lists.
LISTED = 20


@dataclass(frozen=True)
class BulkPage:
    """`left` conversations are still to be changed, or to be undone."""

    change: BulkChange
    left: int
    back: str

    @property
    def reached(self) -> int:
        return self.change.total - self.left


@dataclass(frozen=True)
class ClosingRow:
    thread: Thread
    topic: str
    is_unsent: bool


@dataclass(frozen=True)
class BulkClosingPage:
    """How many of `total` still need a reply, how many have only an unsent text, and how many
    neither. `back` is the list they were chosen from."""

    rows: Sequence[ClosingRow]
    total: int
    counting: int
    unsent: int
    others: int
    back: str

    @property
    def question(self) -> str:
        return ngettext(
            "Close this conversation?", "Close these %(n)s conversations?", self.total
        ) % {"n": self.total}

    @property
    def unlisted(self) -> int:
        return self.total - len(self.rows)


def bulk_closing_page(pks: list[int], open_ends: OpenEnds, *, back: str) -> BulkClosingPage:
    return BulkClosingPage(
        _rows_of(pks, open_ends),
        total=len(pks),
        counting=len(open_ends.counting),
        unsent=len(open_ends.unsent - open_ends.counting),
        others=len(pks) - len(open_ends.pks),
        back=back,
    )


def _rows_of(pks: list[int], open_ends: OpenEnds) -> list[ClosingRow]:
    """The first threads: with a running clock by deadline, then with an unsent text."""
    rank = Case(
        When(pk__in=open_ends.counting, then=Value(0)),
        When(pk__in=open_ends.unsent, then=Value(1)),
        default=Value(2),
    )
    found = Thread.objects.filter(pk__in=pks).for_rows().order_by(rank, "due_at", "pk")
    threads = list(found[:LISTED])
    topics = reasons.find_topics(threads, silent={one.marketplace for one in threads})
    return [ClosingRow(one, topics[one.pk], one.pk in open_ends.unsent) for one in threads]
