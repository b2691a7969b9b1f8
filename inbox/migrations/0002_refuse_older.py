"""Refuses a database with the tables of a version before the first release.

Its first migration has the name of ours, so Django would take it for applied.
"""

from django.core.management.base import CommandError
from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

OLDER = ("inbox", "0002_all_of_messaging")


def refuse_older(apps, schema_editor):
    if OLDER in MigrationRecorder(schema_editor.connection).applied_migrations():
        raise CommandError(
            "This database is older than the first release of Helpdesk and cannot be upgraded. "
            "Nothing was changed. Create an empty database and name it in DATABASE_URL: "
            'see "A database that is too old" in docs/operations.md.'
        )


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]

    operations = [migrations.RunPython(refuse_older, migrations.RunPython.noop)]
