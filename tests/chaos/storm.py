"""A run: everybody writes while things break; then all is well, and the books are opened."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from queue import Empty, SimpleQueue

import httpx

from tests.chaos import house, people, plan, verdict
from tests.chaos.house import House
from tests.chaos.plan import Job
from tests.chaos.verdict import Verdict

WRITERS = 6
# Longer than any lease, pause or rest of the hurried desk.
SETTLES_IN = 90
# An answer may raise another question: of two replies of the same words each may be a message.
ROUNDS = 6


@dataclass
class Run:
    """What came of it: `after` the storm, and at the `end`, when people had decided."""

    seed: int
    planned: int
    written: dict[str, Job] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    kills: dict[str, int] = field(default_factory=dict)
    after: Verdict = field(default_factory=Verdict)
    end: Verdict = field(default_factory=Verdict)
    compared: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)


def run(replies: int, seed: int, *, storm_seconds: float) -> Run:
    outcome = Run(seed, replies)
    with timed(outcome, "start"):
        running = house.running(seed)
        desk = running.__enter__()
    try:
        with timed(outcome, "storm"):
            storm(desk, outcome, replies, storm_seconds)
        with timed(outcome, "settle"):
            calm(desk)
            settle(desk)
        outcome.after = verdict.judge(desk, outcome.written)
        with timed(outcome, "decide"):
            outcome.compared = compare(desk)
            decide(desk, random.Random(seed))
            settle(desk)
            outcome.compared += compare(desk)
        outcome.end = verdict.judge(desk, outcome.written)
        outcome.faults, outcome.kills = desk.proxy.counts, desk.kills
    finally:
        running.__exit__(None, None, None)
    return outcome


@contextmanager
def timed(outcome: Run, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    outcome.seconds[name] = time.monotonic() - began


# -- the storm --------------------------------------------------------------


def storm(desk: House, outcome: Run, replies: int, seconds: float) -> None:
    """Writers, a looker-on and a saboteur, until all is written or the time is over."""
    slug = plan.WITHOUT_THREADS
    desk.change(f"UPDATE inbox_marketplace SET has_threads = false WHERE slug = '{slug}'")  # noqa: S608
    targets = plan.targets_at(desk.sandbox_url, replies)
    waiting: SimpleQueue[Job] = SimpleQueue()
    for job in plan.jobs(replies, outcome.seed, targets):
        waiting.put(job)
    ends_at = time.monotonic() + seconds
    is_over = threading.Event()
    alter_texts(desk, "mask")
    desk.proxy.is_healthy = False
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        others = [
            pool.submit(sabotage, desk, random.Random(outcome.seed), is_over),
            pool.submit(look_on, desk, random.Random(outcome.seed), outcome, is_over),
        ]
        writers = [
            pool.submit(write, desk, ("agent", "lead")[number % 2], waiting, outcome, ends_at)
            for number in range(WRITERS)
        ]
        try:
            for writer in writers:
                writer.result()
        finally:
            is_over.set()
        for other in others:
            other.result()


def write(
    desk: House, username: str, waiting: "SimpleQueue[Job]", outcome: Run, ends_at: float
) -> None:
    with people.agent(desk.url, username) as agent:
        while time.monotonic() < ends_at:
            try:
                job = waiting.get_nowait()
            except Empty:
                return
            outcome.written[agent.write(job)] = job


def look_on(desk: House, chance: random.Random, outcome: Run, is_over: threading.Event) -> None:
    """Pages are displayed meanwhile, which is what confirms, and some things are sent again."""
    with people.agent(desk.url, "lead") as agent:
        while not is_over.wait(0.1):
            known = list(outcome.written)
            if not known:
                continue
            token = chance.choice(chance.choice([known, known[-4:]]))
            page = agent.look(f"/replies/{token}/")
            for button, share in (("send-again", 0.3), ("take-back", 0.3)):
                if page is not None and f"/{button}/" in page.text and chance.random() < share:
                    agent.press(token, button)
            if chance.random() < 0.1:
                agent.look("/")


def sabotage(desk: House, chance: random.Random, is_over: threading.Event) -> None:
    deeds: dict[str, Callable[[], None]] = {
        "kill one web worker": desk.kill_one_web_worker,
        "kill the web": lambda: desk.kill_and_restart("web"),
        "kill a worker": lambda: desk.kill_and_restart(chance.choice(house.DESK[1:])),
        "restart Redis": lambda: desk.restart_redis(is_emptied=False),
        "restart Redis empty": lambda: desk.restart_redis(is_emptied=True),
        "empty Redis": desk.empty_redis,
        "restart PostgreSQL": desk.restart_postgresql,
        "nobody listens": lambda: be_away(desk),
    }
    names, weights = list(plan.DISRUPTIONS), list(plan.DISRUPTIONS.values())
    while not is_over.wait(chance.uniform(0.5, 3)):
        alter_texts(desk, chance.choice(plan.ALTERATIONS))
        (name,) = chance.choices(names, weights)
        deeds[name]()


def alter_texts(desk: House, alter: str | None) -> None:
    """From now on the marketplaces store something else than they are given."""
    faults = [{"operation": "*", "alter": alter}]
    httpx.put(f"{desk.sandbox_url}/_sandbox/faults", json=faults, trust_env=False)
    desk.count(f"altered: {alter or 'not'}")


def be_away(desk: House) -> None:
    desk.proxy.shut()
    time.sleep(1)
    desk.proxy.open()
    desk.count("proxy away")


# -- afterwards -------------------------------------------------------------


def calm(desk: House) -> None:
    """Everything is killed once more, and comes back to a network without faults."""
    for name in house.DESK:
        desk.kill(name)
    desk.proxy.heal()
    for name in house.DESK:
        desk.start(name)
    desk.wait_until_ready()


def settle(desk: House) -> None:
    """Pages are displayed until nothing moves any more; what still does then is stuck."""
    deadline = time.monotonic() + SETTLES_IN
    with people.agent(desk.url, "agent") as agent:
        while moving := verdict.unsettled(desk.rows(verdict.ROWS)):
            if time.monotonic() > deadline:
                return
            for row in moving:
                agent.look(f"/replies/{row['token']}/")
            time.sleep(0.3)


def compare(desk: House) -> Counter[str]:
    """People say which messages are replies that nobody confirmed, until nothing is asked."""
    said: Counter[str] = Counter()
    with people.agent(desk.url, "agent") as agent:
        for _ in range(ROUNDS):
            questions = desk.rows(verdict.QUESTIONS)
            for one in questions:
                is_it = plan.mark_of(one["ours"]) == plan.mark_of(unescape(one["theirs"]))
                agent.answer(one["token"], one["id"], is_it=is_it)
                said["it is" if is_it else "it is not"] += 1
            settle(desk)
            if not questions:
                break
    return said


def decide(desk: House, chance: random.Random) -> None:
    """People send again what waits for them, or give it up."""
    with people.agent(desk.url, "lead") as agent:
        for row in desk.rows(verdict.ROWS):
            if verdict.state_of(row) in verdict.TO_BE_SENT:
                agent.press(row["token"], chance.choice(["send-again"] * 4 + ["discard"]))
