"""The page that loads a marketplace's history."""

from dataclasses import dataclass

from inbox.models import Marketplace
from inbox.services.mirror.history import Progress


@dataclass(frozen=True)
class HistoryPage:
    """`progress` is what the step just made has loaded; None before the first."""

    marketplace: Marketplace
    progress: Progress | None
    may_answer: bool
