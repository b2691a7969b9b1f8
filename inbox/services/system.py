"""How the desk itself is doing: its parts, its marketplaces, its outbox. For admins alone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import Error, connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import RedisError

from helpdesk import storage, workers
from helpdesk.workers import Heartbeat
from inbox.models import Marketplace, Reply, Thread
from inbox.services import causes, health, outbox, transitions

# By then a worker, or the sweep of one, has long come for it.
STUCK_AFTER = timedelta(minutes=2)
# More than this is not read one by one.
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
class Machinery:
    database: Part
    redis: Part
    redis_may_drop: bool  # tasks, where its memory is full
    workers: list[Heartbeat]
    queue_length: int | None
    disk: Disk

    @property
    def living(self) -> list[Heartbeat]:
        return [one for one in self.workers if not one.is_silent]


@dataclass(frozen=True)
class Connection:
    """A marketplace as an admin looks at it."""

    marketplace: Marketplace
    circuit: str
    threads: int
    words: str
    cause: str  # and how it could be put right
    behind_for: timedelta | None  # None where what we have is what there is


@dataclass(frozen=True)
class Outbox:
    replies: list[Reply]  # the oldest first
    total: int


# -- parts ----------------------------------------------------------------


def machinery() -> Machinery:
    free = storage.free_bytes()
    disk = Disk(free, storage.is_low(free))
    try:
        beats, length = workers.heard(), workers.queue_length()
    except RedisError:
        return Machinery(_part(_database_version), Part("", 0), False, [], None, disk)
    redis = _part(_redis_version)
    return Machinery(_part(_database_version), redis, _redis_may_drop(), beats, length, disk)


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
    """It has a limit, and makes room by dropping keys instead of refusing new ones."""
    try:
        memory = workers.client().info("memory")
    except RedisError:
        return False
    has_limit = bool(memory.get("maxmemory"))
    return has_limit and memory.get("maxmemory_policy", "noeviction") != "noeviction"


# -- marketplaces ---------------------------------------------------------


def connections() -> list[Connection]:
    """All there are: what waits for one that was switched off would be seen nowhere else."""
    counts = Thread.objects.order_by().values_list("marketplace").annotate(Count("pk"))
    threads = dict(counts)
    return [_connection(one, threads.get(one.pk, 0)) for one in Marketplace.objects.all()]


def _connection(marketplace: Marketplace, threads: int) -> Connection:
    since = marketplace.failing_since
    return Connection(
        marketplace=marketplace,
        circuit=health.circuit_of(marketplace),
        threads=threads,
        words=health.words_for(marketplace),
        cause=causes.in_words(marketplace.error_kind),
        behind_for=timezone.now() - since if since else None,
    )


# -- the outbox -----------------------------------------------------------


def unsettled() -> Outbox:
    replies = Reply.objects.unsettled().select_related(
        "marketplace", "thread__marketplace", "author"
    )
    return Outbox(list(replies.order_by("created_at", "pk")[:SHOWN]), replies.count())


def stuck() -> tuple[int, datetime | None]:
    """How many replies should have gone long ago, and since when the first of them waits."""
    before = timezone.now() - STUCK_AFTER
    waiting = transitions.due(before).filter(queued_at__lt=before)
    replies = waiting | transitions.abandoned(before)
    oldest = replies.order_by("queued_at").values_list("queued_at", flat=True).first()
    return replies.count(), oldest


def why_stuck(parts: Machinery) -> str:
    """In words, with what to do."""
    if not parts.redis.is_up:
        return _("Redis does not answer, so no worker can be told. Start it again.")
    if not parts.living:
        return _("No worker is running. Start one: celery -A helpdesk worker")
    return _("A worker runs, but does not get to them. Look at its log, or start more.")


def retry(reply: Reply, by: User) -> Reply:
    """Whatever brings it on: sent now, sent again, or looked for where that is not known."""
    if reply.state == Reply.State.QUEUED:
        transitions.requeue(reply, by)
        return outbox.deliver(reply.pk)
    reply = outbox.resend(reply, by)
    is_ready = reply.state == Reply.State.QUEUED and outbox.is_inline(reply)
    return outbox.deliver(reply.pk) if is_ready else reply
