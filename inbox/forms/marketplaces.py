"""Connecting a marketplace: the account's fields, and credentials that are never shown again."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace
from inbox.models.marketplaces import validate_base_url

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

# Known rules of marketplaces for shops: hours to the limit and to the alert, and whether the
# operator gets a copy. Published rules change: the fields can be edited as well.
PRESETS: dict[str, dict[str, Any]] = {
    "pccomponentes": {"reply_limit_hours": 24, "alert_hours": 20, "copies_operator": False},
    "conrad": {"reply_limit_hours": 48, "alert_hours": 40, "copies_operator": False},
    "jinius": {"reply_limit_hours": 96, "alert_hours": 80, "copies_operator": False},
}
PRESET_CHOICES = [
    ("", _("Custom (set below)")),
    ("pccomponentes", _("PcComponentes: 24 hours, alert at 20, operator not copied")),
    ("conrad", _("Conrad: 48 hours, alert at 40, operator not copied")),
    ("jinius", _("Jinius: 96 hours, alert at 80, operator not copied")),
]


def _write_only(label: Any, **options: Any) -> forms.CharField:
    attributes = {"autocomplete": "new-password", "size": 60}
    widget = forms.PasswordInput(render_value=False, attrs=attributes)
    return forms.CharField(label=label, required=False, widget=widget, **options)


class MarketplaceForm(forms.ModelForm):  # type: ignore[type-arg]
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

    preset = forms.ChoiceField(
        label=_("Preset"),
        choices=PRESET_CHOICES,
        required=False,
        help_text=_("Fills in the three fields below when you save."),
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
            *("reply_limit_hours", "alert_hours", "copies_operator", "has_threads"),
            "body_format",
            *("discourages_operator_copy", "language", "back_office_thread_url"),
            *("assigns_on_reply", "round_robin_group"),
        ]
        widgets = {"base_url": forms.URLInput(attrs={"size": 60})}
        # An address typed without its scheme.
        field_classes = {"base_url": partial(forms.URLField, assume_scheme="https")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.role != Marketplace.Role.SELLER:
            self.fields["kind"].initial = "bearer"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if values := PRESETS.get(cleaned.get("preset", "")):
            cleaned |= values
            self.changed_data.extend(set(values) - set(self.changed_data))
        kind = cleaned.get("kind", "key")
        filled = {name for name in SECRET_FIELDS if cleaned.get(name)}
        if filled & set(PARTS[kind]):
            self._check_whole(kind, cleaned)
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
        return cleaned

    @property
    def secret(self) -> dict[str, str]:
        """The credentials to seal; empty to keep the stored ones."""
        kind = self.cleaned_data["kind"]
        parts = {name: self.cleaned_data[name] for name in PARTS[kind] if self.cleaned_data[name]}
        if kind == "oauth" and parts:
            parts.setdefault("token_url", TOKEN_URL)
        return {"kind": kind, **parts} if parts else {}

    def _check_whole(self, kind: str, cleaned: dict[str, Any]) -> None:
        for name in PARTS[kind]:
            if name not in OPTIONAL and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, gettext("This field is also required."))

    def _leads_elsewhere(self) -> bool:
        """Editing the address must not be enough to have stored credentials sent there."""
        return bool({"base_url", "role"} & set(self.changed_data))
