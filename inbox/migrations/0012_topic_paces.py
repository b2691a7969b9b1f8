"""How long an answer takes by its topic, kept with each thread: for lists by effect."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0011_saved_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="TopicPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=255)),
                ("minutes", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="thread",
            name="reply_minutes",
            field=models.PositiveIntegerField(db_default=5),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["marketplace", "reply_minutes", "due_at", "id"],
                include=("status", "assignee", "snoozed_until", "with_operator"),
                name="thread_by_effect",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="thread",
            trigger=pgtrigger.compiler.Trigger(
                name="pace_of_topic",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        NEW.reply_minutes = coalesce(\n            (\n                SELECT minutes FROM inbox_topicpace\n                WHERE marketplace_id = NEW.marketplace_id AND topic = NEW.topic_value\n            ),\n            5\n        );\n        RETURN NEW;\n        ",
                    hash="2abc21a08a41737758ce97ae69332b264fa6c143",
                    operation='INSERT OR UPDATE OF "topic_value"',
                    pgid="pgtrigger_pace_of_topic_c7981",
                    table="inbox_thread",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="topicpace",
            name="marketplace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="topic_paces",
                to="inbox.marketplace",
            ),
        ),
        migrations.AddConstraint(
            model_name="topicpace",
            constraint=models.UniqueConstraint(
                fields=("marketplace", "topic"), include=("minutes",), name="one_pace_per_topic"
            ),
        ),
    ]
