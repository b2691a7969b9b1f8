"""Triggers that keep the rollups of reports: each statement adds the differences it made."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pgtrigger
from django.db import models

from inbox.models.triggers import CHANGES

HOUR = 3600
# The edges of the classes of reply times, in hours.
CLASS_EDGES = (1, 4, 8, 24, 48)
# An edge is so many times the one below it, at most.
STEP = 1.15
SHORTEST, LONGEST = 1, 10 * 365 * 24 * HOUR


def _edges() -> Iterator[float]:
    """The upper edges of the buckets in seconds: equal steps between the edges of classes."""
    marks = [SHORTEST, *(hours * HOUR for hours in CLASS_EDGES), LONGEST]
    for low, high in pairwise(marks):
        steps = next(n for n in range(1, 200) if (high / low) ** (1 / n) <= STEP)
        yield from (round(low * (high / low) ** (n / steps), 3) for n in range(steps))
    yield LONGEST


EDGES = list(_edges())
# The number of edges below the seconds: an edge belongs to the bucket that it ends.
BUCKET = "{count} - width_bucket(-seconds, ARRAY[{edges}]::float8[])".format(
    count=len(EDGES), edges=", ".join(str(-edge) for edge in reversed(EDGES))
)
MICROS = "round(seconds * 1000000)::bigint"
IN_TIME = "(ended_by = 'reply' AND ended_at <= limit_at)"
REPLIED = "ended_by = 'reply'"
# What a span adds: its kind, the moment that puts it into a day, its bucket, its microseconds.
FACTS = f"""(VALUES
    ('asked', asked_at,
        ((extract(isodow FROM asked_at AT TIME ZONE {{zone}}) - 1) * 24
            + extract(hour FROM asked_at AT TIME ZONE {{zone}}))::int, 0::bigint),
    ('answered', CASE WHEN {REPLIED} THEN ended_at END, {BUCKET}, {MICROS}),
    ('first', CASE WHEN is_first_reply THEN ended_at END, {BUCKET}, {MICROS}),
    ('replied', CASE WHEN {REPLIED} THEN ended_at END, is_from_desk::int, {MICROS}),
    ('declared', CASE WHEN ended_by = 'no_reply_needed' THEN ended_at END, 0, 0),
    ('judged', CASE WHEN limit_at IS NOT NULL
            AND NOT (ended_by = 'no_reply_needed' AND ended_at <= limit_at) THEN judged_at END,
        {IN_TIME}::int, 0)
) fact(kind, at, bucket, micros)"""
# Each fact counts in its day and in its month.
GRAINS = """(SELECT (at AT TIME ZONE {zone})::date AS of) local,
    LATERAL (VALUES (false, of), (true, date_trunc('month', of)::date)) grain(is_month, day)"""
KEY = "zone, is_month, kind, marketplace_id, day, asker, bucket"
# The side that wrote a message: senders are called SHOP_USER, participants SHOP.
WRITTEN_BY = "left(replace(sender_type, '_USER', ''), 10)"
# What a message adds. Its side stands for the asker.
MESSAGE_FACTS = f"""(VALUES
    ('message', created_at, {WRITTEN_BY}, is_from_desk::int, 0::bigint)
) fact(kind, at, asker, bucket, micros)"""


def facts_in(zone: str) -> str:
    return FACTS.format(zone=zone)


def count_facts(changes: str) -> str:
    """The differences that changed spans make, for the zone that the rollups are kept in.

    `changes` are rows of spans with a `sign`.
    """
    return _count(changes, facts_in("state.zone"), "NOT is_history AND at IS NOT NULL")


def count_message_facts(changes: str) -> str:
    """The same of messages."""
    return _count(changes, MESSAGE_FACTS, "is_dated")


def _count(changes: str, facts: str, condition: str) -> str:
    return f"""
        SELECT {KEY}, sum(sign)::int AS n, sum(sign * micros)::bigint AS micros
        FROM ({changes}) changes CROSS JOIN inbox_rollupstate state,
            LATERAL {facts},
            LATERAL {GRAINS.format(zone="state.zone")}
        WHERE {condition}
        GROUP BY {KEY}
    """  # noqa: S608  names of ours


class RollupTrigger(pgtrigger.Composer):
    """Of spans or messages: `count` makes the query of the differences."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, *, count: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.count = count

    # The library's annotation says an instance, but it passes the class.
    def get_func(self, model: type[models.Model]) -> str:  # type: ignore[override]
        return self.format_sql(f"""
            INSERT INTO inbox_rollupchange ({KEY}, n, micros)
            SELECT * FROM ({self.count(CHANGES[str(self.operation)])}) differences
            WHERE n <> 0 OR micros <> 0;
            RETURN NULL;
        """)  # noqa: S608  names of ours


def _triggers(count: Callable[[str], str]) -> list[RollupTrigger]:
    return [
        RollupTrigger(name="rollup_made", operation=pgtrigger.Insert, count=count),
        RollupTrigger(name="rollup_changed", operation=pgtrigger.Update, count=count),
        RollupTrigger(name="rollup_gone", operation=pgtrigger.Delete, count=count),
    ]


SPAN_ROLLUP_TRIGGERS = _triggers(count_facts)
MESSAGE_ROLLUP_TRIGGERS = _triggers(count_message_facts)
