"""An index of when waits ended, of a few kilobytes. Built while the desk is used."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inbox", "0016_build_rollups")]

    operations = [
        AddIndexConcurrently(
            model_name="span",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["ended_at"], name="span_ended"),
        ),
    ]
