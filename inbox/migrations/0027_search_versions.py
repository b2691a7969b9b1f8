"""Which version of its words a row holds. No table is rewritten."""

from django.db import migrations, models

def version():
    return models.PositiveSmallIntegerField(default=1, db_default=0)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0026_judge_previews")]
    operations = [
        migrations.AddField(model, "search_version", version())
        for model in ("message", "note", "thread")
    ]
