"""Builds the spans of the conversations that are stored already, and what else reports count.

A step is 200 conversations and one transaction, so the desk can be used meanwhile. Stopped, it
begins again: what is built stays as it is.
"""

from django.db import migrations

EVERY = 50  # steps between two lines of progress


def build(apps, schema_editor):
    from inbox.models import Thread
    from inbox.services.backfills import beginnings, spans

    beginnings.fill()
    total = Thread.objects.count()
    after, step = spans.rebuild_step(0), 1
    while after is not None:
        if step % EVERY == 0:
            print(
                f"\n    {min(step * spans.STEP, total)} of {total} conversations",
                end="",
                flush=True,
            )
        after, step = spans.rebuild_step(after), step + 1


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inbox", "0013_figures_of_reports")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop, elidable=True)]
