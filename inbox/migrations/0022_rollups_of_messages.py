"""Messages are counted into the rollups too: those are not used until `0023` has done it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


def begin_anew(apps, schema_editor):
    apps.get_model("inbox", "RollupState").objects.update(is_complete=False)


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0021_session_use"),
    ]

    operations = [
        migrations.RunPython(begin_anew, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="rollup",
            name="kind",
            field=models.CharField(
                choices=[
                    ("asked", "Asked"),
                    ("answered", "Answered"),
                    ("first", "First"),
                    ("replied", "Replied"),
                    ("declared", "Declared"),
                    ("judged", "Judged"),
                    ("message", "Message"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="rollupchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("asked", "Asked"),
                    ("answered", "Answered"),
                    ("first", "First"),
                    ("replied", "Replied"),
                    ("declared", "Declared"),
                    ("judged", "Judged"),
                    ("message", "Message"),
                ],
                max_length=10,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="rollup_made",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO inbox_rollupchange (zone, is_month, kind, marketplace_id, day, asker, bucket, n, micros) SELECT * FROM ( SELECT zone, is_month, kind, marketplace_id, day, asker, bucket, sum(sign)::int AS n, sum(sign * micros)::bigint AS micros FROM (SELECT 1 AS sign, * FROM new_values) changes CROSS JOIN inbox_rollupstate state, LATERAL (VALUES ('message', created_at, left(replace(sender_type, '_USER', ''), 10), is_from_desk::int, 0::bigint) ) fact(kind, at, asker, bucket, micros), LATERAL (SELECT (at AT TIME ZONE state.zone)::date AS of) local, LATERAL (VALUES (false, of), (true, date_trunc('month', of)::date)) grain(is_month, day) WHERE is_dated GROUP BY zone, is_month, kind, marketplace_id, day, asker, bucket ) differences WHERE n <> 0 OR micros <> 0; RETURN NULL;",
                    hash="f9d9340bc85385b92399c79daa525dc3099f4ac0",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_rollup_made_75894",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="inbox_message",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="rollup_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO inbox_rollupchange (zone, is_month, kind, marketplace_id, day, asker, bucket, n, micros) SELECT * FROM ( SELECT zone, is_month, kind, marketplace_id, day, asker, bucket, sum(sign)::int AS n, sum(sign * micros)::bigint AS micros FROM (SELECT 1 AS sign, * FROM new_values UNION ALL SELECT -1 AS sign, * FROM old_values) changes CROSS JOIN inbox_rollupstate state, LATERAL (VALUES ('message', created_at, left(replace(sender_type, '_USER', ''), 10), is_from_desk::int, 0::bigint) ) fact(kind, at, asker, bucket, micros), LATERAL (SELECT (at AT TIME ZONE state.zone)::date AS of) local, LATERAL (VALUES (false, of), (true, date_trunc('month', of)::date)) grain(is_month, day) WHERE is_dated GROUP BY zone, is_month, kind, marketplace_id, day, asker, bucket ) differences WHERE n <> 0 OR micros <> 0; RETURN NULL;",
                    hash="ac17f3bee2f5c3877bbc2264b659f748f1d8d4b5",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_rollup_changed_06a08",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="inbox_message",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="rollup_gone",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO inbox_rollupchange (zone, is_month, kind, marketplace_id, day, asker, bucket, n, micros) SELECT * FROM ( SELECT zone, is_month, kind, marketplace_id, day, asker, bucket, sum(sign)::int AS n, sum(sign * micros)::bigint AS micros FROM (SELECT -1 AS sign, * FROM old_values) changes CROSS JOIN inbox_rollupstate state, LATERAL (VALUES ('message', created_at, left(replace(sender_type, '_USER', ''), 10), is_from_desk::int, 0::bigint) ) fact(kind, at, asker, bucket, micros), LATERAL (SELECT (at AT TIME ZONE state.zone)::date AS of) local, LATERAL (VALUES (false, of), (true, date_trunc('month', of)::date)) grain(is_month, day) WHERE is_dated GROUP BY zone, is_month, kind, marketplace_id, day, asker, bucket ) differences WHERE n <> 0 OR micros <> 0; RETURN NULL;",
                    hash="0d3d2bb9fad36f7714db7d9f1a071ca01194bb4b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_rollup_gone_5c4df",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="inbox_message",
                    when="AFTER",
                ),
            ),
        ),
    ]
