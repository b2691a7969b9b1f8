"""What was mirrored before is found by other forms of its words too, and by names of files.

The indexes are kept whole with each write from now on, for which none is built anew.
"""

import django.contrib.postgres.indexes
from django.db import migrations

from inbox.services.backfills import search_texts


INDEXES = [
    ("message", "message_search"),
    ("note", "note_search"),
    ("thread", "thread_search"),
]


def change(model, index):
    """As it is, but for a setting: Django would build it anew."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {index} SET (fastupdate = off)",
                f"ALTER INDEX {index} RESET (fastupdate)",
            ),
            migrations.RunSQL(
                f"SELECT gin_clean_pending_list('{index}'::regclass)", migrations.RunSQL.noop
            ),
        ],
        state_operations=[
            migrations.RemoveIndex(model, index),
            migrations.AddIndex(
                model,
                django.contrib.postgres.indexes.GinIndex(
                    fields=["search"], name=index, fastupdate=False
                ),
            ),
        ],
    )


def fill(apps, schema_editor):
    search_texts.fill()


class Migration(migrations.Migration):
    dependencies = [("inbox", "0027_search_versions")]

    # Each step is a transaction of its own: interrupted, the next release goes on with the rest.
    atomic = False
    operations = [
        *(change(model, index) for model, index in INDEXES),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
