"""Simulates a team that answers what matters most, beside one that answers the oldest first.

    python -m benchmarks.effect [--weeks N] [--seeds N]

Both teams answer the same messages on the same days with the same marketplaces. A line is crossed
by each reply that misses a limit which holds for each, and on each day that begins with an average
over its limit. Fails unless what matters most crosses fewer lines, at no worse mean of all waits.
"""

import argparse
import heapq
import random
import statistics
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inbox.models import Marketplace
    from inbox.services.insight.effect import Effect

WEEKS, SEEDS = 6, 12
BEGINS = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OPENS, CLOSES = time(9), time(18)
FRIDAY = 4
WINDOW = timedelta(days=30)
FRESH = 5 * MINUTE
AGENTS = 4


@dataclass(frozen=True)
class Place:
    """A marketplace: its rule and limit, messages a day, and the replies of the last month."""

    rule: str
    limit: int
    a_day: float
    answered: int
    mean: float


PLACES = [
    Place("mean_max", 24, a_day=80, answered=2000, mean=14),
    Place("mean_max", 24, a_day=4, answered=60, mean=21),
    Place("mean_max", 48, a_day=25, answered=600, mean=20),
    Place("each_max", 24, a_day=50, answered=1200, mean=14),
    Place("share_min", 48, a_day=20, answered=500, mean=20),
    Place("informative", 24, a_day=35, answered=800, mean=20),
]
# Minutes that an answer takes, by topic, and how common the topic is.
TOPICS = {"thanks": (1, 10), "parcel": (3, 45), "invoice": (5, 15), "return": (8, 20)} | {
    "claim": (18, 10)
}


@dataclass(frozen=True)
class Asked:
    """A message that waits; `minutes` are predicted, `takes` is what the answer really takes."""

    at: datetime
    place: int
    minutes: int
    takes: timedelta
    due_at: datetime


@dataclass
class Outcome:
    waits: list[float] = field(default_factory=list)
    missed: int = 0
    days_over: int = 0

    @property
    def lines(self) -> int:
        return self.missed + self.days_over

    @property
    def mean(self) -> float:
        return statistics.fmean(self.waits)


Choose = Callable[["Team", list[Asked], datetime], Asked]


class Team:
    """Agents in their working hours, and the averages that their replies make."""

    def __init__(self, marketplaces: "Sequence[Marketplace]", choose: Choose) -> None:
        self.marketplaces, self.choose = marketplaces, choose
        self.outcome = Outcome()
        self.effect: Effect | None = None
        self.replies = [
            deque(
                (BEGINS - WINDOW + WINDOW * at / one.answered, one.mean * 3600)
                for at in range(one.answered)
            )
            for one in PLACES
        ]
        self.sums = [one.mean * 3600 * one.answered for one in PLACES]

    def work(self, messages: Sequence[Asked], until: datetime) -> Outcome:
        free = [(next_opening(BEGINS), agent) for agent in range(AGENTS)]
        waiting: list[Asked] = []
        arriving = deque(messages)
        day = BEGINS
        while free[0][0] < until:
            now, agent = heapq.heappop(free)
            while arriving and arriving[0].at <= now:
                waiting.append(arriving.popleft())
            while day + timedelta(days=1) <= now:
                day += timedelta(days=1)
                self._begin_day(now)
            if not waiting:
                later = arriving[0].at if arriving else until
                heapq.heappush(free, (next_opening(later), agent))
                continue
            chosen = self.choose(self, waiting, now)
            waiting.remove(chosen)
            self._answer(chosen, now + chosen.takes)
            heapq.heappush(free, (next_opening(now + chosen.takes), agent))
        for one in [*waiting, *arriving]:
            self._judge(one, until)
        return self.outcome

    def standing(self, place: int, now: datetime) -> tuple[int, float]:
        """Replies in the window, and the sum of their seconds."""
        replies = self.replies[place]
        while replies and replies[0][0] <= now - WINDOW:
            self.sums[place] -= replies.popleft()[1]
        return len(replies), self.sums[place]

    def _begin_day(self, now: datetime) -> None:
        for place, one in enumerate(PLACES):
            number, seconds = self.standing(place, now)
            is_over = number > 0 and seconds / number >= one.limit * 3600
            self.outcome.days_over += is_over and one.rule == "mean_max"

    def _answer(self, one: Asked, at: datetime) -> None:
        seconds = (at - one.at).total_seconds()
        self.replies[one.place].append((at, seconds))
        self.sums[one.place] += seconds
        self._judge(one, at)

    def _judge(self, one: Asked, at: datetime) -> None:
        self.outcome.waits.append((at - one.at) / HOUR)
        is_hard = PLACES[one.place].rule in {"each_max", "share_min"}
        self.outcome.missed += is_hard and at > one.due_at


def oldest(_team: Team, waiting: list[Asked], _now: datetime) -> Asked:
    return min(waiting, key=lambda one: one.at)


def soonest(_team: Team, waiting: list[Asked], _now: datetime) -> Asked:
    return min(waiting, key=lambda one: one.due_at)


def what_matters_most(team: Team, waiting: list[Asked], now: datetime) -> Asked:
    """As a list sorts it, with standings as old as those of a list."""
    if team.effect is None or team.effect.now <= now - FRESH:
        team.effect = weigh_places(team, waiting, now)
    known = team.effect
    return min(waiting, key=lambda one: known.position(one.place, one.minutes, one.due_at))


def weigh_places(team: Team, waiting: list[Asked], now: datetime) -> "Effect":
    from inbox.services.insight.effect import Standing, find_next_morning, weigh

    counts = [0] * len(PLACES)
    for one in waiting:
        counts[one.place] += 1
    standings = {
        place: Standing(counts[place], *team.standing(place, now)) for place in range(len(PLACES))
    }
    return weigh(team.marketplaces, standings, now, find_next_morning(now, UTC))


ORDERS: Mapping[str, Choose] = {
    "oldest first": oldest,
    "by deadline": soonest,
    "what matters most": what_matters_most,
}


def next_opening(at: datetime) -> datetime:
    """This moment if somebody works then, else the next opening."""
    if at.weekday() <= FRIDAY and OPENS <= at.time() < CLOSES:
        return at
    day = at.date() if at.time() < OPENS else at.date() + timedelta(days=1)
    while day.weekday() > FRIDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, tzinfo=UTC)


def draw_messages(chance: random.Random, weeks: int) -> list[Asked]:
    """Day and night, fewer at night, and more on some days than on others."""
    return sorted(_draw(chance, weeks), key=lambda one: one.at)


def _draw(chance: random.Random, weeks: int) -> Iterator[Asked]:
    weights = [weight for _minutes, weight in TOPICS.values()]
    for day in range(weeks * 7):
        rush = chance.uniform(0.4, 1.6)
        for place, one in enumerate(PLACES):
            for _message in range(round(chance.gauss(one.a_day, one.a_day**0.5) * rush)):
                hour = chance.triangular(0, 24, 17)
                at = BEGINS + timedelta(days=day, hours=hour)
                ((minutes, _weight),) = chance.choices(list(TOPICS.values()), weights)
                takes = minutes * chance.lognormvariate(0, 0.5) * MINUTE
                yield Asked(at, place, minutes, takes, at + one.limit * HOUR)


def simulate(weeks: int, seeds: int) -> dict[str, list[Outcome]]:
    from inbox.models import Marketplace

    marketplaces = [
        Marketplace(pk=place, reply_rule=one.rule, reply_limit_hours=one.limit)
        for place, one in enumerate(PLACES)
    ]
    found: dict[str, list[Outcome]] = {name: [] for name in ORDERS}
    for seed in range(seeds):
        messages = draw_messages(random.Random(seed), weeks)  # noqa: S311  the same each time
        for name, choose in ORDERS.items():
            team = Team(marketplaces, choose)
            found[name].append(team.work(messages, BEGINS + timedelta(weeks=weeks)))
    return found


def report(found: Mapping[str, Sequence[Outcome]]) -> bool:
    """Prints what each order did. Returns whether what matters most was better."""
    print(f"{'':20} missed limits  days over the average  lines  mean, hours  nine in ten")
    for name, some in found.items():
        missed = statistics.fmean(one.missed for one in some)
        days = statistics.fmean(one.days_over for one in some)
        lines = statistics.fmean(one.lines for one in some)
        mean = statistics.fmean(one.mean for one in some)
        ninth = statistics.fmean(statistics.quantiles(one.waits, n=10)[-1] for one in some)
        print(f"{name:20} {missed:13.1f} {days:22.1f} {lines:6.1f} {mean:12.2f} {ninth:12.2f}")
    return is_better(found["what matters most"], found["oldest first"])


def is_better(ours: Sequence[Outcome], other: Sequence[Outcome]) -> bool:
    fewer = sum(one.lines for one in ours) < sum(one.lines for one in other)
    sooner = statistics.fmean(one.mean for one in ours) <= statistics.fmean(
        one.mean for one in other
    )
    return fewer and sooner


def main() -> int:
    from benchmarks.environment import set_environment

    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    with ExitStack() as services:
        set_environment(services)
        import django

        django.setup()
        print(f"{options.weeks} weeks, mean of {options.seeds} runs, {AGENTS} agents")
        return 0 if report(simulate(options.weeks, options.seeds)) else 1


if __name__ == "__main__":
    sys.exit(main())
