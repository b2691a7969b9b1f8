"""Paths of SVG through points; None is a gap that no line crosses."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from inbox.pages.charts.axes import plain

Spot = tuple[float, ...]


def line_path(xs: Sequence[float], ys: Sequence[float | None]) -> str:
    """A point between two gaps is a line of no length: round ends make it a dot."""
    runs = _runs(zip(xs, ys, strict=True))
    return " ".join(_through(run) + " h0" * (len(run) == 1) for run in runs)


def area_path(
    xs: Sequence[float], lows: Sequence[float | None], highs: Sequence[float | None]
) -> str:
    """One area for each stretch without gaps."""
    runs = _runs(zip(xs, lows, highs, strict=True))
    return " ".join(
        _through([(x, high) for x, _low, high in run] + [(x, low) for x, low, _ in reversed(run)])
        + " Z"
        for run in runs
    )


def _runs(spots: Iterable[tuple[float | None, ...]]) -> list[list[Spot]]:
    """The stretches in which every number is known."""
    grouped = groupby(spots, key=lambda spot: None not in spot)
    return [[tuple(map(_known, spot)) for spot in run] for is_known, run in grouped if is_known]


def _known(number: float | None) -> float:
    return round(number or 0, 2)


def _through(spots: Iterable[Spot]) -> str:
    return "M" + " L".join(f"{plain(x)} {plain(y)}" for x, y in spots)
