"""A trend the size of a word, beside the figure that it leads to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from inbox.pages.charts.axes import COUNT, plain, words
from inbox.pages.charts.paths import line_path

WIDTH, HEIGHT, EDGE = 100, 28, 3


@dataclass(frozen=True)
class Sparkline:
    title: str
    values: tuple[float | None, ...]
    unit: str = COUNT

    width, height = WIDTH, HEIGHT

    @property
    def path(self) -> str:
        step = (WIDTH - 2 * EDGE) / max(len(self.values) - 1, 1)
        xs = [EDGE + step * place for place in range(len(self.values))]
        return line_path(xs, [self._y(value) for value in self.values])

    @property
    def last_y(self) -> str:
        """The last point has a dot, unless it is a gap."""
        y = self._y(self.values[-1]) if self.values else None
        return "" if y is None else plain(round(y, 2))

    @property
    def last_x(self) -> int:
        return WIDTH - EDGE

    def _y(self, value: float | None) -> float | None:
        largest = max([one for one in self.values if one is not None], default=0)
        part = 0 if value is None or largest <= 0 else max(value, 0) / largest
        return None if value is None else HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE)

    @property
    def description(self) -> str:
        known = [one for one in self.values if one is not None]
        if not known:
            return ""
        return _("Lowest %(low)s, highest %(high)s, latest %(latest)s") % {
            "low": words(min(known), self.unit),
            "high": words(max(known), self.unit),
            "latest": words(self.values[-1], self.unit),
        }
