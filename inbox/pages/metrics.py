"""Figures of pages, each with its plain value for programs beside the words for people."""

from dataclasses import dataclass
from datetime import UTC, datetime

from inbox.kept import Shown
from inbox.pages.charts.axes import plain


@dataclass(frozen=True)
class Figure(Shown):
    """One figure; `value` is None where there is none.

    `by` and `key` say what it is of, e.g. a marketplace and its slug. `tone` colours it. On reports
    it has a label, a definition, a unit, the address of what it counts, and itself `before`.
    """

    metric: str
    value: float | datetime | None
    by: str = ""
    key: str = ""
    tone: str = ""
    label: str = ""
    definition: str = ""
    unit: str = ""
    url: str = ""
    before: "Figure | None" = None

    @property
    def change(self) -> float | None:
        """The change since the compared period, as a share of it."""
        now, before = self.value, self.before and self.before.value
        if not isinstance(now, int | float) or not isinstance(before, int | float):
            return None
        return now / before - 1 if before else None

    @property
    def plain(self) -> str:
        """The same in every language: `72900.5`, `0.09`, `2026-11-10T12:00:00Z`."""
        if self.value is None:
            return ""
        if isinstance(self.value, datetime):
            return f"{self.value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return plain(self.value)
