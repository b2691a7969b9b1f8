"""The rules that some marketplaces had published; admins can change them and add others."""

from django.db import migrations

# Hours to the limit and to the alert.
PRESETS = {"PcComponentes": (24, 20), "Conrad": (48, 40), "Jinius": (96, 80)}


def add_presets(apps, schema_editor):
    presets = apps.get_model("inbox", "MarketplacePreset").objects
    for name, (limit, alert) in PRESETS.items():
        presets.create(name=name, reply_limit_hours=limit, alert_hours=alert)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_refuse_older")]

    operations = [migrations.RunPython(add_presets, migrations.RunPython.noop)]
