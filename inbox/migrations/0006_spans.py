"""One row for each wait of another side. Rows that are stored already keep no time of first sight."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import inbox.models.same_marketplace
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0005_reply_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="marketplace",
            name="connected_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="marketplace",
            name="connected_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False, null=True
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="seen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="seen_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), null=True
            ),
        ),
        migrations.CreateModel(
            name="Span",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordinal", models.PositiveIntegerField(null=True)),
                (
                    "asker",
                    models.CharField(
                        choices=[
                            ("CUSTOMER", "Customer"),
                            ("SHOP", "Shop"),
                            ("OPERATOR", "Operator"),
                        ],
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("last_asked_at", models.DateTimeField()),
                ("messages_in", models.PositiveIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[("reply", "Reply"), ("no_reply_needed", "No reply needed")],
                        max_length=20,
                    ),
                ),
                ("answer_id", models.CharField(blank=True, max_length=255)),
                ("is_from_desk", models.BooleanField(default=False)),
                ("is_first_reply", models.BooleanField(default=False)),
                (
                    "seconds",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            django.db.models.expressions.CombinedExpression(
                                models.F("ended_at"), "-", models.F("asked_at")
                            ),
                            output_field=models.FloatField(),
                            template="(EXTRACT(EPOCH FROM %(expressions)s))::double precision",
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                ("working_seconds", models.FloatField(null=True)),
                ("limit_at", models.DateTimeField(null=True)),
                (
                    "judged_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Least(
                            "ended_at", "limit_at"
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                ("is_history", models.BooleanField(default=False)),
                ("topic", models.CharField(blank=True, max_length=255)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("shop", models.CharField(blank=True, max_length=200)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="spans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="inbox.marketplace",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="inbox.thread",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_history", False)),
                        fields=["marketplace", "ended_at"],
                        include=("asker", "seconds", "author", "ended_by", "is_first_reply"),
                        name="span_by_end",
                    ),
                    models.Index(
                        condition=models.Q(("is_history", False)),
                        fields=["marketplace", "judged_at"],
                        include=("asker", "ended_by", "ended_at", "limit_at"),
                        name="span_by_judgement",
                    ),
                    models.Index(
                        condition=models.Q(("is_history", False)),
                        fields=["marketplace", "asked_at"],
                        include=("asker", "ended_at"),
                        name="span_by_beginning",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["marketplace", "asked_at"],
                        name="span_open",
                    ),
                ],
                "constraints": [
                    inbox.models.same_marketplace.SameMarketplace(
                        name="span_is_of_marketplace", owner="thread"
                    ),
                    models.UniqueConstraint(
                        fields=("thread", "asker", "asked_at"), name="one_row_per_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer_id", ""), ("ended_at__isnull", True), ("ended_by", "")
                            ),
                            models.Q(
                                ("ended_at__gte", models.F("asked_at")),
                                ("ended_by", "reply"),
                                models.Q(("answer_id", ""), _negated=True),
                            ),
                            models.Q(
                                ("answer_id", ""),
                                ("ended_at__gte", models.F("asked_at")),
                                ("ended_by", "no_reply_needed"),
                            ),
                            _connector="OR",
                        ),
                        name="span_ended_somehow",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("working_seconds__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("working_seconds__gte", 0)),
                            _connector="OR",
                        ),
                        name="span_working_once_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_from_desk", True), ("author__isnull", True), _connector="OR"
                        ),
                        name="span_author_is_of_desk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_by", "reply"),
                            models.Q(("is_first_reply", False), ("is_from_desk", False)),
                            _connector="OR",
                        ),
                        name="span_reply_has_author",
                    ),
                ],
            },
        ),
    ]
