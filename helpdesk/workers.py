"""Which workers live, and what waits for them: each stamps itself into Redis while it runs."""

import json
import os
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import msgspec
import redis
from django.conf import settings

from helpdesk.cache import QUICK

BEAT_SECONDS = 10
# Three beats in a row were missed.
SILENT_AFTER = 35
# Long enough to be seen by somebody, and not for ever.
FORGOTTEN_AFTER = 600

KEY = "helpdesk:workers"
# Of each, the seconds by which its clock is ahead of Redis'.
CLOCKS = "helpdesk:workers:clocks"
QUEUE = "celery"


@dataclass(frozen=True)
class Worker:
    name: str
    pid: int
    started_at: float  # as time.time()


# Built once: two threads that build one together crash the process.
WORKER = msgspec.json.Decoder(Worker)


@dataclass(frozen=True)
class Heartbeat:
    worker: Worker
    age: float  # seconds
    clock_ahead: float = 0.0  # of Redis' clock, in seconds

    @property
    def is_silent(self) -> bool:
        return self.age > SILENT_AFTER


def myself(name: str) -> Worker:
    return Worker(name, os.getpid(), time.time())


def beat(worker: Worker) -> None:
    now = redis_time()
    with client().pipeline() as commands:
        commands.zadd(KEY, {_member(worker): now})
        commands.hset(CLOCKS, _member(worker), time.time() - now)
        commands.expire(CLOCKS, FORGOTTEN_AFTER)
        commands.zremrangebyscore(KEY, 0, now - FORGOTTEN_AFTER)
        commands.expire(KEY, FORGOTTEN_AFTER)
        commands.execute()


def leave(worker: Worker) -> None:
    """It was told to stop: nobody needs to look for it."""
    client().zrem(KEY, _member(worker))
    client().hdel(CLOCKS, _member(worker))


def heard() -> list[Heartbeat]:
    """Of all that live, and of those that fell silent within the last minutes; by name."""
    now, clocks = redis_time(), client().hgetall(CLOCKS)
    stamps: list[tuple[str, float]] = client().zrange(KEY, 0, -1, withscores=True)
    beats = [
        Heartbeat(worker, max(0, now - at), _seconds(clocks.get(member, "0")))
        for member, at in stamps
        if (worker := _worker(member))
    ]
    return sorted(beats, key=lambda one: (one.worker.name, one.worker.pid))


def _worker(member: str) -> Worker | None:
    """None for what no worker has written."""
    try:
        return WORKER.decode(member)
    except (msgspec.DecodeError, RecursionError):
        return None


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def queue_length() -> int:
    """Tasks that no worker has taken yet."""
    return int(client().llen(QUEUE))


def redis_time() -> float:
    """The clock that all workers and web processes share here, as time.time()."""
    seconds, microseconds = client().time()
    return float(seconds + microseconds / 1_000_000)


@cache
def client() -> Any:  # redis-py cannot say that its answers are decoded
    """Quick to give up: its callers show a page or keep a worker's other clocks waiting."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, encoding_errors="replace", **QUICK
    )


def _member(worker: Worker) -> str:
    return json.dumps(asdict(worker))
