"""Measures what open pages cost while nothing happens, and while others work.

    python -m benchmarks.live

500 browsers of 100 people hold a stream of the live channel's own process, over HTTP. For each
stretch of time it prints the processor time of that process and of its connections to PostgreSQL,
beside the bound: 5 % of a core. It fails beyond, with more than one connection, and where a change
takes more than two seconds from its commit to the last of the browsers.

1. A minute in which nothing happens: signs of life, and the check of every session.
2. Half a minute with ten changes a second, each of another conversation, told to all.
"""

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.environment import set_environment

ROOT = Path(__file__).resolve().parent.parent
STREAMS, PEOPLE, MARKETPLACES, THREADS = 500, 100, 5, 20_000
IDLE_SECONDS, BUSY_SECONDS, CHANGES_A_SECOND = 60, 30, 10
MOST_OF_A_CORE = 0.05
MOST_SECONDS = 2.0
PORT = 8951
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    from helpdesk import embedded

    with ExitStack() as services:
        redis_url = services.enter_context(embedded.redis_server())
        set_environment(services, REDIS_URL=redis_url, DATABASE_POOL_SIZE="0", LIVE_PORT=str(PORT))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        sessions = make_people()
        process = subprocess.Popen([sys.executable, "manage.py", "live"], cwd=ROOT)
        try:
            wait_for(process)
            return asyncio.run(measure(process.pid, sessions))
        finally:
            process.terminate()
            process.wait()


def make_people() -> list[str]:
    """Marketplaces with threads, people who see them all, and one session for each person."""
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.utils import timezone

    from inbox.models import Access, Marketplace, Thread, User

    group = Group.objects.create(name="Agents")
    for number in range(MARKETPLACES):
        one = Marketplace.objects.create(name=f"M{number}", slug=f"m{number}")
        Access.objects.create(group=group, marketplace=one, role=Access.Role.AGENT)
        now = timezone.now()
        Thread.objects.bulk_create(
            (
                Thread(marketplace=one, mirakl_id=str(key), last_message_at=now)
                for key in range(THREADS // MARKETPLACES)
            ),
            batch_size=5000,
        )
    sessions = []
    for number in range(PEOPLE):
        person = User.objects.create(username=f"agent{number}")
        person.groups.add(group)
        client = Client()
        client.force_login(person)
        sessions.append(client.cookies["sessionid"].value)
    return sessions


def wait_for(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The live channel did not start.")


class Browser:
    """One stream; it remembers when each conversation was named to it."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.heard: dict[int, float] = {}

    async def open(self) -> None:
        self.reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        head = f"GET /live/ HTTP/1.1\r\nHost: desk\r\nCookie: sessionid={self.session}\r\n\r\n"
        writer.write(head.encode())
        while b"event: hello" not in await self.reader.readline():
            pass
        self.writer = writer

    async def read(self) -> None:
        while line := await self.reader.readline():
            if b'"changed":[' in line:
                named = line.partition(b'"changed":[')[2].partition(b"]")[0]
                self.heard |= {int(pk): time.monotonic() for pk in named.split(b",")}


async def measure(pid: int, sessions: list[str]) -> int:
    browsers = [Browser(sessions[number % PEOPLE]) for number in range(STREAMS)]
    for number, browser in enumerate(browsers):
        await browser.open()
        if number % 40 == 39:
            await asyncio.sleep(1)
    reading = [asyncio.create_task(browser.read()) for browser in browsers]
    print(f"{STREAMS} streams of {PEOPLE} people: {memory_of(pid)} MB")
    idle, connections = await cost_of(pid, asyncio.sleep(IDLE_SECONDS))
    print(f"nothing happens:      {idle:6.1%} of a core (bound {MOST_OF_A_CORE:.0%})")
    changes: dict[int, float] = {}
    busy, more = await cost_of(pid, change(changes))
    print(f"10 changes a second:  {busy:6.1%} of a core (bound {MOST_OF_A_CORE:.0%})")
    await asyncio.sleep(MOST_SECONDS)
    waits = [
        browser.heard.get(pk, float("inf")) - at
        for browser in browsers
        for pk, at in changes.items()
    ]
    print(f"told after {sum(waits) / len(waits):.2f} s, at most {max(waits):.2f} s (bound 2 s)")
    print(f"connections to PostgreSQL: {max(connections, more)} (bound 1)")
    for task in reading:
        task.cancel()
    is_good = max(idle, busy) <= MOST_OF_A_CORE and max(waits) <= MOST_SECONDS
    return 0 if is_good and max(connections, more) <= 1 else 1


async def change(moments: dict[int, float]) -> None:
    """Closes one conversation after the other, as colleagues do, in a thread of its own."""
    from inbox.models import Thread

    number = BUSY_SECONDS * CHANGES_A_SECOND
    chosen = Thread.objects.order_by("?").values_list("pk", flat=True)[:number]
    pks = await asyncio.to_thread(list, chosen)
    begun = time.monotonic()
    for number, pk in enumerate(pks):
        await asyncio.to_thread(Thread.objects.filter(pk=pk).update, status="closed")
        moments[pk] = time.monotonic()
        await asyncio.sleep(max(0, begun + (number + 1) / CHANGES_A_SECOND - time.monotonic()))


async def cost_of(pid: int, stretch: Any) -> tuple[float, int]:
    """The share of a core that the process and its connections take; the number of these."""
    backends = await asyncio.to_thread(backends_of, pid)
    before, begun = sum(map(cpu_of, [pid, *backends])), time.monotonic()
    await stretch
    spent = sum(map(cpu_of, [pid, *backends])) - before
    return spent / (time.monotonic() - begun), len(backends)


def backends_of(pid: int) -> list[int]:
    """The processes of PostgreSQL that serve the channel: all but this program's own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND datname = current_database() AND query LIKE '%pg_visible_in_snapshot%'"
            " AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in cursor.fetchall()]


def cpu_of(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
