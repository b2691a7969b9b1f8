"""The System page: the state of the desk's own parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from inbox.models import Outgoing
from inbox.pages.addresses import home_of
from inbox.services.ops import system
from inbox.services.people import sign_in


@dataclass(frozen=True)
class OutboxRow:
    """`home` is the page that shows the reply."""

    reply: Outgoing
    home: str


@dataclass(frozen=True)
class SystemPage:
    """`stuck` replies wait for a worker, the oldest since `stuck_since`; `done` is the reply that
    was just retried or discarded. `total` counts all replies of the outbox."""

    now: datetime
    parts: system.Machinery
    backup: system.LastBackup
    stuck: int
    stuck_since: datetime | None
    why_stuck: str
    connections: Sequence[system.Connection]
    rows: Sequence[OutboxRow]
    total: int
    done: Outgoing | None
    locks: Sequence[sign_in.Lock]


def system_page(done: Outgoing | None = None) -> SystemPage:
    parts, (stuck, since), outbox = system.machinery(), system.stuck(), system.unsettled()
    return SystemPage(
        now=timezone.localtime(),
        parts=parts,
        backup=system.last_backup(),
        stuck=stuck,
        stuck_since=since,
        why_stuck=system.why_stuck(parts) if stuck else "",
        connections=system.connections(),
        rows=[OutboxRow(one, home_of(one)) for one in outbox.replies],
        total=outbox.total,
        done=done,
        locks=sign_in.current_locks(),
    )
