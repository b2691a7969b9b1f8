"""A saved view: a named filter of the inbox."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace, SavedView, User
from inbox.services.search.thread_list import InboxFilters


class ShareForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only leads can share with the team: with users of the marketplaces they lead."""

    not_shared = _("Only leads can share views with the team.")

    def __init__(self, data: Any, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        saved = type(self.instance)._default_manager.filter(pk=self.instance.pk, is_shared=True)
        is_new = cleaned.get("is_shared") and not saved.exists()
        query = cleaned.get("query", self.instance.query)
        if is_new and not self._may_share(QueryDict(query).getlist("marketplace")):
            self.add_error("is_shared", self.not_shared)

    def _may_share(self, slugs: list[str]) -> bool:
        led = set(Marketplace.objects.led_by(self.user).values_list("slug", flat=True))
        return bool(led) and led.issuperset(slugs)


class SavedViewForm(ShareForm):
    class Meta:
        model = SavedView
        fields = ["name", "is_shared", "query"]
        error_messages = {"name": {"required": _("Enter a name for the view.")}}

    def __init__(self, data: Any, *, marketplaces: list[Marketplace], **options: Any) -> None:
        super().__init__(data, **options)
        self.marketplaces = marketplaces
        # An empty filter is valid: the inbox as it opens.
        self.fields["query"].required = False

    def clean_query(self) -> str:
        """The query as the list understands it, without anything else."""
        asked = QueryDict(self.cleaned_data["query"])
        filters = InboxFilters(asked, marketplaces=self.marketplaces, user=self.user)
        if filters.asked.problems:
            raise forms.ValidationError(filters.asked.problems)
        return filters.to_save


class RenameForm(ShareForm):
    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]
        error_messages = {"name": {"required": _("Enter a name for the view.")}}
