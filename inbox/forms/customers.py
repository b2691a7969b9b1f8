"""Choosing a storefront's customer, or an order of theirs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChooseForm(forms.Form):
    """By id, or by an order of theirs; whichever is filled in."""

    customer = forms.CharField(max_length=100, required=False)
    order = forms.CharField(max_length=100, required=False)

    def clean_customer(self) -> str:
        chosen: str = self.cleaned_data["customer"]
        # What a browser would read as a step up in an address is nobody's id.
        if chosen.strip(".") == "" and chosen:
            raise forms.ValidationError(_("This is no customer's id."))
        return chosen
