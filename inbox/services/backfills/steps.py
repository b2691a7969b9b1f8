"""Changes rows that an older version wrote, in steps of one transaction each.

A backfill can be stopped at any step, run again, and run while the desk is used. A migration that
starts one does nothing else, and is not atomic, so that each step is committed by itself:

    class Migration(migrations.Migration):
        atomic = False
        operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

# Takes the pk to start after, returns the last pk changed; None if no row was left.
Step = Callable[[int], int | None]

STEP = 500


def run(*steps: Step) -> None:
    """Run each step until none of its rows is left."""
    for step in steps:
        last: int | None = 0
        while last is not None:
            last = step(last)


@transaction.atomic
def change(
    found: QuerySet[Any], after: int, change_row: Callable[[Any], None], fields: list[str]
) -> int | None:
    """Change the next rows and save these fields; returns like a `Step`.

    Locks its few rows, so a display cannot store or delete one in between.
    """
    some = list(found.filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))[:STEP])
    for row in some:
        change_row(row)
    found.model._default_manager.bulk_update(some, fields)
    return some[-1].pk if some else None
