import django.db.models.deletion
from django.db import migrations, models
from django.http import QueryDict


def fill(apps, schema_editor):
    """Views and tags made before belong where they are used."""
    SavedView = apps.get_model("inbox", "SavedView")
    Marketplace = apps.get_model("inbox", "Marketplace")
    for view in SavedView.objects.filter(query__contains="marketplace="):
        slug = QueryDict(view.query).get("marketplace", "")
        view.marketplace = Marketplace.objects.filter(slug=slug).first()
        view.save(update_fields=["marketplace"])
    Tag, Thread = apps.get_model("inbox", "Tag"), apps.get_model("inbox", "Thread")
    for tag in Tag.objects.all():
        used = Thread.objects.filter(tags=tag).values_list("marketplace", flat=True)
        tag.marketplaces.add(*used.order_by().distinct())


class Migration(migrations.Migration):
    dependencies = [("inbox", "0022_held_since")]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="marketplace",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="inbox.marketplace",
            ),
        ),
        migrations.AlterField(
            model_name="savedview",
            name="is_shared",
            field=models.BooleanField(default=False, verbose_name="shared with the team"),
        ),
        migrations.AddField(
            model_name="tag",
            name="is_for_all",
            field=models.BooleanField(
                default=False,
                help_text="Off: only people of the marketplaces where it is in use see it.",
                verbose_name="on every marketplace",
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="marketplaces",
            field=models.ManyToManyField(blank=True, related_name="tags", to="inbox.marketplace"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
