"""Counts the messages that are stored already into the rollups, one marketplace after the other.

The desk can be used meanwhile. Stopped, it begins again; what is counted stays as it is.
"""

from django.db import migrations


def build(apps, schema_editor):
    from inbox.models import Marketplace
    from inbox.services.insight import rollups

    total = Marketplace.objects.count()
    for done in rollups.rebuild():
        print(f"\n    {done} of {total} marketplaces", end="", flush=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inbox", "0022_rollups_of_messages")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop, elidable=True)]
