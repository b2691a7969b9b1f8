"""Celery tasks: each loads a row and calls its service. None polls Mirakl."""

from celery import shared_task

from inbox.services import files
from inbox.services.outbox import delivery, queue
from inbox.services.people import notifications, sign_in
from inbox.services.triage import actions, queue_tallies


@shared_task
def deliver_reply(pk: int) -> None:
    delivery.deliver(pk)


@shared_task
def sweep_outbox() -> None:
    queue.sweep()


@shared_task
def sweep_files() -> None:
    files.sweep()


@shared_task
def wake_sleepers() -> None:
    actions.wake_sleepers()


@shared_task
def tell_of_deadlines() -> None:
    notifications.near_deadlines()
    notifications.end_alerts()


@shared_task
def put_tallies_together() -> None:
    queue_tallies.put_together()


@shared_task
def sweep_sign_ins() -> None:
    sign_in.sweep()
