"""Figures from the rollups: counts, shares and means exactly, percentiles of long periods about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connections, router
from django.utils.timezone import get_default_timezone

from inbox.models import Rollup, RollupChange, RollupState
from inbox.models.rollup_triggers import CLASS_EDGES, EDGES, HOUR, MESSAGE_FACTS, facts_in
from inbox.models.rollups import Kind
from inbox.services.insight.about import About
from inbox.services.insight.periods import Period
from inbox.services.insight.report_filter import ReportFilter

# Percentiles and classes of shorter periods are those of the spans.
EXACT_DAYS = 31
# So few spans are, too.
EXACT_SPANS = 100_000
MILLION = 1_000_000
# Messages are theirs or ours: the rollups have the side that wrote them.
IN, OUT = "in", "out"


@dataclass
class Sum:
    """Spans of one kind: numbers and microseconds by bucket."""

    n: dict[int, int] = field(default_factory=dict)
    micros: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.n.values())

    @property
    def mean(self) -> float | None:
        return sum(self.micros.values()) / self.count / MILLION if self.count else None

    def share(self, bucket: int) -> float | None:
        return self.n.get(bucket, 0) / self.count if self.count else None

    def within(self, low: int, high: float) -> int:
        """In the class above `low` hours and up to `high`."""
        return sum(
            n
            for bucket, n in self.n.items()
            if _is_above(bucket, low * HOUR) and not _is_above(bucket, high * HOUR)
        )

    def percentile(self, fraction: float) -> About | None:
        """As if the spans of a bucket were its mean in the middle, and the others in between."""
        points, below = list[tuple[float, float]](), 0
        for bucket in sorted(one for one, n in self.n.items() if n > 0):
            n = self.n[bucket]
            points.append((below + (n - 1) / 2, self.micros[bucket] / n / MILLION))
            below += n
        if not points:
            return None
        at = fraction * (below - 1)
        left = max((one for one in points if one[0] <= at), default=points[0])
        right = min((one for one in points if one[0] >= at), default=points[-1])
        if right[0] == left[0]:
            return About(left[1])
        return About(left[1] + (right[1] - left[1]) * (at - left[0]) / (right[0] - left[0]))


Sums = Mapping[str, Sum]
Values = dict[str, float | None]
# Names of figures by the part that they are of.
Wanted = Mapping[str, Collection[str]]
Figure = Callable[[Sums], float | None]


def _is_above(bucket: int, edge: float) -> bool:
    return edge == 0 or (bucket > 0 and EDGES[bucket - 1] >= edge)


def _timed(name: str, kind: Kind) -> dict[str, tuple[str, Figure]]:
    return {
        f"{name}_p50": (kind, lambda sums: sums[kind].percentile(0.5)),
        f"{name}_p90": (kind, lambda sums: sums[kind].percentile(0.9)),
        f"{name}_mean": (kind, lambda sums: sums[kind].mean),
    }


def _class(low: int, high: float) -> Figure:
    return lambda sums: sums[Kind.ANSWERED].within(low, high)


LOWS, HIGHS = (0, *CLASS_EDGES), (*CLASS_EDGES, float("inf"))
CLASSES = {
    f"distribution_{f'{low}_{high}' if high in CLASS_EDGES else f'over_{low}'}_count": (low, high)
    for low, high in zip(LOWS, HIGHS, strict=True)
}
# The figures that rollups have, with the kind that they are of.
FIGURES: Mapping[str, tuple[str, Figure]] = {
    **_timed("first_reply_seconds", Kind.FIRST),
    **_timed("reply_seconds", Kind.ANSWERED),
    "reply_seconds_mean": (Kind.REPLIED, lambda sums: sums[Kind.REPLIED].mean),
    "asked_count": (Kind.ASKED, lambda sums: sums[Kind.ASKED].count),
    "answered_count": (Kind.REPLIED, lambda sums: sums[Kind.REPLIED].count),
    "answered_elsewhere_share": (Kind.REPLIED, lambda sums: sums[Kind.REPLIED].share(0)),
    "no_reply_needed_count": (Kind.DECLARED, lambda sums: sums[Kind.DECLARED].count),
    "answered_in_time_share": (Kind.JUDGED, lambda sums: sums[Kind.JUDGED].share(1)),
    "missed_count": (Kind.JUDGED, lambda sums: sums[Kind.JUDGED].n.get(0, 0)),
    **{name: (Kind.ANSWERED, _class(*edges)) for name, edges in CLASSES.items()},
    "messages_in_count": (IN, lambda sums: sums[IN].count),
    "messages_out_count": (OUT, lambda sums: sums[OUT].count),
    "messages_out_desk_count": (OUT, lambda sums: sums[OUT].n.get(1, 0)),
    "messages_out_elsewhere_count": (OUT, lambda sums: sums[OUT].n.get(0, 0)),
}
# Those of kinds with few rows a day, which are read for any period.
QUICK = {name for name, (kind, _) in FIGURES.items() if kind not in {Kind.ANSWERED, Kind.FIRST}}
# The parts that rollups have, as columns of their rows; the whole is one of them.
PARTS = {
    "": "NULL::text",
    "marketplace": "marketplace_id",
    "asker": "asker",
    "day": "day",
    "month": "date_trunc('month', day)::date",
    "hour": "bucket",
}


def choose(chosen: ReportFilter, wanted: Wanted) -> dict[str, list[str]]:
    """Of the wanted figures by part those that come from the rollups."""
    if is_filtered(chosen) or not is_complete():
        return {}
    able = set(FIGURES if is_rolled(chosen) else QUICK)
    if chosen.is_working:
        able.discard("reply_seconds_mean")
    return {
        part: [one for one in names if one in able and _has(chosen, part, one)]
        for part, names in wanted.items()
    }


def _has(chosen: ReportFilter, part: str, name: str) -> bool:
    """By hour of the week, they have waits begun only. Of our messages, they don't know to whom."""
    if part == "hour":
        return name == "asked_count"
    is_known = FIGURES[name][0] != OUT or not (chosen.askers or part == "asker")
    return is_known and part in PARTS


def is_rolled(chosen: ReportFilter) -> bool:
    """A long period with many spans, with no filter but those that the rollups have."""
    is_long = len(chosen.period.days) > EXACT_DAYS and not chosen.is_working
    return is_long and not is_filtered(chosen) and has_many(chosen)


def is_filtered(chosen: ReportFilter) -> bool:
    """Whether there is a filter whose rows the rollups cannot tell from others."""
    of_people = (chosen.agents, chosen.assignees, chosen.teams, chosen.only)
    of_threads = (chosen.shops, chosen.topics, chosen.tags, chosen.languages)
    return any(of_people) or any(of_threads)


def has_many(chosen: ReportFilter) -> bool:
    """Whether the period has so many spans that counting them is slow; False if not known."""
    if not is_complete():
        return False
    ended = _read(chosen, [""], [Kind.REPLIED, Kind.DECLARED])[""]
    return sum(one.count for sums in ended.values() for one in sums.values()) >= EXACT_SPANS


def is_complete() -> bool:
    """Whether they say all that the spans do, by the days of the team's time zone."""
    return RollupState.objects.filter(zone=settings.TIME_ZONE, is_complete=True).exists()


def compute(chosen: ReportFilter, names: Collection[str]) -> Values:
    return compute_parts(chosen, {"": names})[""][None]


def compute_parts(chosen: ReportFilter, wanted: Wanted) -> dict[str, dict[Any, Values]]:
    """By the part and its key, as `reports.compute_parts` has them."""
    found: dict[str, dict[Any, dict[str, Sum]]] = {}
    # Days are read apart: all others are made of months, as far as there are whole ones.
    for is_day in (False, True):
        parts = [part for part, names in wanted.items() if names and (part == "day") == is_day]
        if parts:
            kinds = {FIGURES[name][0] for part in parts for name in wanted[part]}
            found |= _read(chosen, parts, kinds)
    return {
        part: {
            key: _values(sums, wanted[part]) for key, sums in _named(chosen, part, by_key).items()
        }
        for part, by_key in found.items()
    }


def _values(sums: Sums, names: Iterable[str]) -> Values:
    filled = defaultdict(Sum, sums)
    return {name: FIGURES[name][1](filled) for name in names}


def _named(
    chosen: ReportFilter, part: str, found: dict[Any, dict[str, Sum]]
) -> dict[Any, dict[str, Sum]]:
    if part == "":
        return found or {None: {}}
    if part == "marketplace":
        slugs = {one.pk: one.slug for one in chosen.marketplaces}
        return {slugs[pk]: sums for pk, sums in found.items()}
    if part == "hour":
        return {(hour // 24 + 1, hour % 24): sums for hour, sums in found.items()}
    # Our own messages have no asker.
    return {key: sums for key, sums in found.items() if key is not None}


# -- the rows -------------------------------------------------------------------

SUMMED = """
    SELECT marketplace_id, asker, kind, day, bucket, n, micros FROM {table}
    WHERE zone = %(zone)s AND is_month = {is_month} AND kind = ANY(%(kinds)s)
        AND marketplace_id = ANY(%(marketplaces)s) AND day = ANY(%({days})s::date[])
"""
# What the last day has had until now: no whole day.
REST = f"""
    SELECT marketplace_id, asker, kind, (at AT TIME ZONE %(zone)s)::date AS day, bucket, 1, micros
    FROM inbox_span, LATERAL {facts_in("%(zone)s")}
    WHERE marketplace_id = ANY(%(marketplaces)s) AND NOT is_history
        AND (asked_at >= %(begin)s AND asked_at < %(end)s
            OR ended_at >= %(begin)s AND ended_at < %(end)s
            OR judged_at >= %(begin)s AND judged_at < %(end)s)
        AND kind = ANY(%(kinds)s) AND at >= %(begin)s AND at < %(end)s
        AND (kind <> 'judged' OR at <= %(as_of)s)
"""  # noqa: S608  names of ours
REST_OF_MESSAGES = f"""
    SELECT marketplace_id, asker, kind, (at AT TIME ZONE %(zone)s)::date AS day, bucket, 1, micros
    FROM inbox_message, LATERAL {MESSAGE_FACTS}
    WHERE marketplace_id = ANY(%(marketplaces)s) AND is_dated AND kind = ANY(%(kinds)s)
        AND created_at >= %(begin)s AND created_at < %(end)s
"""  # noqa: S608  names of ours
ROWS = " UNION ALL ".join(
    [
        *(
            SUMMED.format(table=model._meta.db_table, is_month=is_month, days=days)
            for model in (Rollup, RollupChange)
            for is_month, days in ((True, "months"), (False, "days"))
        ),
        REST,
        REST_OF_MESSAGES,
    ]
)
# Messages of the side that the desk writes for have no asker.
SIDED = f"""
    SELECT marketplace_id, day, n, micros,
        CASE WHEN kind <> 'message' OR asker <> our_side THEN asker END AS asker,
        CASE WHEN kind <> 'message' THEN kind WHEN asker = our_side THEN 'out' ELSE 'in' END
            AS kind,
        CASE WHEN kind <> 'asked' OR %(by_hour)s THEN bucket ELSE 0 END AS bucket
    FROM ({ROWS}) found JOIN unnest(%(marketplaces)s::bigint[], %(sides)s::text[])
        AS one(pk, our_side) ON pk = marketplace_id
"""  # noqa: S608  names of ours
# All parts in one go. Each has a column of its own; GROUPING has a bit for all but the row's.
QUERY = f"""
    SELECT GROUPING({{columns}}), kind, bucket, sum(n), sum(micros), {{columns}}
    FROM (
        SELECT kind, bucket, n, micros, {{named}} FROM ({SIDED}) sided
        WHERE %(askers)s::text[] IS NULL OR asker = ANY(%(askers)s)
    ) counted
    GROUP BY GROUPING SETS ({{sets}}) HAVING sum(n) <> 0
"""  # noqa: S608  names of ours


def _read(
    chosen: ReportFilter, parts: Sequence[str], kinds: Collection[str]
) -> dict[str, dict[Any, dict[str, Sum]]]:
    """By part, key and kind."""
    whole, begin = _whole_days(chosen)
    months, days = ([], whole) if "day" in parts else _months_of(whole)
    params = {
        "zone": settings.TIME_ZONE,
        "kinds": [str(Kind.MESSAGE if one in {IN, OUT} else one) for one in kinds],
        "marketplaces": [one.pk for one in chosen.marketplaces],
        "sides": [one.our_side for one in chosen.marketplaces],
        "askers": list(chosen.askers) or None,
        "months": months,
        "days": days,
        "begin": begin,
        "end": chosen.period.end,
        "as_of": chosen.as_of,
        "by_hour": "hour" in parts,
    }
    columns = {f"part_{number}": PARTS[part] for number, part in enumerate(parts)}
    query = QUERY.format(
        columns=", ".join(columns),
        named=", ".join(f"{column} AS {name}" for name, column in columns.items()),
        sets=", ".join(f"({name}, kind, bucket)" for name in columns),
    )
    found: dict[str, defaultdict[Any, defaultdict[str, Sum]]] = {
        part: defaultdict(lambda: defaultdict(Sum)) for part in parts
    }
    with connections[router.db_for_read(Rollup)].cursor() as cursor:
        cursor.execute(query, params)
        for others, kind, bucket, n, micros, *keys in cursor:
            number = len(parts) - (others ^ (1 << len(parts)) - 1).bit_length()
            one = found[parts[number]][keys[number]][kind]
            one.n[bucket], one.micros[bucket] = int(n), int(micros)
    return {part: {key: dict(sums) for key, sums in its.items()} for part, its in found.items()}


def _whole_days(chosen: ReportFilter) -> tuple[list[date], datetime]:
    """The days of the period that are over, and when the last one ended."""
    until = min(chosen.period.end, chosen.as_of).astimezone(get_default_timezone())
    end = max(until.date(), chosen.period.first)
    days = [one for one in chosen.period.days if one < end]
    return days, Period.of_days(end, end, chosen.as_of).begin


def _months_of(days: Sequence[date]) -> tuple[list[date], list[date]]:
    """The first days of whole months, and the days of the others."""
    by_month = defaultdict[date, list[date]](list)
    for day in days:
        by_month[day.replace(day=1)].append(day)
    months = [first for first, its in by_month.items() if len(its) == _length(first)]
    return months, [day for first, its in by_month.items() if first not in months for day in its]


def _length(first: date) -> int:
    after = (first + timedelta(days=31)).replace(day=1)
    return (after - first).days
