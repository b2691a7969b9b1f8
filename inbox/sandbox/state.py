"""What a sandbox remembers: its world, its faults and its log."""

import threading
import time

from inbox.sandbox import seed
from inbox.sandbox.faults import Faults
from inbox.sandbox.journal import Journal
from inbox.sandbox.world import World

# The dates of a world count from its creation. A reset keeps an unchanged world for this long.
FRESH_SECONDS = 60


class State:
    """The world of one sandbox, made when it is first looked at."""

    def __init__(self, threads: int, random_seed: int, history_days: int) -> None:
        self._threads, self._seed, self._history_days = threads, random_seed, history_days
        self.faults = Faults()
        self.journal = Journal()
        self._seeding = threading.Lock()
        self._world: World | None = None
        self._is_as_seeded, self._seeded_at = True, 0.0

    @property
    def world(self) -> World:
        """Returns the world for a change; the next reset then creates a new one."""
        self._is_as_seeded = False
        return self.shown()

    def shown(self) -> World:
        """Returns the world for reading only, created on first use."""
        with self._seeding:
            if self._world is None:
                self._world = seed.world(self._threads, self._seed, self._history_days)
                self._seeded_at = time.monotonic()
            return self._world

    def reset(self) -> None:
        """Returns to the seeded world. Access tokens stay valid."""
        with self._seeding:
            is_old = time.monotonic() > self._seeded_at + FRESH_SECONDS
            if is_old or not self._is_as_seeded:
                self._world, self._is_as_seeded = None, True
        self.faults.clear()
        self.journal.clear()
