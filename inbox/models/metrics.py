"""Figures of Mirakl's (A21) that a marketplace watches, with the values where it steps in."""

import operator
from collections.abc import Callable

import msgspec

# How a figure compares with a value once it has crossed it.
SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Metric(msgspec.Struct, frozen=True, omit_defaults=True):
    """One figure of A21; without alert and limit it is only watched.

    Rates are parts of 1, times are seconds. `period` is Mirakl's, such as LAST_YEAR, where it is
    not the marketplace's window.
    """

    name: str
    alert: float | None = None
    alert_sign: str = ">="
    limit: float | None = None
    limit_sign: str = ">="
    period: str = ""

    def is_over(self, value: float) -> bool:
        return has_crossed(value, self.limit_sign, self.limit)

    def is_near(self, value: float) -> bool:
        """Whether the alert is crossed, and maybe the limit."""
        return has_crossed(value, self.alert_sign, self.alert)


def has_crossed(value: float, sign: str, bound: float | None) -> bool:
    return bound is not None and SIGNS[sign](value, bound)
