"""Nothing: 0014_build_figures builds the spans, once all columns that this needs are there."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0009_published_presets")]

    operations = []
