"""Checks of the desk's own parts: Redis, processes, files, credentials, clocks and the outbox."""

import time
from collections.abc import Iterator
from uuid import uuid4

from django.conf import settings
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from helpdesk import live, storage, workers
from inbox.models import Marketplace
from inbox.services.marketplaces import clock_drift, resealing
from inbox.services.ops import system
from inbox.services.ops.doctor.findings import Finding, ok, problem, warning


def check_settings() -> Iterator[Finding]:
    all_found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    found = [one for one in all_found if not one.is_silenced()]
    for one in found:
        yield problem("settings", one.msg.splitlines()[0], one.hint or "See README.md.")
    if not found:
        yield ok("settings", "sound")


def check_redis() -> Iterator[Finding]:
    memory = workers.client().info()
    yield ok("redis", f"Redis {memory['redis_version']}")
    if memory.get("maxmemory") and memory.get("maxmemory_policy") != "noeviction":
        remedy = "Set maxmemory-policy noeviction in Redis' configuration."
        yield problem("redis", "drops tasks when its memory is full", remedy)


def check_workers() -> Iterator[Finding]:
    living = [one for one in workers.heard() if not one.is_silent]
    if living:
        yield ok("worker", f"{len(living)} running, {workers.queue_length()} tasks waiting")
    else:
        yield problem("worker", "none is running", "Start the `worker` of Procfile.")


def check_live() -> Iterator[Finding]:
    if not settings.LIVE_URL:
        return
    streams = live.heard()
    if streams:
        yield ok("live", f"{len(streams)} running, {sum(streams)} open pages")
    else:
        remedy = "Start the `live` of Procfile. Until then open pages ask every half minute."
        yield warning("live", "none is running", remedy)


def check_outbox() -> Iterator[Finding]:
    if Marketplace.objects.exclude(held_since=None).exists():
        remedy = "When no other desk uses this data, run: manage.py resume_sending"
        yield warning("outbox", "sending is off since a restore", remedy)
    count, _oldest = system.stuck()
    if count:
        yield problem("outbox", f"{count} replies are stuck", "See the System page for the reason.")
    else:
        yield ok("outbox", "nothing is stuck")


def check_storage() -> Iterator[Finding]:
    """Writes a small file where attachments are staged, reads it and deletes it."""
    written = b"doctor"
    name = default_storage.save(f"doctor-{uuid4().hex}", ContentFile(written))
    try:
        with default_storage.open(name) as file:
            read = file.read()
    finally:
        default_storage.delete(name)
    place = f"bucket {settings.S3_BUCKET}" if settings.S3_BUCKET else settings.MEDIA_ROOT
    if read == written:
        yield ok("files", f"{place} can be written and read")
    else:
        yield problem("files", f"{place} returns other bytes than were written", "Check the disk.")


def check_disk() -> Iterator[Finding]:
    free = storage.free_bytes()
    if free is None:
        return
    words = f"{free / 1e9:.1f} GB free in UPLOAD_DIR"
    if storage.is_low(free):
        yield problem("disk", words, "Make room, or move UPLOAD_DIR to a larger disk.")
    else:
        yield ok("disk", words)


def check_credentials() -> Iterator[Finding]:
    unreadable = resealing.list_unreadable()
    for slug in unreadable:
        remedy = "Put the missing key back into CREDENTIAL_KEYS, or enter the credentials again."
        yield problem("credentials", f"no key opens those of {slug}", remedy)
    for slug in resealing.list_without_address():
        remedy = "Enter them again, or run: manage.py reseal --trust-addresses"
        yield warning("credentials", f"those of {slug} name no address", remedy)
    opened = resealing.count_by_key()
    if old := sum(count for position, count in opened.items() if position):
        yield warning("credentials", f"{old} need an older key", "Run: manage.py reseal")
    if not unreadable:
        yield ok("credentials", f"{opened.total()} open")


def check_clocks() -> Iterator[Finding]:
    """Of this machine, the workers' and the marketplaces', each beside the database's."""
    own = clock_drift.measure_own_drift()
    redis = own - (time.time() - workers.redis_time())
    ahead = {"this machine": own}
    ahead |= {one.worker.name: one.clock_ahead + redis for one in workers.heard()}
    marketplaces = list(Marketplace.objects.all())
    drifts = clock_drift.list_marketplace_drifts(marketplaces)
    ahead |= {one.slug: drifts[one.pk] for one in marketplaces if one.pk in drifts}
    off = {name: seconds for name, seconds in ahead.items() if clock_drift.is_off(seconds)}
    for name, seconds in off.items():
        words = f"{name} is {seconds:+.0f} seconds off the database's clock"
        yield warning("clocks", words, "Let NTP set the clocks of all machines.")
    if not off:
        yield ok("clocks", f"{len(ahead)} agree")
