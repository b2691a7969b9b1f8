"""The desk's own health: its parts, its marketplaces, its outbox. For admins only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import RedisError

from helpdesk import storage, workers
from helpdesk.workers import Heartbeat
from inbox.models import Marketplace, Outgoing, Thread, User
from inbox.services import database_clock, failure_texts
from inbox.services.marketplaces import breaker, clock_drift, staffing
from inbox.services.ops import backups
from inbox.services.outbox import delivery, queue, transitions

# A worker or its sweep has long taken a reply by then.
STUCK_AFTER = timedelta(minutes=2)
# No more are listed one by one.
SHOWN = 100


@dataclass(frozen=True)
class Part:
    """The database or Redis. Without an answer `version` is empty."""

    version: str
    answers_in_ms: float

    @property
    def is_up(self) -> bool:
        return bool(self.version)


@dataclass(frozen=True)
class Disk:
    """Where files are staged. `free` is None for a bucket."""

    free: int | None
    is_low: bool


@dataclass(frozen=True)
class LastBackup:
    """The newest backup of `manage.py backup`. `age` is None if there is none."""

    age: timedelta | None

    @property
    def is_old(self) -> bool:
        return self.age is not None and self.age > backups.OLD_AFTER


@dataclass(frozen=True)
class ClockAhead:
    """Seconds by which the clock of one of the desk's hosts is ahead of the database's."""

    name: str
    seconds: float

    @property
    def is_off(self) -> bool:
        return clock_drift.is_off(self.seconds)


@dataclass(frozen=True)
class Machinery:
    database: Part
    redis: Part
    redis_may_drop: bool  # tasks, if its memory is full
    workers: list[Heartbeat]
    queue_length: int | None
    disk: Disk
    clocks: list[ClockAhead]

    @property
    def living(self) -> list[Heartbeat]:
        return [one for one in self.workers if not one.is_silent]


@dataclass(frozen=True)
class Connection:
    """A marketplace as admins see it."""

    marketplace: Marketplace
    circuit: str
    threads: int
    words: str
    cause: str  # how to fix it
    behind_for: timedelta | None  # None if the mirror is current
    clock_ahead: float | None  # seconds ahead of the database's; None if it has not answered today
    gap: str  # why nobody sees or gets its conversations

    @property
    def is_clock_off(self) -> bool:
        return self.clock_ahead is not None and clock_drift.is_off(self.clock_ahead)


@dataclass(frozen=True)
class Outbox:
    replies: list[Outgoing]  # oldest first
    total: int


# -- parts ----------------------------------------------------------------


def machinery() -> Machinery:
    free = storage.free_bytes()
    disk, database = Disk(free, storage.is_low(free)), _part(_database_version)
    try:
        beats, length = workers.heard(), workers.queue_length()
        ahead = _clocks(beats) if database.is_up else []
    except RedisError:
        return Machinery(database, Part("", 0), False, [], None, disk, [])
    redis = _part(_redis_version)
    return Machinery(database, redis, _redis_may_drop(), beats, length, disk, ahead)


def _clocks(beats: list[Heartbeat]) -> list[ClockAhead]:
    """Clocks of this process and of the workers, which compare theirs with Redis'."""
    web = clock_drift.measure_own_drift()
    redis = web - (time.time() - workers.redis_time())
    ahead = [ClockAhead(one.worker.name, one.clock_ahead + redis) for one in beats]
    return [ClockAhead(_("Web"), web), *ahead]


def _part(version: Callable[[], str]) -> Part:
    began = time.perf_counter()
    try:
        return Part(version(), (time.perf_counter() - began) * 1000)
    except (Error, RedisError):
        return Part("", 0)


def _database_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def _redis_version() -> str:
    return str(workers.client().info("server")["redis_version"])


def _redis_may_drop() -> bool:
    """Redis has a memory limit, and evicts keys instead of refusing new ones."""
    try:
        memory = workers.client().info("memory")
    except RedisError:
        return False
    has_limit = bool(memory.get("maxmemory"))
    return has_limit and memory.get("maxmemory_policy", "noeviction") != "noeviction"


def last_backup() -> LastBackup:
    return LastBackup(backups.age_of_newest())


# -- marketplaces ---------------------------------------------------------


def connections() -> list[Connection]:
    """All marketplaces: replies waiting for a disabled one are visible nowhere else."""
    counts = Thread.objects.order_by().values_list("marketplace").annotate(Count("pk"))
    threads = dict(counts)
    marketplaces = list(Marketplace.objects.all())
    ahead = clock_drift.list_marketplace_drifts(marketplaces)
    gaps, now = staffing.describe_gaps(marketplaces), database_clock.now()
    return [
        _connection(
            one,
            now,
            threads=threads.get(one.pk, 0),
            clock_ahead=ahead.get(one.pk),
            gap=gaps.get(one.pk, ""),
        )
        for one in marketplaces
    ]


def _connection(
    marketplace: Marketplace, now: datetime, *, threads: int, clock_ahead: float | None, gap: str
) -> Connection:
    state = marketplace.mirror
    since = state.failing_since
    return Connection(
        marketplace=marketplace,
        circuit=breaker.get_circuit(state, now),
        threads=threads,
        words=breaker.describe_failure(marketplace),
        cause=failure_texts.describe_kind(state.error_kind),
        behind_for=now - since if since else None,
        clock_ahead=clock_ahead,
        gap=gap,
    )


# -- the outbox -----------------------------------------------------------


def unsettled() -> Outbox:
    replies = Outgoing.objects.unsettled().select_related(
        "marketplace", "thread__marketplace", "author"
    )
    return Outbox(list(replies.order_by("created_at", "pk")[:SHOWN]), replies.count())


def stuck() -> tuple[int, datetime | None]:
    """How many replies are overdue to be sent, and since when the first one waits."""
    before = timezone.now() - STUCK_AFTER
    waiting = transitions.due_replies(before).filter(queued_at__lt=before)
    replies = waiting | transitions.abandoned_replies(before)
    oldest = replies.order_by("queued_at").values_list("queued_at", flat=True).first()
    return replies.count(), oldest


def why_stuck(parts: Machinery) -> str:
    """The reason, and what to do."""
    if not parts.redis.is_up:
        return _("Redis isn't responding, so workers can't be notified. Restart Redis.")
    if not parts.living:
        return _("No worker is running. Start one: celery -A helpdesk worker")
    return _("A worker is running but can't keep up. Check its log or start more workers.")


def retry(reply: Outgoing, by: User) -> Outgoing:
    """Send now, send again, or check at Mirakl if the outcome is unknown."""
    if reply.state == Outgoing.State.QUEUED:
        transitions.requeue(reply, by)
        return delivery.deliver(reply.pk)
    reply = queue.resend(reply, by)
    is_ready = reply.state == Outgoing.State.QUEUED and delivery.is_inline(reply)
    return delivery.deliver_row(reply) if is_ready else reply
