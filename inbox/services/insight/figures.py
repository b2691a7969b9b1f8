"""What a figure of a report is: rows of one source, and what it says of them.

Whatever shows a figure, lists its rows or exports them asks `Rows` for the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Case, Count, F, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from inbox.models.percentiles import Percentile
from inbox.services.insight.report_filter import ReportFilter

StrOrPromise = str | Promise
Condition = Callable[[ReportFilter], Q]
Value = Callable[[ReportFilter], Any]
COUNT, DURATION, SHARE, NUMBER = "count", "duration", "share", "number"


@dataclass(frozen=True)
class Source:
    """A kind of rows: those that the filters leave, and the columns that put them into parts."""

    name: str
    select: Callable[[ReportFilter], QuerySet[Any]]
    parts: Mapping[str, Combinable | F] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """What figures count. `moment` is the column that puts a row into a day and an hour.

    `is_momentary`: they depend on the moment of the report, not only on its period.
    """

    name: str
    label: StrOrPromise
    source: Source
    condition: Condition
    moment: str
    is_momentary: bool = False

    def select(self, chosen: ReportFilter) -> QuerySet[Any]:
        return self.source.select(chosen).filter(self.condition(chosen))


@dataclass(frozen=True)
class Metric:
    """A figure: its `value` over its rows. Shares are of these rows."""

    name: str
    rows: Rows
    unit: str
    value: Value
    label: StrOrPromise
    definition: StrOrPromise


def within(moment: str) -> Condition:
    """Rows whose `moment` is in the period."""
    return lambda chosen: Q(
        **{f"{moment}__gte": chosen.period.begin, f"{moment}__lt": chosen.period.end}
    )


def count_rows(_chosen: ReportFilter) -> Any:
    return Count("pk")


def share_of(condition: Q) -> Value:
    return lambda _chosen: Avg(Case(When(condition, then=1.0), default=0.0))


def mean_of(column: str) -> Value:
    return lambda _chosen: Avg(column)


def percentile_of(column: str, fraction: float) -> Value:
    return lambda _chosen: Percentile(column, fraction)
