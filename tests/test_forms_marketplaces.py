import pytest
from django.forms import model_to_dict

from inbox.forms.marketplaces import PRESETS, MarketplaceForm
from inbox.models import Marketplace
from inbox.services.marketplaces import clients, connection_check
from tests.writing import Mirakl


def test_a_preset_sets_limit_alert_and_copy_at_once(maison: Marketplace) -> None:
    maison.copies_operator = True
    data = model_to_dict(maison) | {"kind": "key", "preset": "conrad", "channel_codes": ""}

    form = MarketplaceForm(data, instance=maison)

    assert form.is_valid(), form.errors
    # The admin writes the changed fields only.
    assert set(PRESETS["conrad"]) <= set(form.changed_data)
    assert (maison.reply_limit_hours, maison.alert_hours, maison.copies_operator) == (48, 40, False)


def test_an_oauth_client_gets_its_tokens_from_mirakl_unless_told(maison: Marketplace) -> None:
    client = {"kind": "oauth", "client_id": "desk", "client_secret": "demo", "token_url": ""}
    data = model_to_dict(maison) | client | {"channel_codes": ""}

    form = MarketplaceForm(data, instance=maison)

    assert form.is_valid(), form.errors
    assert form.secret["token_url"] == "https://auth.mirakl.net/oauth/token"


@pytest.mark.parametrize("role", ["operator", "front"])
def test_operators_and_storefronts_may_have_an_older_key(
    role: str, maison: Marketplace, mirakl: Mirakl
) -> None:
    data = model_to_dict(maison) | {"role": role, "shop_id": "", "channel_codes": ""}
    form = MarketplaceForm(
        data | {"kind": "key", "key": f"sandbox-legacy-{role}-maison"}, instance=maison
    )
    assert form.is_valid(), form.errors

    clients.set_credential(form.save(), **form.secret)

    assert connection_check.check(Marketplace.objects.get()).ok


def test_every_preset_warns_before_its_limit() -> None:
    assert all(rules["alert_hours"] < rules["reply_limit_hours"] for rules in PRESETS.values())
