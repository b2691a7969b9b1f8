"""Metrics: counted in every process, summed at a scrape, protected by a token.

Counters live in files of METRICS_DIR, which web and workers of a machine share. prometheus_client
names these files by process id and never deletes them. Here a process takes the lowest number that
no living process holds, and continues in its files. So there are only as many files as processes at
once. A killed process loses no counts, and a restart does not reset them.
"""

import fcntl
import hmac
import ipaddress
import logging
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import prometheus_client
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)

REQUESTS = Counter(
    "helpdesk_http_requests", "Requests that were answered.", ["view", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "helpdesk_http_request_seconds",
    "How long requests took, without the sending of a download.",
    ["view"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30),
)
# Read from the database and Redis at a scrape; the app registers its collectors here.
NOW = CollectorRegistry()
# More processes than ever run at once on one machine.
MOST_PROCESSES = 1000
# A proxy on this machine sends everybody's requests from loopback.
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP")


class Slot:
    """The number of this process's files, held by a lock that ends with the process."""

    def __init__(self) -> None:
        self._pid = 0
        self._number = 0
        self._lock: IO[str] | None = None

    def __call__(self) -> int:
        # Called at every count; after a fork the child must not count in its parent's files.
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._number = self._take()
        return self._number

    def _take(self) -> int:
        directory = Path(settings.METRICS_DIR)
        for number in range(MOST_PROCESSES):
            if lock := _locked(directory / f"{number}.lock"):
                # Closes an inherited lock here; the parent still holds it.
                self._lock = lock
                _drop_broken(directory.glob(f"*_{number}.db"))
                return number
        raise OSError(f"{settings.METRICS_DIR} has no number left")


def _locked(path: Path) -> IO[str] | None:
    """Returns None if another process or another user holds the lock."""
    try:
        lock = path.open("w")
    except PermissionError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _drop_broken(files: Iterable[Path]) -> None:
    """Deletes files that a power failure has left incomplete: no process could count in them."""
    for path in files:
        try:
            list(MmapedDict.read_all_values_from_file(path))  # type: ignore[no-untyped-call]
        except (RuntimeError, ValueError, struct.error):
            path.unlink()


def set_up() -> None:
    """Counts in files. Without a folder each process counts only for itself."""
    # Read by prometheus_client.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)
    try:
        Path(settings.METRICS_DIR).mkdir(parents=True, exist_ok=True)
        values.ValueClass = values.MultiProcessValue(Slot())  # type: ignore[no-untyped-call]
    except OSError as error:
        del os.environ["PROMETHEUS_MULTIPROC_DIR"]
        values.ValueClass = values.MutexValue
        log.warning("METRICS_DIR cannot be used, so each process counts alone: %s", error)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers a request with METRICS_TOKEN or, if none is set, from this machine."""
    if not _may_scrape(request):
        return _refusal()
    response = HttpResponse(
        counted() + prometheus_client.generate_latest(NOW),
        content_type=prometheus_client.CONTENT_TYPE_PLAIN_0_0_4,
    )
    patch_vary_headers(response, ["Authorization"])
    return response


def counted() -> bytes:
    """Returns the counts of all processes."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return prometheus_client.generate_latest(registry)


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    is_direct = not any(name in request.headers for name in PROXIED)
    return is_direct and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _refusal() -> HttpResponse:
    if settings.METRICS_TOKEN:
        words, status = "Send the header “Authorization: Bearer …” with METRICS_TOKEN.\n", 401
    else:
        words, status = "For this machine alone. Set METRICS_TOKEN to ask from elsewhere.\n", 403
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
