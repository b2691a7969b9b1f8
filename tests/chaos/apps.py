"""A tenth of every wait of the desk's, so that an hour's troubles fit into minutes.

Their proportions stay: a lease outlives the slowest answer, two looks lie further apart than
Mirakl takes to store what it has received.
"""

import random
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.apps import AppConfig

HURRY = 10


class Hurry(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from helpdesk import celery
        from inbox import mirakl
        from inbox.mirakl import answers, transport
        from inbox.models import User
        from inbox.services.marketplaces import breaker
        from inbox.services.outbox import queue, transitions

        # Some may be undone for a moment, others go at once.
        pick = partial(random.choice, (0, 0, 1))
        User.undo_seconds = property(lambda user: pick(), lambda user, seconds: None)  # type: ignore[assignment]
        for module in (answers, breaker, queue, transitions):
            _hasten(module)
        for task in celery.SWEEPS:
            celery.SWEEPS[task] //= HURRY
        queue.SWEEP_SECONDS //= HURRY
        patience = {name: seconds / HURRY for name, seconds in asdict(mirakl.Timeouts()).items()}
        # Processes share no connections: none is open before the first call.
        transport._shared = mirakl.Transport(timeouts=mirakl.Timeouts(**patience))


def _hasten(module: object) -> None:
    for name, value in vars(module).items():
        if isinstance(value, timedelta):
            setattr(module, name, value / HURRY)
