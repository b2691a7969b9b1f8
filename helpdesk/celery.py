"""The Celery application: `celery -A helpdesk worker`."""

import logging
import os
from typing import Any

from celery import Celery, Task, bootsteps
from celery.signals import before_task_publish, task_postrun, task_prerun
from redis import RedisError

from helpdesk import workers
from helpdesk.logs import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

log = logging.getLogger(__name__)

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Seconds between two runs of each sweep over our own rows and files. Only `read_scores` calls
# Mirakl: A21, once a day, as is allowed in the background. Conversations are read by displays only.
SWEEPS = {
    "inbox.tasks.sweep_outbox": 30,
    "inbox.tasks.end_expired_snoozes": 30,
    "inbox.tasks.notify_near_deadlines": 60,
    "inbox.tasks.merge_tallies": 60,
    "inbox.tasks.keep_rollups": 60,
    "inbox.tasks.sweep_live_changes": 60,
    "inbox.tasks.sweep_files": 3600,
    "inbox.tasks.sweep_sign_ins": 3600,
    "inbox.tasks.read_scores": 3600,
    "inbox.tasks.mail_reports": 60,
    "inbox.tasks.measure_topic_paces": 3600,
    "inbox.tasks.keep_audit_log": 3600,
    "inbox.tasks.clear_old_data": 3600,
    "inbox.tasks.finish_erasures": 60,
}
WITH_TIMER = ("celery.worker.components:Timer",)


class Clockwork(bootsteps.StartStopStep):
    """Each worker schedules the sweeps, so the desk needs no separate beat process.

    With two workers each sweep runs twice. A sweep only takes unclaimed rows.
    """

    requires = WITH_TIMER

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


class Pulse(bootsteps.StartStopStep):
    """Writes each worker's heartbeat for the System page and the metrics."""

    requires = WITH_TIMER

    def start(self, parent: Any) -> None:
        self._me = workers.myself(parent.hostname)
        self._beat()
        self._entry = parent.timer.call_repeatedly(workers.BEAT_SECONDS, self._beat)

    def stop(self, parent: Any) -> None:
        self._entry.cancel()
        try:
            workers.leave(self._me)
        except RedisError:
            log.info("no Redis to say goodbye to")

    def _beat(self) -> None:
        try:
            workers.beat(self._me)
        except RedisError:
            log.warning("no Redis: this worker is not seen")


app.steps["worker"] |= {Clockwork, Pulse}


# -- the request's id, from the page to the worker --------------------------


@before_task_publish.connect
def hand_on(headers: dict[str, Any], **more: Any) -> None:
    headers["request_id"] = request_id.get()


@task_prerun.connect
def take_up(task: "Task[Any, Any]", task_id: str, **more: Any) -> None:
    """A task without a request, such as a sweep, uses its own id."""
    request_id.set(getattr(task.request, "request_id", "") or task_id)


@task_postrun.connect
def put_down(**more: Any) -> None:
    # The thread runs other tasks next.
    request_id.set("")
