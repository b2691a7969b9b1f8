"""What a figure of a report is: rows of one source, and what it says of them.

Whatever shows a figure, lists its rows or exports them asks `Rows` for the same rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from django.db.models import Avg, Case, Count, F, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from inbox.models.percentiles import Percentile
from inbox.services.insight.report_filter import ReportFilter

StrOrPromise = str | Promise
Condition = Callable[[ReportFilter], Q]
# Of the rows that a condition leaves; without one, of all.
Value = Callable[[ReportFilter, Q | None], Any]
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

    `among` are the rows that they are a part of, by the same moment: one query counts both.
    `is_momentary`: they depend on the moment of the report, not only on its period; `ripen` is how
    long after their own moment they still may change. `quick_count` is their number if it is
    known without them; None where it is not.
    """

    name: str
    label: StrOrPromise
    source: Source
    condition: Condition
    moment: str
    is_momentary: bool = False
    among: Self | None = None
    ripen: timedelta = timedelta()
    quick_count: Callable[[ReportFilter], int | None] = lambda _chosen: None

    @property
    def all(self) -> Self:
        return self.among or self

    def select(self, chosen: ReportFilter) -> QuerySet[Any]:
        whole = self.among.select(chosen) if self.among else self.source.select(chosen)
        return whole.filter(self.condition(chosen))


@dataclass(frozen=True)
class Metric:
    """A figure: its `value` over its rows. Shares are of these rows."""

    name: str
    rows: Rows
    unit: str
    value: Value
    label: StrOrPromise
    definition: StrOrPromise

    def among(self, chosen: ReportFilter) -> Any:
        """Its value, to be computed over all the rows that its own are among."""
        only = self.rows.condition(chosen) if self.rows.among else None
        return self.value(chosen, only)


def within(moment: str) -> Condition:
    """Rows whose `moment` is in the period."""
    return lambda chosen: Q(
        **{f"{moment}__gte": chosen.period.begin, f"{moment}__lt": chosen.period.end}
    )


def count_rows(_chosen: ReportFilter, only: Q | None) -> Any:
    return Count("pk", filter=only)


def share_of(condition: Combinable | Q) -> Value:
    return lambda _chosen, only: Avg(Case(When(condition, then=1.0), default=0.0), filter=only)


def mean_of(column: str) -> Value:
    return lambda _chosen, only: Avg(column, filter=only)


def percentile_of(column: str, fraction: float) -> Value:
    return lambda _chosen, only: Percentile(column, fraction, filter=only)
