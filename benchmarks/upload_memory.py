"""Measures the memory of web and worker while eight agents move 30 MB each at once. Linux only.

    python -m benchmarks.upload_memory

It runs the lines of Procfile, with one web process of eight threads and one worker of eight.
Files are staged on disk, then in a bucket of an S3 server. The output is the growth of the peak
resident memory of each process since one small file was moved. Files are streamed everywhere, so
a few MB for each of the eight are right and 240 MB are not: the benchmark fails above 64 MB.
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.desk import people, running
from benchmarks.desk.memory import begin_anew, peak
from benchmarks.desk.running import web, worker
from benchmarks.inbox import connect, sandbox, seconds
from tests.ports import free_port

if TYPE_CHECKING:
    from inbox.models import Marketplace, Thread, User

AGENTS = 8
FILE_BYTES = 29_900_000
MOST_GROWTH = 64_000_000
MEGABYTE = 1_000_000
PATIENCE_SECONDS = 180


def main() -> None:
    worst = 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        # Each agent's thread of this process uses a connection, and so does the main thread.
        os.environ["DATABASE_POOL_SIZE"] = str(AGENTS + 1)
        running.prepare(stack, Path(folder))
        desk = Desk(stack.enter_context(sandbox()))
        for name, more in (("on disk", {}), ("in a bucket", stack.enter_context(bucket()))):
            print(f"{AGENTS} × {FILE_BYTES / MEGABYTE:.1f} MB at once, staged {name}:", flush=True)
            with web(WEB_WORKERS="1", **more) as (server, url), worker(**more) as sender:
                worst = max(worst, desk.measure(Path(folder), url, server, sender))
    if worst > MOST_GROWTH:
        sys.exit("That is more than streams take.")


class Desk:
    """A desk with one marketplace and eight agents, each with a thread."""

    def __init__(self, url: str) -> None:
        from inbox.models import User

        self.marketplace = connect("maison-verte", url, "sandbox-shop-maison")
        self.agents = [
            User.objects.create_superuser(f"agent-{number}", undo_seconds=0)
            for number in range(AGENTS)
        ]
        self.threads = threads_of(self.marketplace)

    def measure(self, folder: Path, url: str, server: int, sender: int) -> int:
        small, large = folder / "small.bin", folder / "large.bin"
        small.write_bytes(os.urandom(2 * MEGABYTE))
        large.write_bytes(os.urandom(FILE_BYTES))
        tabs = [
            Tab(url, agent, thread) for agent, thread in zip(self.agents, self.threads, strict=True)
        ]
        tabs[0].upload(small)
        tabs[0].send()
        wait_until_sent()
        ways: list[tuple[str, Callable[[Tab], None]]] = [
            ("from browsers to the desk", partial(Tab.upload, path=large)),
            ("from the desk to Mirakl", Tab.send),
            ("from Mirakl to browsers", Tab.download),
        ]
        return max(moved(name, way, tabs, server, sender) for name, way in ways)


def moved(
    name: str, way: Callable[["Tab"], None], tabs: list["Tab"], server: int, sender: int
) -> int:
    def run() -> None:
        with ThreadPoolExecutor(AGENTS) as pool:
            list(pool.map(way, tabs))
        wait_until_sent()

    before = begin_anew(server), begin_anew(sender)
    took = seconds(run)
    web_grew, worker_grew = peak(server) - before[0], peak(sender) - before[1]
    print(
        f"  {name:26} {took:5.1f} s   web +{web_grew / MEGABYTE:5.1f} MB"
        f"   worker +{worker_grew / MEGABYTE:5.1f} MB",
        flush=True,
    )
    return max(web_grew, worker_grew)


class Tab:
    """The HTTP session of one agent."""

    def __init__(self, url: str, agent: "User", thread: "Thread") -> None:
        self._http = people.browser(url, agent)
        self._http.headers["HX-Request"] = "true"
        self._http.timeout = PATIENCE_SECONDS
        self.page = thread.get_absolute_url()
        self.thread = thread

    def upload(self, path: Path) -> None:
        with path.open("rb") as file:
            answer = self._http.post(f"{self.page}draft/files/", files={"file": file})
        assert answer.status_code == 201, answer.text

    def send(self) -> None:
        message = {
            "token": str(uuid.uuid4()),
            "body": "Dear customer, here it is.",
            "to": "CUSTOMER",
        }
        answer = self._http.post(f"{self.page}reply/", data={**message, "confirmed": "language"})
        assert answer.is_success, answer.text

    def download(self) -> None:
        from django.db import connection

        from inbox.models import Attachment
        from inbox.services.mirror import sync

        sync.open_thread(self.thread.marketplace, self.thread.mirakl_id, force=True)
        large = Attachment.objects.filter(message__thread=self.thread, size=FILE_BYTES)
        address = f"/attachments/maison-verte/{large[0].mirakl_id}/"
        connection.close()
        with self._http.stream("GET", address) as answer:
            taken = sum(len(chunk) for chunk in answer.iter_raw(65_536))
        assert taken == FILE_BYTES


def threads_of(marketplace: "Marketplace") -> "list[Thread]":
    from inbox.models import Thread
    from inbox.services.mirror import sync

    sync.refresh([marketplace], deadline=30)
    threads = Thread.objects.filter(entity_type="MMP_ORDER")
    wanted = [{"type": "CUSTOMER"}]
    return list(threads.filter(authorized_participants__contains=wanted)[:AGENTS])


def wait_until_sent() -> None:
    from inbox.models import Outgoing

    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := Outgoing.objects.exclude(state=Outgoing.State.SENT):
        assert time.monotonic() < deadline, list(left.values_list("state", "error"))
        time.sleep(0.1)


# -- a bucket ------------------------------------------------------------------


@contextmanager
def bucket() -> Iterator[dict[str, str]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as patient:
                patient.put(f"{url}/desk-files").raise_for_status()
            keys = {"S3_ACCESS_KEY_ID": "an-id", "S3_SECRET_ACCESS_KEY": "a-secret"}
            where = {"S3_BUCKET": "desk-files", "S3_ENDPOINT_URL": url, "S3_REGION": "us-east-1"}
            yield keys | where
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
