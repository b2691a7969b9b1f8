"""Whom a page of personal data is about, and how to erase them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.models import Erasure, Marketplace


class CustomerForm(forms.Form):
    marketplace = forms.ModelChoiceField(
        Marketplace.objects.order_by("name"),
        to_field_name="slug",
        label=_("Marketplace"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "select"}),
    )
    customer = forms.CharField(
        max_length=255,
        label=_("Customer, conversation or order ID"),
        help_text=_("As in the address of a conversation, or the number of an order."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )


class EraseForm(CustomerForm):
    notes = forms.ChoiceField(
        choices=Erasure.Notes.choices,
        initial=Erasure.Notes.NAMED,
        label=_("Notes"),
        widget=forms.RadioSelect,
    )
