"""Changes of the last minutes, so that open pages can follow: ids and kinds, never a text.

Triggers write a row for each statement, in its transaction. A reader remembers a snapshot of
PostgreSQL and reads the rows of the transactions that have ended since: none is lost or seen twice,
whatever the order in which they end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, connection, models
from django.db.models import Func, TextField
from django.db.models.functions import Now
from django.utils import timezone

from inbox.models.marketplaces import Marketplace

# Rows are kept for longer than a reader may be away.
KEPT_FOR = timedelta(minutes=15)
AWAY_SECONDS = 600
# Seconds since the epoch, and a snapshot: "1790000000.730:735:731,733".
CURSOR = re.compile(r"(?P<at>[0-9]{1,12})\.(?P<snapshot>[0-9]{1,19}:[0-9]{1,19}:[0-9,]{0,4000})")
CURSOR_NOW = "extract(epoch FROM clock_timestamp())::bigint || '.' || pg_current_snapshot()::text"


if TYPE_CHECKING:
    _Number = models.BigIntegerField[int, int]
else:
    _Number = models.BigIntegerField


class TransactionId(_Number):
    """The transaction that wrote the row: PostgreSQL never gives a number twice."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CursorNow(Func):
    """The cursor of a reader who has read everything up to now."""

    template = f"({CURSOR_NOW})"
    output_field = TextField()


class LiveChange(models.Model):
    """Threads of a marketplace that one statement has changed, or a user whose own rows it has."""

    class Kind(models.TextChoices):
        CHANGED = "changed"  # somebody has done something
        ARRIVED = "arrived"  # new, or with a new message
        TROUBLE = "trouble"  # a reply failed, or its failure was resolved
        PRESENT = "present"  # somebody came, went, or began to type
        OWN = "own"  # the notifications of a user

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CHANGED)
    # No constraints: the rows outlive what was deleted.
    marketplace = models.ForeignKey(
        Marketplace,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # Empty if there are too many of them; 0 is a conversation that is about to begin.
    threads = ArrayField(models.BigIntegerField(), db_default=[])
    transaction = TransactionId(db_default=Func(function="pg_current_xact_id"), db_index=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.threads}"


@dataclass(frozen=True)
class Row:
    kind: str
    marketplace: int | None
    user: int | None
    threads: Sequence[int]


@dataclass(frozen=True)
class Difference:
    """The changes since a cursor, and the next cursor. `rows` is None if they are unknown."""

    cursor: str
    rows: list[Row] | None


READ = f"""
    SELECT {CURSOR_NOW}, kind, marketplace_id, user_id, threads
    FROM (SELECT %(snapshot)s::pg_snapshot AS known) reader
    LEFT JOIN inbox_livechange ON transaction >= pg_snapshot_xmin(known)
        AND NOT pg_visible_in_snapshot(transaction, known)
        AND transaction < pg_snapshot_xmax(pg_current_snapshot())
"""  # noqa: S608  no value of anybody's


def changes_since(cursor: str) -> Difference:
    """One statement. Without a valid cursor of the last minutes, `rows` is None."""
    known = CURSOR.fullmatch(cursor)
    if not known:
        return Difference(cursor_now(), None)
    try:
        with connection.cursor() as reader:
            reader.execute(READ, {"snapshot": known["snapshot"]})
            found = reader.fetchall()
    except DataError:
        # Numbers that are no snapshot of PostgreSQL's.
        return Difference(cursor_now(), None)
    now = found[0][0]
    if not 0 <= seconds_of(now) - seconds_of(cursor) <= AWAY_SECONDS:
        return Difference(now, None)
    return Difference(now, [Row(*values) for _now, *values in found if values[0]])


def cursor_now() -> str:
    with connection.cursor() as reader:
        reader.execute(f"SELECT {CURSOR_NOW}")
        return str(reader.fetchone()[0])


def seconds_of(cursor: str) -> int:
    return int(cursor.partition(".")[0])


def sweep() -> None:
    LiveChange.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
