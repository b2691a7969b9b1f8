"""The band around a forecast: what still arrives, drawn from the same hours of past weeks.

Each hour to come is drawn from the same hour of the same weekday in the last eight weeks, with the
time that its waits took. The seed is fixed, so that a page shows the same band again.
"""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import quantiles
from typing import NamedTuple

from inbox.dates import whole_hour_before
from inbox.services.insight.forecast import Replies, Sum

WEEKS = 8
# A band of fewer weeks would promise more than is known.
FEWEST_WEEKS = 2
RUNS = 100
SEED = 20_261_201
HOUR = timedelta(hours=1)


class Arrival(NamedTuple):
    """A wait of the past; `seconds` until its answer, None while it is open."""

    asked_at: datetime
    seconds: float | None


class Band(NamedTuple):
    at: datetime
    low: float  # the tenth percentile
    high: float  # the ninetieth


def draw_bands(
    replies: Replies,
    past: Sequence[Arrival],
    moments: Sequence[datetime],
    *,
    zone: tzinfo,
    known_since: datetime,
) -> list[Band]:
    """For each moment the average with what arrives until then; empty if too little is known."""
    weeks = min(WEEKS, int((replies.now - known_since) / timedelta(weeks=1)))
    if weeks < FEWEST_WEEKS or not moments:
        return []
    hours = _list_hours(replies.now, max(moments), past, weeks, zone)
    draw = random.Random(SEED)  # noqa: S311  no secret
    runs = [[draw.randrange(weeks) for _ in hours] for _ in range(RUNS)]
    return [band for at in moments if (band := _draw_band(replies, hours, runs, at))]


Hours = Sequence[Sequence[Sequence[Arrival]]]


def _list_hours(
    now: datetime, until: datetime, past: Sequence[Arrival], weeks: int, zone: tzinfo
) -> Hours:
    """For each hour from now on, what would arrive if it were as one or another week ago."""
    by_hour = defaultdict[tuple[object, int], list[Arrival]](list)
    for one in past:
        local = one.asked_at.astimezone(zone)
        by_hour[local.date(), local.hour].append(one)
    hours, begins_at = [], whole_hour_before(now, zone)
    while begins_at < until:
        hours.append([_move(by_hour, begins_at, week, now, zone) for week in range(1, weeks + 1)])
        begins_at += HOUR
    return hours


def _move(
    by_hour: Mapping[tuple[object, int], Sequence[Arrival]],
    begins_at: datetime,
    week: int,
    now: datetime,
    zone: tzinfo,
) -> list[Arrival]:
    """What arrived in this hour of a past week, as if it came now."""
    local = begins_at.astimezone(zone)
    found = by_hour.get((local.date() - timedelta(weeks=week), local.hour), ())
    moved = (Arrival(begins_at + _since_the_hour(one.asked_at, zone), one.seconds) for one in found)
    return [one for one in moved if one.asked_at > now]


def _since_the_hour(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(UTC) - whole_hour_before(at, zone)


def _draw_band(
    replies: Replies, hours: Hours, runs: Sequence[Sequence[int]], at: datetime
) -> Band | None:
    known, sums = replies.sum_at(at), [[_add_up(week, at) for week in hour] for hour in hours]
    means = []
    for run in runs:
        drawn = [hour[week] for hour, week in zip(sums, run, strict=True)]
        seconds = known.seconds + sum(one.seconds for one in drawn)
        mean = Sum(seconds, known.waits + sum(one.waits for one in drawn)).mean
        if mean is None:
            return None
        means.append(mean)
    tenths = quantiles(means, n=10, method="inclusive")
    return Band(at, tenths[0], tenths[-1])


def _add_up(arrivals: Sequence[Arrival], until: datetime) -> Sum:
    """Each has waited until its answer, or until then."""
    waits = [
        min(
            (until - one.asked_at).total_seconds(), math.inf if one.seconds is None else one.seconds
        )
        for one in arrivals
        if one.asked_at < until
    ]
    return Sum(sum(waits), len(waits))
