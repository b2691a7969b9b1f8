"""The steps that connect a marketplace: its address, then its credentials."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.forms.marketplaces import AddressForm, CredentialsForm
from inbox.models.presets import PRESET_FIELDS

# They can't be changed once conversations are stored: links and saved views use them.
FIXED_ONCE_READ = ("role", "shop_id")


class ConnectionForm(AddressForm):
    """The name, and the address of a preset with its rules or another one.

    The address of stored credentials is changed together with them, by `AccountForm`.
    """

    class Meta(AddressForm.Meta):
        help_texts = {"name": gettext_lazy("As agents see it. Empty: the preset's name.")}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.fields["name"].required = False
        preset: Any = self.fields["preset"]
        preset.empty_label = _("Another marketplace")
        preset.help_text = _("Sets the reply limit and other rules that the marketplace published.")
        if self.instance.sealed_credential:
            del self.fields["base_url"]

    def clean(self) -> None:
        super().clean()
        preset = self.cleaned_data.get("preset")
        if not self.cleaned_data.get("name"):
            if preset:
                self.cleaned_data["name"] = preset.name
            elif "name" not in self.errors:
                self.add_error("name", _("Enter a name."))
        if preset and "preset" in self.changed_data:
            for name in PRESET_FIELDS:
                setattr(self.instance, name, getattr(preset, name))
            self.changed_data.extend(PRESET_FIELDS)


class AccountForm(CredentialsForm):
    """The credentials, with the address and role that they are for."""

    class Meta(CredentialsForm.Meta):
        widgets = {"shop_id": forms.TextInput(attrs={"inputmode": "numeric"})}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        if self.instance.mirror.high_water_at is not None:
            for name in FIXED_ONCE_READ:
                del self.fields[name]

    def clean(self) -> None:
        super().clean()
        is_missing = not (self.instance.sealed_credential or self.errors or self.secret)
        if is_missing:
            self.add_error("kind", _("Enter the credentials."))
