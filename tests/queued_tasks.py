"""Runs the tasks that wait in the broker, in the test's own process."""

from queue import Empty


def purge_tasks() -> None:
    from helpdesk.celery import app

    app.control.purge()


def run_tasks() -> int:
    """Runs all that wait; returns how many."""
    from helpdesk.celery import app
    from inbox import tasks

    count = 0
    with app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        while True:
            try:
                message = queue.get_nowait()
            except Empty:
                return count
            arguments, named, _rest = message.payload
            message.ack()
            getattr(tasks, message.headers["task"].rpartition(".")[2])(*arguments, **named)
            count += 1
