"""Percentiles of a column, interpolated; None of no rows."""

from typing import Any

from django.db.models import Aggregate, FloatField


class Percentile(Aggregate):
    """`Percentile("seconds", 0.9)`: PostgreSQL's `percentile_cont`."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, fraction: float, **extra: Any) -> None:
        super().__init__(expression, fraction=fraction, **extra)
