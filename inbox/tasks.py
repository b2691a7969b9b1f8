"""What workers do: load a row, call its service. Nothing here reads from Mirakl by the clock."""

from celery import shared_task

from inbox.services import files, notify, outbox, sign_in, tallies, triage


@shared_task
def deliver_reply(pk: int) -> None:
    outbox.deliver(pk)


@shared_task
def sweep_outbox() -> None:
    outbox.sweep()


@shared_task
def sweep_files() -> None:
    files.sweep()


@shared_task
def wake_sleepers() -> None:
    triage.wake_sleepers()


@shared_task
def tell_of_deadlines() -> None:
    notify.near_deadlines()
    notify.end_alerts()


@shared_task
def put_tallies_together() -> None:
    tallies.put_together()


@shared_task
def sweep_sign_ins() -> None:
    sign_in.sweep()
