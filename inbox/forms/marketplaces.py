"""Connecting a marketplace: the account's fields, and credentials that are never shown again."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.forms.reply_rules import RULE_FIELDS, ReplyRulesForm
from inbox.models import Marketplace, MarketplacePreset
from inbox.models.marketplaces import validate_base_url
from inbox.models.presets import PRESET_FIELDS
from inbox.services.marketplaces import platforms

# The parts of each kind of credentials, as services.marketplaces.clients stores them.
PARTS = {
    "key": ["key"],
    "bearer": ["token"],
    "oauth": ["token_url", "client_id", "client_secret", "audience"],
}
OPTIONAL = {"token_url", "audience"}
# Mirakl's token endpoint for all its marketplaces.
TOKEN_URL = "https://auth.mirakl.net/oauth/token"  # noqa: S105
SECRET_FIELDS = [name for names in PARTS.values() for name in names]
KINDS = [
    ("key", _("API key")),
    ("bearer", _("Access token")),
    ("oauth", _("OAuth2 client")),
]

# Addresses may be typed without their scheme.
URLS = dict.fromkeys(["base_url", "source"], partial(forms.URLField, assume_scheme="https"))


class PresetField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, preset: MarketplacePreset) -> str:
        if not preset.is_limit_public:
            return gettext("%s: no public limit, Mirakl's default of 24 hours") % preset.name
        label = (
            gettext("%(name)s: %(limit)d hours, alert at %(alert)d, operator copied")
            if preset.copies_operator
            else gettext("%(name)s: %(limit)d hours, alert at %(alert)d, operator not copied")
        )
        hours = {"limit": preset.reply_limit_hours, "alert": preset.alert_hours}
        return label % {"name": preset.name, **hours}


def _write_only(label: Any, **options: Any) -> forms.CharField:
    attributes = {"autocomplete": "new-password", "size": 60}
    widget = forms.PasswordInput(render_value=False, attrs=attributes)
    return forms.CharField(label=label, required=False, widget=widget, **options)


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    """The address of a marketplace, typed or of a preset."""

    preset = PresetField(
        MarketplacePreset.objects.all(),
        label=_("Preset"),
        empty_label=_("Custom (set below)"),
        required=False,
        help_text=_("Fills in the rules below, and an empty address, when you choose and save it."),
    )

    class Meta:
        model = Marketplace
        fields = ["name", "preset", "base_url"]
        field_classes = URLS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A preset may fill it in.
        self.fields["base_url"].required = False

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("base_url") == "":
            self._fill_address(self.cleaned_data.get("preset"))

    def _fill_address(self, preset: MarketplacePreset | None) -> None:
        address = self.cleaned_data["base_url"] = preset.base_url if preset else ""
        if not address:
            self.add_error("base_url", self.fields["base_url"].error_messages["required"])


class CredentialsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Credentials, with what they are for: they are entered again when that changes."""

    kind = forms.ChoiceField(
        label=_("Type of credentials"),
        choices=KINDS,
        help_text=_(
            "Sellers usually have an API key. Operators and storefronts have a token, an "
            "OAuth2 client or an older API key."
        ),
    )
    key = _write_only(_("API key"))
    token = _write_only(_("Token"))
    token_url = forms.URLField(
        label=_("Token address"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"size": 60, "placeholder": TOKEN_URL}),
        validators=[validate_base_url],
        help_text=_("Where the client gets its tokens. Leave empty to use Mirakl's, as shown."),
    )
    client_id = forms.CharField(label=_("Client ID"), required=False)
    client_secret = _write_only(_("Client secret"))
    audience = forms.CharField(
        label=_("Audience"), required=False, help_text=_("Only if the operator gave you one.")
    )

    class Meta:
        model = Marketplace
        fields = ["base_url", "role", "shop_id"]
        field_classes = URLS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.role != Marketplace.Role.SELLER:
            self.fields["kind"].initial = "bearer"

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        kind = cleaned.get("kind", "key")
        filled = {name for name in SECRET_FIELDS if cleaned.get(name)}
        if filled & set(PARTS[kind]):
            self._check_whole(kind)
        elif filled:
            self.add_error(
                "kind", gettext("You entered another type of credentials. Choose that type here.")
            )
        elif self.instance.sealed_credential and self._leads_elsewhere():
            self.add_error(
                "kind",
                gettext(
                    "Enter the credentials again. The stored ones don't apply to these settings."
                ),
            )

    @property
    def secret(self) -> dict[str, str]:
        """The credentials to seal; empty to keep the stored ones."""
        kind = self.cleaned_data["kind"]
        parts = {name: self.cleaned_data[name] for name in PARTS[kind] if self.cleaned_data[name]}
        if kind == "oauth" and parts:
            parts.setdefault("token_url", TOKEN_URL)
        return {"kind": kind, **parts} if parts else {}

    def _check_whole(self, kind: str) -> None:
        for name in PARTS[kind]:
            if name not in OPTIONAL and not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, gettext("This field is also required."))

    def _leads_elsewhere(self) -> bool:
        """Editing the address must not be enough to have stored credentials sent there."""
        return bool({"base_url", "role"} & set(self.changed_data))


class MarketplaceForm(CredentialsForm, AddressForm, ReplyRulesForm):
    copy_again = forms.BooleanField(
        label=_("Copy the preset again"),
        required=False,
        help_text=_("Replaces what you have changed since."),
    )

    class Meta:
        model = Marketplace
        fields = [
            *(
                "name",
                "slug",
                "base_url",
                "role",
                "shop_id",
                "channel_codes",
                "colour",
                "is_active",
            ),
            *("preset", *RULE_FIELDS, "closed_dates"),
            *("copies_operator", "has_threads", "body_format", "language"),
            *("discourages_operator_copy", "back_office_thread_url"),
            *("assigns_on_reply", "round_robin_group"),
        ]
        widgets = {"base_url": forms.URLInput(attrs={"size": 60})}
        help_texts = {
            "closed_dates": _(
                "Days without working time, beside public holidays. Separated by commas, such as "
                "2026-12-24, 2026-12-31."
            )
        }
        field_classes = URLS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance.calendar_zone:
            self.initial["calendar_zone"] = platforms.find_zone(self.instance)

    def copy_preset(self) -> bool:
        """If it was chosen just now: later, its rules are the marketplace's own."""
        preset = self.cleaned_data.get("preset")
        if not preset or not ("preset" in self.changed_data or self.cleaned_data["copy_again"]):
            return False
        rules = {name: getattr(preset, name) for name in PRESET_FIELDS}
        # No field of the form, but one of each day.
        self.instance.opening_hours = rules.pop("opening_hours")
        self.cleaned_data |= rules
        self.changed_data.extend({*PRESET_FIELDS} - {*self.changed_data})
        return True


class PresetForm(ReplyRulesForm):
    class Meta:
        model = MarketplacePreset
        fields = [
            *("name", "base_url", "is_limit_public", "copies_operator", "language"),
            *RULE_FIELDS,
        ]
        field_classes = URLS
