from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0034_say_what_an_undo_left_alone"),
    ]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="error_about",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
