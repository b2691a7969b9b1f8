"""The chain of the audit log: its head, its check, and the deletion of its old beginning."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.db.models.functions import Now
from psycopg import Connection

from inbox.models import AuditEntry, AuditHead
from inbox.models.audit_triggers import payload
from inbox.services import audit
from inbox.services.ops import postgresql_tools

log = logging.getLogger(__name__)

BATCH = 20_000
# More problems are counted, not told.
SHOWN = 20


@dataclass(frozen=True)
class Head:
    """Number and hash of an entry: whoever has kept it outside can prove what came before."""

    number: int = 0
    hash: bytes = b""

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Raises ValueError if it is not `number:hash`."""
        number, _colon, digest = text.partition(":")
        return cls(int(number), bytes.fromhex(digest))

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


@dataclass(frozen=True)
class Verdict:
    """How many entries were checked, the newest of them, and what is wrong, by number."""

    checked: int
    head: Head
    problems: Sequence[str]


@dataclass(frozen=True)
class _Link:
    number: int
    previous: bytes
    hash: bytes
    computed: bytes


def head() -> Head:
    found = AuditHead.objects.first()
    return Head(found.number, bytes(found.hash)) if found else Head()


def tell_head() -> None:
    """Tell the head in the log: whoever deletes the newest entries cannot change it there."""
    log.info("audit log: head %s", head())


def read_head(connection: Connection[Any]) -> Head:
    """As that connection's transaction sees it."""
    found = connection.execute("SELECT number, hash FROM inbox_audithead").fetchone()
    return Head(found[0], bytes(found[1])) if found else Head()


# -- checking ---------------------------------------------------------------


def verify(*, since: int = 0, known: Head | None = None) -> Verdict:
    """Check the entries after number `since`, and that the chain still has the `known` head."""
    with postgresql_tools.connect() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _Check(connection, known).run(since)


class _Check:
    """Reads the chain once from the oldest entry to the newest, a batch at a time."""

    def __init__(self, connection: Connection[Any], known: Head | None) -> None:
        self._connection, self._known = connection, known
        self._problems: list[str] = []
        self._checked = 0

    def run(self, since: int) -> Verdict:
        last = self._beginning(since)
        for link in self._links(last.number):
            self._compare(last, link)
            self._checked += 1
            last = Head(link.number, link.hash)
        self._compare_head(last)
        if unsealed := self._ask("SELECT count(*) FROM inbox_auditentry WHERE number IS NULL"):
            self._tell(f"{unsealed} entries were added past the chain.")
        return Verdict(self._checked, last, self._problems)

    def _beginning(self, since: int) -> Head:
        """The entry to start after. One that is missing must have been deleted by retention."""
        found = self._connection.execute(
            "SELECT number, hash FROM inbox_auditentry WHERE number = %s", [since]
        ).fetchone()
        if found:
            return Head(found[0], bytes(found[1]))
        first = self._connection.execute(
            "SELECT number, previous_hash FROM inbox_auditentry WHERE number > %s"
            " ORDER BY number LIMIT 1",
            [since],
        ).fetchone()
        if first is None or first[0] == since + 1 == 1:
            return Head(since)
        before = Head(first[0] - 1, bytes(first[1]))
        if not self._is_cut(before):
            self._tell(f"Entries {since + 1} to {before.number} are missing.")
        return before

    def _is_cut(self, before: Head) -> bool:
        """Whether retention recorded that it deletes this entry and all before it."""
        cut = self._connection.execute(
            "SELECT (details->>'through')::bigint, details->>'hash' FROM inbox_auditentry"
            " WHERE kind = 'cut' ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if cut is None:
            return False
        # A deletion that was cut off goes on later.
        return bool(cut[0] > before.number or cut == (before.number, before.hash.hex()))

    def _links(self, after: int) -> Iterator[_Link]:
        query = (
            f"SELECT number, previous_hash, hash, sha256({payload('number', 'previous_hash')})"  # noqa: S608
            " FROM inbox_auditentry WHERE number > %s ORDER BY number LIMIT %s"
        )
        while rows := self._connection.execute(query, [after, BATCH]).fetchall():
            yield from (_Link(*row) for row in rows)
            after = rows[-1][0]

    def _compare(self, last: Head, link: _Link) -> None:
        if self._known and link.number == self._known.number and link.hash != self._known.hash:
            self._tell(f"Entry {link.number} is not the one whose hash was told before.")
        if link.number != last.number + 1:
            self._tell(f"Entries {last.number + 1} to {link.number - 1} are missing.")
        elif link.previous != last.hash:
            self._tell(f"Entry {link.number} does not follow entry {last.number}.")
        if link.computed != link.hash:
            self._tell(f"Entry {link.number} was changed.")

    def _compare_head(self, last: Head) -> None:
        stored = read_head(self._connection)
        newest = max([stored, *([self._known] if self._known else [])], key=lambda one: one.number)
        if newest.number > last.number:
            self._tell(f"Entries {last.number + 1} to {newest.number} are missing at the end.")
        elif stored != last:
            self._tell(f"The stored head is {stored}, the newest entry is {last}.")

    def _ask(self, query: str) -> int:
        found = self._connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def _tell(self, problem: str) -> None:
        if len(self._problems) < SHOWN:
            self._problems.append(problem)


# -- retention --------------------------------------------------------------


def cut() -> int:
    """Delete the entries older than AUDIT_DAYS, in steps. Returns how many.

    It is recorded before: a deletion that is cut off goes on the next time.
    """
    if not settings.AUDIT_DAYS:
        return 0
    kept = AuditEntry.objects.filter(at__gte=Now() - timedelta(days=settings.AUDIT_DAYS))
    oldest_kept = kept.aggregate(number=Min("number"))["number"]
    through = (oldest_kept or head().number + 1) - 1
    last = AuditEntry.objects.filter(number=through).first()
    if last is not None and last.hash:
        details = {"through": through, "hash": bytes(last.hash).hex()}
        audit.record(audit.Kind.CUT, details=details)
    count = 0
    while step := _delete_step(through):
        count += step
    return count


def _delete_step(through: int) -> int:
    steps = AuditEntry.objects.filter(number__lte=through).order_by("number")[:BATCH]
    deleted, _by_model = AuditEntry.objects.filter(pk__in=steps.values("pk")).delete()
    return deleted
