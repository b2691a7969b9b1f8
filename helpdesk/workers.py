"""Heartbeats of workers in Redis, and the length of the task queue."""

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
# Three missed heartbeats.
SILENT_AFTER = 35
# How long a silent worker is shown.
FORGOTTEN_AFTER = 600

KEY = "helpdesk:workers"
# Seconds by which each worker's clock is ahead of Redis' clock.
CLOCKS = "helpdesk:workers:clocks"
QUEUE = "celery"


@dataclass(frozen=True)
class Worker:
    name: str
    pid: int
    started_at: float  # as time.time()


# Built once: two threads that build one at the same time crash the process.
WORKER = msgspec.json.Decoder(Worker)


@dataclass(frozen=True)
class Heartbeat:
    worker: Worker
    age: float  # seconds
    clock_ahead: float = 0.0  # Redis' clock in seconds

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
    """Removes the heartbeat of a stopping worker."""
    client().zrem(KEY, _member(worker))
    client().hdel(CLOCKS, _member(worker))


def heard() -> list[Heartbeat]:
    """Returns living workers and those silent for some minutes, by name."""
    now, clocks = redis_time(), client().hgetall(CLOCKS)
    stamps: list[tuple[str, float]] = client().zrange(KEY, 0, -1, withscores=True)
    beats = [
        Heartbeat(worker, max(0, now - at), _seconds(clocks.get(member, "0")))
        for member, at in stamps
        if (worker := _worker(member))
    ]
    return sorted(beats, key=lambda one: (one.worker.name, one.worker.pid))


def _worker(member: str) -> Worker | None:
    """Returns None for a value that no worker has written."""
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
    """Returns the number of tasks that no worker has taken."""
    return int(client().llen(QUEUE))


def redis_time() -> float:
    """Returns Redis' clock, which workers and web processes share, as time.time()."""
    seconds, microseconds = client().time()
    return float(seconds + microseconds / 1_000_000)


@cache
def client() -> Any:  # redis-py cannot say that its answers are decoded
    """Has short time-outs: a page waits for it, or a worker's other timers."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, encoding_errors="replace", **QUICK
    )


def _member(worker: Worker) -> str:
    return json.dumps(asdict(worker))
