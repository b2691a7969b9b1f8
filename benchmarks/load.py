"""Measures how long 200 agents wait for pages while all of them work on two cores.

    python -m benchmarks.load [--agents N] [--seconds N]

Each agent opens the inbox, then conversations one after another, replies, searches, and thinks for
20 seconds in between. Their pages stay on the live channel: they say who reads, and ask for the
rows, conversations and notifications that others change. The desk runs as in Procfile, with its
usual settings, on 20,000 conversations; marketplaces answer at once. Fails if the 95th percentile
of all waits is above 500 ms. The agents take a few percent of a core. Linux only.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack, ExitStack
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.desk import cpu, people, running, world
from benchmarks.desk.open_page import Line, OpenPage
from benchmarks.desk.page_requests import (
    ASKS_AGAIN,
    HTMX,
    NEXT_ROWS,
    ROW_LINK,
    address_in,
    fill_form,
)
from benchmarks.desk.running import Plan

AGENTS, SECONDS, WARM_UP = 200, 120, 40
THOUGHT = 20  # seconds between two requests
MOST_MS = 500
# Of 20 decisions.
STEPS = {"next": 9, "reply": 5, "rows": 2, "search": 2, "inbox": 2}
Waits = dict[str, list[float]]
# Shorter than gunicorn keeps a connection: a browser would ask again if it is closed meanwhile.
KEPT = httpx.Limits(keepalive_expiry=1)


class Agent:
    """One browser. `waits` gets the seconds of each answer, by the kind of request."""

    def __init__(self, browser: httpx.AsyncClient, live: str, waits: Waits, seed: int) -> None:
        self._http, self._waits, self._rnd = browser, waits, random.Random(seed)
        self._page = OpenPage(Line(browser, live), self._ask_for_news)
        self._address = ""

    async def work(self) -> None:
        await asyncio.sleep(self._rnd.uniform(0, THOUGHT))
        await self.inbox()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._page.follow())
            while True:
                await asyncio.sleep(self._rnd.uniform(0.5, 1.5) * THOUGHT)
                (step,) = self._rnd.choices(list(STEPS), list(STEPS.values()))
                await getattr(self, step)()

    async def inbox(self) -> None:
        await self._page.open(await self._get("inbox", "/"))
        self._address = ""

    async def rows(self) -> None:
        await self.inbox()
        if link := NEXT_ROWS.search(self._page.listed):
            await self._get("rows", f"/{unescape(link[1])}", headers=HTMX)

    async def search(self) -> None:
        words = self._rnd.choices(world.COMMON, k=2)
        await self._get("search", f"/search/?q={'+'.join(words)}")

    async def next(self) -> None:
        links = ROW_LINK.findall(self._page.listed)
        address = urlsplit(unescape(self._rnd.choice(links)))
        panes = f"{address.path}panes/?{address.query}"
        await self._page.read(await self._get("panes", panes, headers=HTMX))
        self._address = address.path
        again = address_in(ASKS_AGAIN, self._page.panes)
        await self._get("M10 once shown", again, headers=HTMX)

    async def reply(self) -> None:
        if not self._address:
            await self.next()
        form, address = fill_form(self._page.panes), f"{self._address}reply/"
        # 409: a colleague has answered meanwhile.
        await self._ask("reply", "POST", address, files=form, headers=HTMX, also=409)
        self._address = ""

    async def _ask_for_news(self, kind: str, address: str) -> str:
        return await self._get(kind, address, headers=HTMX, also=204)

    async def _get(self, kind: str, address: str, **options: Any) -> str:
        return await self._ask(kind, "GET", address, **options)

    async def _ask(
        self, kind: str, method: str, address: str, *, also: int = 200, **options: Any
    ) -> str:
        began = time.perf_counter()
        answer = await self._http.request(method, address, **options)
        self._waits[kind].append(time.perf_counter() - began)
        assert answer.status_code in (200, also), (kind, answer.status_code, answer.text[:500])
        return answer.text


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=AGENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    with ExitStack() as stack:
        desk = stack.enter_context(running.desk(Plan(threads=20_000, agents=options.agents)))
        stack.enter_context(running.worker())
        _pid, url = stack.enter_context(running.web())
        live = stack.enter_context(running.live())
        logins = [people.log_in(agent) for agent in desk.agents]
        return report(*asyncio.run(work(url, live, logins, options.seconds)))


async def work(
    url: str, live: str, logins: list[people.Login], seconds: float
) -> tuple[Waits, float]:
    """Returns the waits, and the cores that the desk kept busy."""
    waits: Waits = defaultdict(list)
    async with AsyncExitStack() as stack:
        browsers = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=url, limits=KEPT, **login))
            for login in logins
        ]
        agents = [Agent(browser, live, waits, seed) for seed, browser in enumerate(browsers)]
        tasks = [asyncio.create_task(agent.work()) for agent in agents]
        await asyncio.sleep(WARM_UP)
        waits.clear()
        before = cpu.total()
        ended, _working = await asyncio.wait(tasks, timeout=seconds)
        cores = (cpu.total() - before) / seconds / 1000
        for task in ended:
            task.result()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return waits, cores


def report(waits: Waits, cores: float) -> int:
    print(f"{'ms':16} requests    p50    p95    max")
    every = [one for found in waits.values() for one in found]
    for kind, found in [*sorted(waits.items()), ("all", every)]:
        took = sorted(one * 1000 for one in found)
        p95 = took[int(len(took) * 0.95)]
        print(f"{kind:16} {len(took):8} {took[len(took) // 2]:6.0f} {p95:6.0f} {took[-1]:6.0f}")
    print(f"{cores:.2f} cores busy; bound of the 95th percentile: {MOST_MS} ms")
    return int(p95 > MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
