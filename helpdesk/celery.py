"""The Celery application: `celery -A helpdesk worker`."""

import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Seconds between two runs of what looks after our own rows and files. Nothing here reads Mirakl.
SWEEPS = {"inbox.tasks.sweep_outbox": 30, "inbox.tasks.sweep_files": 3600}


class Clockwork(bootsteps.StartStopStep):
    """Each worker asks for the sweeps, so that no further process has to be kept alive for it.

    Two workers ask twice; a sweep only ever finds what nobody else has claimed.
    """

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._entries: list[Any] = []

    def start(self, parent: Any) -> None:
        for task, seconds in SWEEPS.items():
            options = {"expires": seconds, "retry": False}
            entry = parent.timer.call_repeatedly(seconds, app.send_task, (task,), options)
            self._entries.append(entry)

    def stop(self, parent: Any) -> None:
        for entry in self._entries:
            entry.cancel()


app.steps["worker"].add(Clockwork)
