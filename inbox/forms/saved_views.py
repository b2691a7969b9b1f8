"""A view: a name for a filter of the inbox."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.forms.inbox import InboxFilters
from inbox.models import Marketplace, SavedView


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SavedView
        fields = ["name", "is_shared", "query"]
        error_messages = {"name": {"required": _("Give the view a name.")}}

    def __init__(self, data: Any, *, marketplaces: list[Marketplace], **options: Any) -> None:
        super().__init__(data, **options)
        self.marketplaces = marketplaces
        # An empty filter is one too: the inbox as it opens.
        self.fields["query"].required = False

    def clean_query(self) -> str:
        """What the inbox understands of it, and nothing else."""
        asked = QueryDict(self.cleaned_data["query"])
        return InboxFilters(asked, marketplaces=self.marketplaces).query()


class RenameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]
        error_messages = {"name": {"required": _("Give the view a name.")}}
