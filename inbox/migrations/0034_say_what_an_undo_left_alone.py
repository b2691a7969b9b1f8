from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0033_go_on_after_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkchange",
            name="left_alone",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="undone",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
    ]
