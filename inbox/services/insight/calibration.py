"""Which way of counting gives a marketplace's own figure: eight formulas against its readings.

Mirakl doesn't say from which message of several it counts, whether the operator's count, and
whether nights do. Days of readings tell, or show that none of our formulas is the marketplace's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from inbox.reply_calendar import Calendar, working_seconds

FEWEST_READINGS = 5
# Above this error none of the formulas is the marketplace's.
FITS_WITHIN = 0.1


class Reply(NamedTuple):
    """A wait that a reply ended."""

    is_operators: bool
    asked_at: datetime
    last_asked_at: datetime
    ended_at: datetime


class Reading(NamedTuple):
    """The marketplace's own average in seconds, and when it was calculated."""

    at: datetime
    value: float


class Formula(NamedTuple):
    counts_last_message: bool
    counts_operator: bool
    counts_calendar: bool


# The usual ones first: of formulas that fit alike, the first is shown.
FORMULAS = [Formula(*one) for one in product((False, True), repeat=3)]


@dataclass(frozen=True)
class Fit:
    """The best formula, and its mean error as a part of the marketplace's figure."""

    formula: Formula
    error: float

    @property
    def is_good(self) -> bool:
        return self.error <= FITS_WITHIN


def find_best_formula(
    readings: Sequence[Reading], replies: Sequence[Reply], window: timedelta, calendar: Calendar
) -> Fit | None:
    """None before five readings, or if nothing was answered in their windows."""
    compared = [one for one in readings if one.value > 0]
    if len(compared) < FEWEST_READINGS:
        return None
    fits = [
        Fit(formula, error)
        for formula in FORMULAS
        if (error := _measure_error(formula, compared, replies, window, calendar)) is not None
    ]
    return min(fits, key=lambda fit: fit.error, default=None)


def _measure_error(
    formula: Formula,
    readings: Sequence[Reading],
    replies: Sequence[Reply],
    window: timedelta,
    calendar: Calendar,
) -> float | None:
    counted = [
        (one.ended_at, _count_seconds(one, formula, calendar))
        for one in replies
        if formula.counts_operator or not one.is_operators
    ]
    errors = []
    for at, value in readings:
        waits = [seconds for ended_at, seconds in counted if at - window < ended_at <= at]
        if not waits:
            return None
        errors.append(abs(sum(waits) / len(waits) - value) / value)
    return sum(errors) / len(errors)


def _count_seconds(reply: Reply, formula: Formula, calendar: Calendar) -> float:
    start = reply.last_asked_at if formula.counts_last_message else reply.asked_at
    if formula.counts_calendar:
        return working_seconds(start, reply.ended_at, calendar)
    return (reply.ended_at - start).total_seconds()
