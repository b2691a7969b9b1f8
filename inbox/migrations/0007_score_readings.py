"""Readings of shops' figures (A21), one row for each day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0006_spans"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(blank=True, max_length=40)),
                ("read_on", models.DateField()),
                ("period", models.CharField(max_length=40)),
                ("member", models.CharField(max_length=60)),
                ("value", models.FloatField()),
                ("last_updated", models.DateTimeField(null=True)),
                (
                    "marketplace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="score_readings",
                        to="inbox.marketplace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("marketplace", "member", "period", "channel", "read_on"),
                        include=("value", "last_updated"),
                        name="one_reading_a_day",
                    )
                ],
            },
        ),
    ]
