"""Measures every page at a million conversations and five million messages beside 10,000.

    python -m benchmarks.scale [--threads N] [--only TEXT]

Both desks run in production mode, one after the other, on the same made-up conversations. A figure
is the median CPU time of several requests over HTTP, of all processes together. Fails if a page
costs more than 1.5 times what it costs at 10,000. Needs 15 GB of disk and some minutes. Linux only.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from benchmarks.desk import cpu, people, running, world
from benchmarks.desk.page_requests import HTMX, SHARED, play
from benchmarks.desk.running import Desk, Plan

SMALL, LARGE = 10_000, 1_000_000
PER_THREAD = 5
REQUESTS = 5
BOUND = 1.5
VIEWS = [
    *("needs-reply", "breaching", "mine", "unassigned", "waiting", "operator", "snoozed"),
    *("closed", "all"),
]
SORTS = ["deadline", "effect", "newest", "oldest"]
WORDS = world.vocabulary()
NAME = world.names()[7]
SEARCHES = [
    *("order", "please", "delivery", "bonjour", "re", WORDS[5_000], WORDS[19_000], "qqqqzzzz"),
    *("order delivery", "order delivery tracking", "scratch leather", f"order {WORDS[5_000]}"),
    *('"tracking number"', '"order delivery"', "MP01-0000123-A", "0000123", NAME),
    *(f"from:{NAME.split()[0]}", f"from:{NAME.split()[0]} order"),
    *("is:overdue", "is:closed", "is:mine", "is:unassigned", "tag:refund", "tag:refund delivery"),
    *("assignee:me delivery", "marketplace:m1 delivery", "has:attachment", "has:note delivery"),
    *("order:MP01-0000123-A", "is:closed is:mine tag:refund delivery"),
]
PAGES = "/notifications/ /drafts/ /outbox/ /thanks/ /canned/ /views/ /marketplaces/m1/ /profile/"
OF_THREAD = ["", "panes/", "related/customer/", "related/order/", "related/activity/", "canned/"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=LARGE)
    parser.add_argument("--only", default="")
    parser.add_argument("--measure", type=Path, help="one desk only; writes its figures")
    options = parser.parse_args()
    if options.measure:
        figures = measure(options.threads, options.only)
        options.measure.write_text(json.dumps(figures))
        return 0
    with TemporaryDirectory() as folder:
        small = measured(Path(folder), SMALL, options.only)
        large = measured(Path(folder), options.threads, options.only)
    return compare(small, large, options.threads)


def measured(folder: Path, threads: int, only: str) -> dict[str, float]:
    """The figures of a desk in a process of its own: Django has one database."""
    file = folder / f"{threads}.json"
    command = [sys.executable, "-m", "benchmarks.scale", f"--threads={threads}"]
    subprocess.run([*command, f"--only={only}", f"--measure={file}"], check=True)
    found: dict[str, float] = json.loads(file.read_text())
    return found


def compare(small: dict[str, float], large: dict[str, float], threads: int) -> int:
    beyond = []
    print(f"{'CPU ms a request':48} {SMALL:9,} {threads:9,}  ratio   (bound {BOUND})")
    for name, least in small.items():
        ratio = large[name] / least
        beyond += [name] if ratio > BOUND else []
        mark = "  beyond its bound" if ratio > BOUND else ""
        print(f"{name:48} {least:9.1f} {large[name]:9.1f} {ratio:6.2f}{mark}")
    print(f"{len(beyond)} of {len(small)} pages are beyond the bound")
    return int(bool(beyond))


def measure(threads: int, only: str) -> dict[str, float]:
    with (
        running.desk(Plan(threads=threads, per_thread=PER_THREAD)) as desk,
        running.web(INBOX_FRESH_SECONDS=str(SHARED)) as (_pid, url),
    ):
        browser = people.browser(url, desk.agents[0])
        browser.follow_redirects = True
        figures = {}
        for name, addresses, headers in pages(desk, threads):
            if only in name:
                asks = [partial(browser.get, next(addresses), headers=headers) for _ in range(8)]
                play(asks[REQUESTS:])
                figures[name] = statistics.median(
                    cpu.milliseconds(partial(play, [ask])) for ask in asks[:REQUESTS]
                )
                print(f"{threads:9,} {name:48} {figures[name]:8.1f}", file=sys.stderr, flush=True)
        return figures


Addressed = tuple[str, Iterator[str], dict[str, str]]


def pages(desk: Desk, threads: int) -> Iterator[Addressed]:
    """Names of pages, their addresses, and the headers of their requests."""
    for view, sort in product(VIEWS, SORTS):
        yield always(f"/?view={view}&sort={sort}")
    middle = desk.newest_at - threads / 2 / len(desk.marketplaces) * world.SPACING
    cursor = quote(f"~{middle.isoformat()}~1")
    for view, sort in product(("closed", "waiting", "mine", "all"), SORTS):
        yield always(f"/?view={view}&sort={sort}", f"&after={cursor}", "half way", HTMX)
    for view in ("needs-reply", "closed", "all"):
        yield always(f"/?view={view}&marketplace=m1")
    for words in SEARCHES:
        yield always(f"/search/?q={words}", "&list=1")
    yield always("/search/?q=order", f"&after={cursor}", "half way", HTMX)
    for address in PAGES.split():
        yield always(address)
    for part in OF_THREAD:
        each = (f"/threads/m1/{world.thread_id(1, n)}/{part}" for n in range(200, 1000))
        yield f"a conversation: {part or 'its page'}", each, HTMX if part else {}
    orders = (f"/orders/m1/MP01-{n:07d}-A/panel/" for n in range(200, 1000))
    yield "an order's panel", orders, HTMX


def always(
    address: str, more: str = "", words: str = "", headers: dict[str, str] | None = None
) -> Addressed:
    whole = address.replace('"', "%22").replace(" ", "+") + more
    return f"{address} {words}".strip(), iter(lambda: whole, ""), headers or {}


if __name__ == "__main__":
    sys.exit(main())
