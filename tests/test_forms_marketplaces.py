"""The form that connects a marketplace, and its presets."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse

from inbox.forms.marketplaces import MarketplaceForm
from inbox.models import Marketplace, MarketplacePreset, User
from inbox.models.presets import PRESET_FIELDS
from inbox.services.marketplaces import clients, connection_check
from tests.writing import Mirakl


def preset_of(**fields: Any) -> MarketplacePreset:
    rules = {"name": "Demo Market", "reply_limit_hours": 24, "alert_hours": 20}
    return MarketplacePreset.objects.create(**rules | fields)


def test_a_preset_sets_limit_alert_and_copy_at_once(maison: Marketplace) -> None:
    maison.copies_operator = True
    preset = preset_of(reply_limit_hours=48, alert_hours=40)
    data = model_to_dict(maison) | {"kind": "key", "preset": preset.pk, "channel_codes": ""}

    form = MarketplaceForm(data, instance=maison)

    assert form.is_valid(), form.errors
    assert set(PRESET_FIELDS) <= set(form.changed_data)
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

    assert connection_check.check_connection(Marketplace.objects.get()).ok


@pytest.mark.parametrize(
    ("typed", "address"),
    [("", "https://market.example"), ("https://other.example", "https://other.example")],
    ids=["empty", "typed"],
)
def test_a_preset_fills_in_an_empty_address(typed: str, address: str, maison: Marketplace) -> None:
    preset = preset_of(base_url="https://market.example")
    data = model_to_dict(maison) | {"kind": "key", "key": "demo", "channel_codes": ""}

    form = MarketplaceForm(data | {"preset": preset.pk, "base_url": typed}, instance=maison)

    assert form.is_valid(), form.errors
    assert form.save(commit=False).base_url == address


def test_an_address_is_required_if_the_preset_has_none(maison: Marketplace) -> None:
    data = model_to_dict(maison) | {"kind": "key", "key": "demo", "channel_codes": ""}

    form = MarketplaceForm(data | {"preset": preset_of().pk, "base_url": ""}, instance=maison)

    assert form.errors == {"base_url": ["This field is required."]}


@pytest.mark.django_db
@pytest.mark.parametrize(("copies", "copied"), [(True, "copied"), (False, "not copied")])
def test_the_choice_says_what_a_preset_sets(copies: bool, copied: str) -> None:
    preset_of(copies_operator=copies)

    choices = str(MarketplaceForm()["preset"])

    assert f"Demo Market: 24 hours, alert at 20, operator {copied}" in choices


@pytest.mark.django_db
def test_an_admin_adds_and_corrects_a_preset(client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada"))
    rules = {"name": "Demo Market", "reply_limit_hours": "24", "alert_hours": "20"}
    client.post(reverse("admin:inbox_marketplacepreset_add"), rules)
    preset = MarketplacePreset.objects.get(name="Demo Market")
    change = reverse("admin:inbox_marketplacepreset_change", args=[preset.pk])

    refused = client.post(change, rules | {"alert_hours": "30"})
    client.post(change, rules | {"alert_hours": "22"})

    preset.refresh_from_db()
    assert "The alert must come before the limit." in refused.content.decode()
    assert preset.alert_hours == 22


@pytest.mark.django_db
def test_a_new_desk_has_presets() -> None:
    MarketplacePreset.objects.all().delete()

    import_module("inbox.migrations.0003_marketplace_presets").add_presets(apps, None)

    rules = MarketplacePreset.objects.values_list("name", "reply_limit_hours", "alert_hours")
    assert list(rules) == [("Conrad", 48, 40), ("Jinius", 96, 80), ("PcComponentes", 24, 20)]
