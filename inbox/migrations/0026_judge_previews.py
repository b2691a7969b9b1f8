"""What a customer wrote comes into the previews of threads that were mirrored before."""

from django.db import migrations

from inbox.services.backfills import previews


def judge(apps, schema_editor):
    previews.judge()


class Migration(migrations.Migration):
    dependencies = [("inbox", "0025_queues_of_what_counts")]

    # Each step is a transaction of its own: interrupted, the next release does it over.
    atomic = False
    operations = [migrations.RunPython(judge, migrations.RunPython.noop, elidable=True)]
