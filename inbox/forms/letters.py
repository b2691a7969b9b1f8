"""Form that saves the draft of a message without a thread."""

from typing import Any

from django import forms

from inbox.models import LetterDraft
from inbox.models.drafts import LONGEST_DRAFT

MOST_CHOSEN = 100


class ManyTextsField(forms.Field):
    """All values under one name; at most the first hundred."""

    widget = forms.MultipleHiddenInput
    one = forms.CharField(max_length=100)

    def clean(self, value: Any) -> list[str]:
        return [self.one.clean(text) for text in (value or [])[:MOST_CHOSEN]]


class LetterDraftForm(forms.Form):
    """A draft has no required fields, only a limit of length."""

    token = forms.UUIDField(required=False)
    number = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_DRAFT)
    writer = forms.IntegerField()  # the user who opened the page
    address = forms.CharField(max_length=LetterDraft._meta.get_field("address").max_length)
    # All fields of the forms for new threads and for legacy order messages.
    body = forms.CharField(required=False, strip=False, max_length=LONGEST_DRAFT)
    topic = forms.CharField(required=False, max_length=1000)
    subject = forms.CharField(required=False, max_length=1000)
    reason = forms.CharField(required=False, max_length=100)
    shop = forms.CharField(required=False, max_length=100)
    email = forms.CharField(required=False, max_length=1000)
    first_name = forms.CharField(required=False, max_length=1000)
    last_name = forms.CharField(required=False, max_length=1000)
    locale = forms.CharField(required=False, max_length=100)
    to = ManyTextsField(required=False)
    documents = ManyTextsField(required=False)

    @property
    def written(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("token", "number", "writer", "address")
        }
