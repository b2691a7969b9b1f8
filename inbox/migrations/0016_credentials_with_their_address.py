"""Credentials are sealed together with the address that they are for, from now on."""

from django.db import migrations

from inbox.services.marketplaces import resealing


def bind_addresses(apps, schema_editor):
    """Trusts the addresses as they are now; afterwards a changed one does not get the key."""
    resealing.reseal(binds_addresses=True, model=apps.get_model("inbox", "Marketplace"))


class Migration(migrations.Migration):
    dependencies = [("inbox", "0015_letter_drafts")]

    operations = [migrations.RunPython(bind_addresses, migrations.RunPython.noop, elidable=True)]
