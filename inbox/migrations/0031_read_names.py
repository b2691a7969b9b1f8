"""Names that were mirrored with their escapes read as people wrote them."""

from django.db import migrations

from inbox.services.backfills import names


def read(apps, schema_editor):
    names.read_again()


class Migration(migrations.Migration):
    dependencies = [("inbox", "0030_attachment_size_unknown")]

    # Each step is a transaction of its own: interrupted, the next release goes on with the rest.
    atomic = False
    operations = [migrations.RunPython(read, migrations.RunPython.noop, elidable=True)]
