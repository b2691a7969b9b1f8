"""Makes every wait of the desk ten times shorter, so that an hour of faults takes minutes.

The proportions stay: a lease outlives the slowest answer, and the time between two checks is
longer than Mirakl takes to store a message.
"""

import random
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.apps import AppConfig

SPEED_UP = 10


class SpeedUp(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from helpdesk import celery
        from inbox import mirakl
        from inbox.mirakl import answers, transport
        from inbox.models import User
        from inbox.services.marketplaces import breaker
        from inbox.services.outbox import delivery, queue, transitions

        # Some replies can be undone for a second, others are sent at once.
        pick = partial(random.choice, (0, 0, 1))
        User.undo_seconds = property(lambda user: pick(), lambda user, seconds: None)  # type: ignore[assignment]
        for module in (answers, breaker, delivery, queue, transitions):
            _shorten_waits(module)
        for task in celery.SWEEPS:
            celery.SWEEPS[task] //= SPEED_UP
        queue.SWEEP_SECONDS //= SPEED_UP
        timeouts = {name: seconds / SPEED_UP for name, seconds in asdict(mirakl.Timeouts()).items()}
        # Safe here: no connection is open before the first call.
        transport._shared = mirakl.Transport(timeouts=mirakl.Timeouts(**timeouts))


def _shorten_waits(module: object) -> None:
    for name, value in vars(module).items():
        if isinstance(value, timedelta):
            setattr(module, name, value / SPEED_UP)
