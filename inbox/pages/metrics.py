"""Figures of pages, each with its plain value for programs beside the words for people."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Figure:
    """One figure; `value` is None where there is none.

    `by` and `key` say what it is of, e.g. a marketplace and its slug. `tone` colours it.
    """

    metric: str
    value: float | datetime | None
    by: str = ""
    key: str = ""
    tone: str = ""

    @property
    def plain(self) -> str:
        """The same in every language: `72900.5`, `0.09`, `2026-11-10T12:00:00Z`."""
        if self.value is None:
            return ""
        if isinstance(self.value, datetime):
            return f"{self.value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return f"{round(self.value, 6):.15g}"
