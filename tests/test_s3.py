"""Staged files in a bucket: a real S3 server, and a real worker that reads from it."""

import hashlib
import os
import socket
import sys
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from helpdesk import processes
from helpdesk.settings import ON_S3
from inbox.models import Outgoing, Thread, User
from inbox.models.outgoing import STAGED_IN
from inbox.services import files
from inbox.services.outbox import delivery, queue
from tests.worker import running_worker
from tests.writing import Mirakl, change, eventually, file, queued

CONTENT = os.urandom(1_000_000) * 25


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = processes.start(command)
    try:
        # Connecting is retried with growing pauses while the server starts.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as patient:
            patient.get(f"http://127.0.0.1:{port}/moto-api/").raise_for_status()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture
def bucket(s3_server: str, settings: Settings) -> Iterator[dict[str, str]]:
    """Yields the environment of other processes for an empty bucket that the desk uses."""
    environment = {
        "S3_BUCKET": "desk-files",
        "S3_PREFIX": "staged",
        "S3_ENDPOINT_URL": s3_server,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "an-id",
        "S3_SECRET_ACCESS_KEY": "a-secret",
    }
    for name, value in environment.items():
        setattr(settings, name, value)
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": ON_S3}}
    default_storage.bucket.create()  # type: ignore[attr-defined]
    yield environment
    default_storage.bucket.objects.delete()  # type: ignore[attr-defined]
    default_storage.bucket.delete()  # type: ignore[attr-defined]


def keys() -> list[str]:
    return [item.key for item in default_storage.bucket.objects.all()]  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_a_worker_fetches_a_large_file_from_the_bucket_and_clears_it(
    bucket: dict[str, str], thread: Thread, alice: User, mirakl: Mirakl
) -> None:
    with running_worker(None, **bucket):
        mirakl.fails("M12", latency_ms=300)
        reply = queued(thread, alice, files=[file("noise.bin", CONTENT)])
        (key,) = keys()
        eventually(lambda: Outgoing.objects.get(pk=reply.pk).state == Outgoing.State.SENT)

    (attached,) = mirakl.messages(thread.mirakl_id)[-1]["attachments"]
    arrived = hashlib.sha256(mirakl.download(attached["id"])).digest()
    assert arrived == hashlib.sha256(CONTENT).digest()
    assert key.startswith(f"staged/{STAGED_IN}/")
    assert keys() == []


def test_memory_stays_flat_on_the_way_in_and_out(
    bucket: dict[str, str], thread: Thread, alice: User
) -> None:
    large = file("noise.bin", CONTENT)
    tracemalloc.start()

    (row,) = queued(thread, alice, files=[large]).files.all()
    with files.staged(row).open() as opened:
        taken = sum(len(piece) for piece in iter(lambda: opened.read(65_536), b""))
    _now, peak = tracemalloc.get_traced_memory()

    tracemalloc.stop()
    assert taken == len(CONTENT)
    assert peak < 5_000_000


def test_what_is_discarded_leaves_the_bucket(
    bucket: dict[str, str], thread: Thread, alice: User
) -> None:
    reply = queued(thread, alice, files=[file()])
    assert len(keys()) == 1

    queue.discard(reply, by=alice)

    assert keys() == []


def test_a_sweep_knows_orphans_in_the_bucket_too(
    bucket: dict[str, str], thread: Thread, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = str(queued(thread, alice, files=[file()]).files.get().file.name)
    orphan = default_storage.save(f"{STAGED_IN}/orphan", ContentFile(b"of a lost transaction"))
    # The age of a file in S3 cannot be set.
    monkeypatch.setattr(files, "ORPHANED_AFTER", -files.ORPHANED_AFTER)

    files.sweep()

    assert (default_storage.exists(orphan), default_storage.exists(wanted)) == (False, True)


def test_a_reply_waits_while_the_bucket_does_not_answer(
    bucket: dict[str, str], thread: Thread, alice: User, settings: Settings, mirakl: Mirakl
) -> None:
    reply = queued(thread, alice, files=[file()])
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:1"
    settings.STORAGES = {**settings.STORAGES}

    reply = delivery.deliver(reply.pk)

    assert reply.state == Outgoing.State.QUEUED
    assert reply.deliver_after
    assert reply.deliver_after > timezone.now()
    assert "The attached files" in reply.error
    assert mirakl.calls("M12") == []
    settings.S3_ENDPOINT_URL = bucket["S3_ENDPOINT_URL"]
    settings.STORAGES = {**settings.STORAGES}
    change(reply, deliver_after=None)
    assert delivery.deliver(reply.pk).state == Outgoing.State.SENT
