"""Prometheus gauges of the current state: read from the database and Redis on each scrape."""

from collections.abc import Callable, Iterable, Iterator

from django.db import Error
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector
from redis import RedisError

from helpdesk import live, workers
from helpdesk.storage import free_bytes
from inbox.models import Marketplace, Outgoing
from inbox.services import database_clock
from inbox.services.marketplaces import breaker
from inbox.services.ops import audit_chain, backups

CIRCUITS = ("closed", "open", "half_open")


class Now(Collector):
    """A failing part loses its own figures and is reported as down; the others are kept."""

    def describe(self) -> Iterable[Gauge]:
        # Without this a registry collects the figures at registration, i.e. at start.
        return []

    def collect(self) -> Iterator[Gauge]:
        up = Gauge("helpdesk_up", "1 where the part has answered this question.", labels=["part"])
        for part, read in PARTS.items():
            try:
                yield from list(read())
            except (Error, RedisError, OSError):
                up.add_metric([part], 0)
            else:
                up.add_metric([part], 1)
        yield up


def _of_outbox() -> Iterator[Gauge]:
    rows = Gauge("helpdesk_outbox_replies", "Replies by where they stand.", labels=["state"])
    oldest = Gauge(
        "helpdesk_outbox_oldest_seconds",
        "Age of the oldest reply that is neither sent nor discarded; 0 where there is none.",
        labels=["state"],
    )
    # One index holds all rows of the first query, another the few rows of the second.
    counts = dict(Outgoing.objects.order_by().values_list("state").annotate(Count("pk")))
    first = dict(
        Outgoing.objects.unsettled().order_by().values_list("state").annotate(Min("created_at"))
    )
    now = timezone.now()
    for state in Outgoing.State.values:
        rows.add_metric([state], counts.get(state, 0))
        if state not in {Outgoing.State.SENT, Outgoing.State.DISCARDED}:
            age = (now - first[state]).total_seconds() if state in first else 0
            oldest.add_metric([state], age)
    yield rows
    yield oldest


def _of_marketplaces() -> Iterator[Gauge]:
    circuits = Gauge(
        "helpdesk_circuit_state",
        "1 for the state of the marketplace's circuit breaker.",
        labels=["marketplace", "state"],
    )
    ages = Gauge(
        "helpdesk_marketplace_answer_age_seconds",
        "Time since the marketplace's last good answer; it is asked only when a page shows it.",
        labels=["marketplace"],
    )
    now = database_clock.now()
    for marketplace in Marketplace.objects.filter(is_active=True):
        current = breaker.get_circuit(marketplace.mirror, now)
        for state in CIRCUITS:
            circuits.add_metric([marketplace.slug, state], state == current)
        if refreshed_at := marketplace.mirror.refreshed_at:
            ages.add_metric([marketplace.slug], (now - refreshed_at).total_seconds())
    yield circuits
    yield ages


def _of_backups() -> Iterator[Gauge]:
    age = backups.age_of_newest()
    if age is not None:
        ages = Gauge("helpdesk_backup_age_seconds", "Time since the last good backup.")
        ages.add_metric([], age.total_seconds())
        yield ages


def _of_audit() -> Iterator[Gauge]:
    number = Gauge("helpdesk_audit_entries", "Number of the newest entry of the audit log.")
    number.add_metric([], audit_chain.head().number)
    yield number


def _of_workers() -> Iterator[Gauge]:
    ages = Gauge(
        "helpdesk_worker_heartbeat_age_seconds",
        "Time since a worker's last sign of life; gone once it has stopped in order.",
        labels=["worker", "pid"],
    )
    for beat in workers.heard():
        ages.add_metric([beat.worker.name, str(beat.worker.pid)], beat.age)
    yield ages
    streams = Gauge("helpdesk_live_streams", "Browsers that the live channel's processes serve.")
    streams.add_metric([], sum(live.heard()))
    yield streams
    length = Gauge("helpdesk_queue_length", "Tasks that no worker has taken yet.")
    length.add_metric([], workers.queue_length())
    yield length


def _of_database() -> Iterator[Gauge]:
    yield from _of_outbox()
    yield from _of_marketplaces()
    yield from _of_backups()
    yield from _of_audit()


def _of_files() -> Iterator[Gauge]:
    """Of this machine's disk; a bucket is never full."""
    free = free_bytes()
    if free is not None:
        room = Gauge("helpdesk_files_free_bytes", "Room that is left where files are staged.")
        room.add_metric([], free)
        yield room


PARTS: dict[str, Callable[[], Iterator[Gauge]]] = {
    "database": _of_database,
    "redis": _of_workers,
    "files": _of_files,
}
