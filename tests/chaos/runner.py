"""A chaos run: agents write under faults, the faults end, and all replies are checked."""

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

from tests.chaos import checks, environment, people, plan
from tests.chaos.checks import Findings
from tests.chaos.environment import Environment
from tests.chaos.plan import Job

WRITERS = 6
# Far longer than any lease or pause of the desk in a chaos run, for slow machines.
SETTLES_IN = 300
# One answer may raise another question: a message may be either of two replies with one text.
ROUNDS = 6


@dataclass
class Run:
    """The result: `after` the faults, and at the `end`, when people have decided."""

    seed: int
    planned: int
    written: dict[str, Job] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    kills: dict[str, int] = field(default_factory=dict)
    after: Findings = field(default_factory=Findings)
    end: Findings = field(default_factory=Findings)
    compared: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)


def run(replies: int, seed: int, *, writing_seconds: float) -> Run:
    outcome = Run(seed, replies)
    with timed(outcome, "start"):
        running = environment.running(seed)
        desk = running.__enter__()
    try:
        with timed(outcome, "write"):
            write_under_faults(desk, outcome, replies, writing_seconds)
        with timed(outcome, "settle"):
            heal(desk)
            settle(desk)
        outcome.after = checks.check_replies(desk, outcome.written)
        with timed(outcome, "decide"):
            outcome.compared = compare(desk)
            decide(desk, random.Random(seed))
            settle(desk)
            outcome.compared += compare(desk)
        outcome.end = checks.check_replies(desk, outcome.written)
        outcome.faults, outcome.kills = desk.proxy.counts, desk.kills
    finally:
        running.__exit__(None, None, None)
    return outcome


@contextmanager
def timed(outcome: Run, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    outcome.seconds[name] = time.monotonic() - began


# -- writing under faults ---------------------------------------------------


def write_under_faults(desk: Environment, outcome: Run, replies: int, seconds: float) -> None:
    """Run the writers, a reader and the disruptions until all is written or time is over."""
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
            pool.submit(disrupt, desk, random.Random(outcome.seed), is_over),
            pool.submit(read_pages, desk, random.Random(outcome.seed), outcome, is_over),
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
    desk: Environment, username: str, waiting: "SimpleQueue[Job]", outcome: Run, ends_at: float
) -> None:
    with people.agent(desk.url, username) as agent:
        while time.monotonic() < ends_at:
            try:
                job = waiting.get_nowait()
            except Empty:
                return
            outcome.written[agent.write(job)] = job


def read_pages(
    desk: Environment, chance: random.Random, outcome: Run, is_over: threading.Event
) -> None:
    """Read pages, which confirms replies, and send some replies again."""
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


def disrupt(desk: Environment, chance: random.Random, is_over: threading.Event) -> None:
    disruptions: dict[str, Callable[[], None]] = {
        "kill one web worker": desk.kill_one_web_worker,
        "kill the web": lambda: desk.kill_and_restart("web"),
        "kill a worker": lambda: desk.kill_and_restart(chance.choice(environment.DESK[1:])),
        "restart Redis": lambda: desk.restart_redis(is_emptied=False),
        "restart Redis empty": lambda: desk.restart_redis(is_emptied=True),
        "empty Redis": desk.empty_redis,
        "restart PostgreSQL": desk.restart_postgresql,
        "stop listening": lambda: stop_listening(desk),
    }
    names, weights = list(plan.DISRUPTIONS), list(plan.DISRUPTIONS.values())
    while not is_over.wait(chance.uniform(0.5, 3)):
        alter_texts(desk, chance.choice(plan.ALTERATIONS))
        (name,) = chance.choices(names, weights)
        disruptions[name]()


def alter_texts(desk: Environment, alter: str | None) -> None:
    """Let the marketplaces alter the texts they store from now on."""
    faults = [{"operation": "*", "alter": alter}]
    httpx.put(f"{desk.sandbox_url}/_sandbox/faults", json=faults, trust_env=False)
    desk.count(f"altered: {alter or 'not'}")


def stop_listening(desk: Environment) -> None:
    desk.proxy.shut()
    time.sleep(1)
    desk.proxy.open()
    desk.count("proxy away")


# -- after the faults -------------------------------------------------------


def heal(desk: Environment) -> None:
    """Kill everything once more and restart it on a network without faults."""
    for name in environment.DESK:
        desk.kill(name)
    desk.proxy.heal()
    for name in environment.DESK:
        desk.start(name)
    desk.wait_until_ready()


def settle(desk: Environment) -> None:
    """Read pages until every reply is settled or the time is over: then the rest is stuck."""
    deadline = time.monotonic() + SETTLES_IN
    with people.agent(desk.url, "agent") as agent:
        while moving := checks.unsettled(desk.rows(checks.ROWS)):
            if time.monotonic() > deadline:
                return
            for row in moving:
                agent.look(f"/replies/{row['token']}/")
            time.sleep(0.3)


def compare(desk: Environment) -> Counter[str]:
    """Answer the desk's questions until it asks no more. Returns the number of each answer."""
    answers: Counter[str] = Counter()
    with people.agent(desk.url, "agent") as agent:
        for _ in range(ROUNDS):
            questions = desk.rows(checks.QUESTIONS)
            for one in questions:
                is_it = plan.mark_of(one["ours"]) == plan.mark_of(unescape(one["theirs"]))
                agent.answer(one["token"], one["id"], is_it=is_it)
                answers["it is" if is_it else "it is not"] += 1
            settle(desk)
            if not questions:
                break
    return answers


def decide(desk: Environment, chance: random.Random) -> None:
    """Send each waiting reply again, or discard it."""
    with people.agent(desk.url, "lead") as agent:
        for row in desk.rows(checks.ROWS):
            if checks.state_of(row) in checks.TO_BE_SENT:
                agent.press(row["token"], chance.choice(["send-again"] * 4 + ["discard"]))
