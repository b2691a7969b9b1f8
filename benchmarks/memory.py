"""Measures the memory of web and worker over 20,000 mixed requests. Linux only.

    python -m benchmarks.memory [--requests N]

Four agents display lists and conversations, search, and send replies that the worker delivers. The
processes of web are not renewed, as Procfile would have it, and the output is the growth of the
resident memory of each since the first tenth of the requests: it fails above 32 MB. For large files
see `upload_memory` and `transfer_memory`.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice

from benchmarks.desk import memory, people, running
from benchmarks.desk.page_requests import DeskRequests, Prepare, again, play
from benchmarks.desk.running import Plan

REQUESTS, AGENTS, PARTS = 20_000, 4, 10
MOST_GROWTH = 32_000_000
RENEWAL = "--max-requests 50000 --max-requests-jitter 5000"
UNDO_SECONDS = 1  # so that the worker sends


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=REQUESTS)
    each = parser.parse_args().requests // AGENTS // PARTS
    with ExitStack() as stack:
        desk = stack.enter_context(running.desk(Plan(agents=AGENTS)))
        sender = stack.enter_context(running.worker())
        line = running.line_of("web")
        assert RENEWAL in line
        web, url = stack.enter_context(running.server(line.replace(RENEWAL, "")))
        pool = stack.enter_context(ThreadPoolExecutor(AGENTS))
        streams = [mix(desk, number, url) for number in range(AGENTS)]
        grown = []
        for part in range(PARTS):
            list(pool.map(partial(take, count=each), streams))
            grown.append((memory.resident(web), memory.resident(sender)))
            sizes = [f"{one / 1e6:7.1f}" for one in grown[-1]]
            print(f"{(part + 1) * each * AGENTS:7,} requests: web, worker, MB {sizes}", flush=True)
    growth = max(last - first for first, last in zip(grown[0], grown[-1], strict=True))
    print(f"growth since the first tenth: {growth / 1e6:.1f} MB, bound {MOST_GROWTH / 1e6:.0f} MB")
    return int(growth > MOST_GROWTH)


def mix(desk: running.Desk, number: int, url: str) -> Iterator[Prepare]:
    """Endless requests of one agent."""
    agent = desk.agents[number]
    agent.undo_seconds = UNDO_SECONDS
    agent.save(update_fields=["undo_seconds"])
    browser = people.browser(url, agent)
    pages = DeskRequests(desk, lambda user, fresh: browser)
    pages.threads = cycle(list(pages.threads)[number::AGENTS])
    search = again(browser, "/search/?q=delivery+order&list=1")
    kinds = [pages.inbox(), pages.rows(), pages.thread(), pages.panes(), pages.after_panes()]
    return cycle([*kinds, pages.reply(), search])


def take(stream: Iterator[Prepare], count: int) -> None:
    for prepare in islice(stream, count):
        play([prepare()])


if __name__ == "__main__":
    sys.exit(main())
