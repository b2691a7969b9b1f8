"""Measures each page beside its floor: bare pages with the same calls and as much HTML.

    python -m benchmarks.pages [--only NAME ...] [--rounds N]
    python -m benchmarks.pages --profile NAME

The desk runs in production mode on 10,000 conversations with 60,000 messages; three marketplaces
answer at once. One request follows another. A figure is the median of five rounds: CPU milliseconds
for a request, of all processes together, databases and the marketplaces included. Desk and floor
take turns. Fails when a page exceeds its bound. Linux only.

`--profile` serves the page in this process, and prints the functions that take longest.
"""

import argparse
import cProfile
import json
import pstats
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING

import httpx

from benchmarks.desk import cpu, frames, people, running
from benchmarks.desk.page_requests import DeskRequests, FloorRequests, Prepare, play
from benchmarks.desk.running import Desk, Plan

if TYPE_CHECKING:
    from inbox.models import User

ROUNDS, REQUESTS, WARM_UP = 5, 12, 6
PLAN = Plan(small_marketplaces=17)
# The HTML of a bare page may be so much shorter or longer than the desk's.
DIFFERENCE = 0.1


@dataclass(frozen=True)
class Page:
    """`goal` and `bound` are multiples of the floor."""

    title: str
    goal: float
    bound: float


# Panes of 25 and 35 ms, a reply of 25 and 40 ms: on a machine whose bare conversation takes 20 ms,
# its bare reply 5.5 ms.
PAGES = {
    "inbox": Page("inbox, three live M11", 1.3, 2),
    "shared": Page("inbox, shared answers", 1.3, 1.6),
    "thread": Page("conversation, live M10", 1.5, 2.5),
    "panes": Page("next conversation, its panes", 25 / 20, 35 / 20),
    "after_panes": Page("next conversation, M10 once shown", inf, inf),
    "reply": Page("reply, M10 and M12", 25 / 5.5, 40 / 5.5),
    "rows": Page("next rows of the list", 1.3, 1.6),
    # Not beside a floor, but beside the inbox of one marketplace.
    "wide": Page("inbox of 20 marketplaces, by one", 1.25, 1.4),
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", choices=PAGES, default=list(PAGES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--profile", choices=PAGES)
    options = parser.parse_args()
    with ExitStack() as stack:
        desk = stack.enter_context(running.desk(PLAN))
        if options.profile:
            return profile(desk, options.profile)
        ours = DeskRequests(desk, partial(open_served, stack))
        floor = start_floor(stack, desk, ours)
        print(f"{'CPU ms a request':34}    desk   floor  ratio   goal  bound")
        return max([measure(name, ours, floor, options.rounds) for name in options.only])


def measure(name: str, desk: DeskRequests, floor: FloorRequests, rounds: int) -> int:
    """Returns 1 if the page exceeds its bound."""
    page, ours = PAGES[name], getattr(desk, name)()
    other = desk.narrow() if name == "wide" else getattr(floor, name)()
    for prepare in (ours, other):
        play([prepare() for _ in range(WARM_UP)])
    figures = [(per_request(ours), per_request(other)) for _ in range(rounds)]
    took, least = (statistics.median(one) for one in zip(*figures, strict=True))
    is_beyond = took / least > page.bound
    print(
        f"{page.title:34} {took:7.1f} {least:7.1f} {took / least:6.2f} {page.goal:6.2f}"
        f" {page.bound:6.2f}{'  beyond its bound' if is_beyond else ''}",
        flush=True,
    )
    return int(is_beyond)


def per_request(prepare: Prepare) -> float:
    asks = [prepare() for _ in range(REQUESTS)]
    return cpu.milliseconds(partial(play, asks)) / REQUESTS


def open_served(stack: ExitStack, user: "User", fresh_seconds: int) -> httpx.Client:
    running_web = running.web(INBOX_FRESH_SECONDS=str(fresh_seconds))
    _pid, url = stack.enter_context(running_web)
    return people.browser(url, user)


def start_floor(stack: ExitStack, desk: Desk, ours: DeskRequests) -> FloorRequests:
    """Bare pages whose HTML is the desk's of this moment."""
    asks: dict[str, Callable[[], Prepare]] = {
        name: getattr(ours, name) for name in ("inbox", "rows", "thread", "reply")
    }
    pages = {name: ask()()().text for name, ask in asks.items()}
    file = desk.folder / "floor.json"
    file.write_text(json.dumps({name: frames.take_apart(one) for name, one in pages.items()}))
    url = stack.enter_context(running.floor(file, desk.mirakl))
    floor = FloorRequests(people.browser(url, desk.agents[0]), ours.threads)
    for name, html in pages.items():
        length = len(play([getattr(floor, name)()()]).text)
        assert abs(length / len(html) - 1) < DIFFERENCE, (name, length, len(html))
    return floor


def profile(desk: Desk, name: str) -> int:
    prepare = getattr(DeskRequests(desk, open_here), name)()
    play([prepare() for _ in range(WARM_UP)])
    asks = [prepare() for _ in range(REQUESTS)]
    profiler = cProfile.Profile(time.thread_time)
    profiler.runcall(play, asks)
    figures = pstats.Stats(profiler)
    figures.sort_stats("cumulative").print_stats("inbox|templates", 60)
    figures.sort_stats("tottime").print_stats(40)
    return 0


def open_here(user: "User", fresh_seconds: int) -> httpx.Client:
    """Without a web server; the last opened one defines what counts as fresh."""
    from django.conf import settings

    from helpdesk.wsgi import application

    settings.INBOX_FRESH_SECONDS = fresh_seconds
    browser = people.browser("http://localhost", user)
    browser._transport = httpx.WSGITransport(application)
    return browser


if __name__ == "__main__":
    sys.exit(main())
