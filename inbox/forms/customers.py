"""A storefront's customer: which one, and the data of the one who writes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChooseForm(forms.Form):
    """By id, or by an order of the customer's."""

    customer = forms.CharField(max_length=100, required=False)
    order = forms.CharField(max_length=100, required=False)

    def clean_customer(self) -> str:
        chosen: str = self.cleaned_data["customer"]
        # Browsers read dots as a step up in a path, so they are no id.
        if chosen.strip(".") == "" and chosen:
            raise forms.ValidationError(_("Enter a valid customer ID."))
        return chosen


class WhoWritesForm(forms.Form):
    """The writing customer's data, which Mirakl requires from a storefront beside the id."""

    email = forms.EmailField(
        error_messages={
            "required": _("Enter the customer's email address."),
            "invalid": _("Enter a valid email address."),
        }
    )
    first_name = forms.CharField(
        max_length=255, error_messages={"required": _("Enter the first name.")}
    )
    last_name = forms.CharField(
        max_length=255, error_messages={"required": _("Enter the last name.")}
    )

    @property
    def named(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("email", "first_name", "last_name")}
