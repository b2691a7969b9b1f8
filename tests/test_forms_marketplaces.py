from django.forms import model_to_dict

from inbox.forms.marketplaces import PRESETS, MarketplaceForm
from inbox.models import Marketplace


def test_a_preset_sets_limit_alert_and_copy_at_once(maison: Marketplace) -> None:
    maison.copies_operator = True
    data = model_to_dict(maison) | {"kind": "key", "preset": "conrad", "channel_codes": ""}

    form = MarketplaceForm(data, instance=maison)

    assert form.is_valid(), form.errors
    # The admin writes the changed fields only.
    assert set(PRESETS["conrad"]) <= set(form.changed_data)
    assert (maison.reply_limit_hours, maison.alert_hours, maison.copies_operator) == (48, 40, False)


def test_every_preset_warns_before_its_limit() -> None:
    assert all(rules["alert_hours"] < rules["reply_limit_hours"] for rules in PRESETS.values())
