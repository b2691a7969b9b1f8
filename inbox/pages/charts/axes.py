"""Axes of charts: rounded ticks, numbers as text, and labels that fit.

Attributes are the same in every language: `plain` writes them, and no length of a word counts.
`words` are for people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil

from django.utils import formats
from django.utils.translation import gettext as _

from inbox.services.insight.about import About

COUNT, DURATION, SHARE = "count", "duration", "share"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MOST_STEPS = 4

# Pixels: the narrowest plot of each kind, and the parts of every plot from its top.
WIDE, NARROW = 520, 280
ROOM_ABOVE, PLOT, ROOM_BELOW = 20, 180, 26
BASELINE = ROOM_ABOVE + PLOT
HEIGHT = BASELINE + ROOM_BELOW
# Room for a label and for a number, the same in every language.
LABEL = 56
WORDS = {COUNT: 38, DURATION: 78, SHARE: 52}


@dataclass(frozen=True)
class Tick:
    """A line of the grid and its label. `at` is in pixels from the top."""

    at: str
    words: str


@dataclass(frozen=True)
class Axis:
    """From zero to a rounded value that no bar exceeds."""

    top: float
    ticks: tuple[Tick, ...]

    def share(self, value: float | None) -> float:
        """The part of the axis that a value takes, from 0 to 1."""
        return min(max(value or 0, 0) / self.top, 1)

    def height(self, value: float | None) -> float:
        """Pixels above the baseline."""
        return PLOT * self.share(value)


def axis_for(values: Sequence[float | None], unit: str) -> Axis:
    # Shares that add up to 1 may come out a hair above it.
    largest = round(max((one for one in values if one is not None), default=0), 9)
    step = next(one for one in _steps(unit) if largest <= one * MOST_STEPS)
    steps = max(ceil(largest / step), 1)
    ticks = (
        Tick(
            plain(BASELINE - PLOT * place / steps),
            words(round(step * place, 6), unit) if place else "0",
        )
        for place in range(steps + 1)
    )
    return Axis(step * steps, tuple(ticks))


def _steps(unit: str) -> Iterator[float]:
    if unit == DURATION:
        yield from (MINUTE * one for one in (1, 2, 5, 10, 15, 30))
        yield from (HOUR * one for one in (1, 2, 3, 6, 12))
    if unit == SHARE:
        yield from (0.01, 0.02, 0.05, 0.1, 0.25)
    smallest = DAY if unit == DURATION else 1
    yield from (smallest * one * 10**power for power in count() for one in (1, 2, 5))


def plain(value: float | None) -> str:
    """`5400`, `0.333333`, empty for None."""
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def percent(part: float) -> str:
    """`12.5%` for an eighth of the width."""
    return f"{plain(part * 100)}%"


def words(value: float | None, unit: str) -> str:
    """`1,204`, `6h 12m`, `93.5%`, `–` for None; `≈ 6h 12m` if it is about so much."""
    if value is None:
        return "–"
    if isinstance(value, About):
        return f"≈ {words(float(value), unit)}"
    if unit == DURATION:
        return _duration(int(value))
    if unit == SHARE:
        return _("%s%%") % _decimal(value * 100)
    return _decimal(value)


def _decimal(value: float) -> str:
    tenths = round(value, 1)
    return formats.number_format(tenths, 1 if tenths % 1 else 0, force_grouping=True)


def _duration(seconds: int) -> str:
    if 0 < seconds < MINUTE:
        return _("%ds") % seconds
    minutes, hours, days = seconds // MINUTE, seconds // HOUR, seconds // DAY
    if hours >= 48:
        rest = {"days": days, "hours": hours % 24}
        return _("%(days)dd %(hours)dh") % rest if hours % 24 else _("%dd") % days
    if minutes < 60:
        return _("%dm") % minutes
    rest = {"hours": hours, "minutes": minutes % 60}
    return _("%(hours)dh %(minutes)dm") % rest if minutes % 60 else _("%dh") % hours


def short_words(value: float | None, unit: str) -> str:
    """At most four characters for a count: `940`, `1.2k`, `38k`."""
    if value is None or unit != COUNT or abs(value) < 1_000:
        return words(value, unit)
    power = next(one for one in (9, 6, 3) if abs(value) >= 10**one)
    scaled = round(value / 10**power, 1)
    tenths = 1 if abs(scaled) < 10 else 0
    number = formats.number_format(scaled if tenths else round(scaled), tenths)
    return number + {9: "G", 6: "M", 3: "k"}[power]


def label_places(number: int) -> tuple[str, ...]:
    """Says for each label below the plot where it has room: `wide`, `narrow`, `both`, or ``."""
    wide, narrow = (max(ceil(number * LABEL / width), 1) for width in (WIDE, NARROW))
    return tuple(_places(one % wide == 0, one % narrow == 0) for one in range(number))


def words_place(number: int, unit: str) -> str:
    """Says where the numbers of all bars have room above them."""
    return _places(*(number * WORDS[unit] <= width for width in (WIDE, NARROW)))


def _places(is_wide: bool, is_narrow: bool) -> str:
    if is_wide and is_narrow:
        return "both"
    return "wide" if is_wide else "narrow" if is_narrow else ""
