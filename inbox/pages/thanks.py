"""The page of threads that end with thanks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inbox.models import Thread
from inbox.services.marketplaces.breaker import Freshness


@dataclass(frozen=True)
class ThanksPage:
    """Threads whose clock is still running, and those whose clock was stopped lately.

    `unstoppable` are pks of marketplaces without "No reply needed".
    """

    waiting: Sequence[Thread]
    stopped: Sequence[Thread]
    unstoppable: Collection[int]
    freshness: Sequence[Freshness]
