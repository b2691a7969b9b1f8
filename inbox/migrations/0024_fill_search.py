"""What was mirrored before there were search texts is found from now on."""

from django.db import migrations

from inbox.services import search_backfill


def fill(apps, schema_editor):
    search_backfill.fill()


class Migration(migrations.Migration):
    dependencies = [("inbox", "0023_views_and_tags_by_marketplace")]

    # Each step is a transaction of its own: interrupted, the next release goes on with the rest.
    atomic = False
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
