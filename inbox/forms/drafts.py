"""Forms that save drafts. A draft has no required fields, only limits of length."""

from typing import Any

from django import forms

from inbox.models import Draft
from inbox.models.drafts import LONGEST_DRAFT, Mode

MOST_CHOSEN = 100


class ManyTextsField(forms.Field):
    """All values under one name; at most the first hundred."""

    widget = forms.MultipleHiddenInput
    one = forms.CharField(max_length=100)

    def clean(self, value: Any) -> list[str]:
        return [self.one.clean(text) for text in (value or [])[:MOST_CHOSEN]]


class DraftForm(forms.Form):
    token = forms.UUIDField(required=False)
    number = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_DRAFT)
    body = forms.CharField(required=False, strip=False, max_length=LONGEST_DRAFT)


class ThreadDraftForm(DraftForm):
    """A reply or a note on a thread."""

    mode = forms.ChoiceField(choices=Mode, required=False)
    # The user chose to overwrite the version that another tab has saved.
    anyway = forms.BooleanField(required=False)


class FormDraftForm(DraftForm):
    """The content of a form without a thread: all fields that such forms have."""

    writer = forms.IntegerField()  # the user who opened the page
    address = forms.CharField(max_length=Draft._meta.get_field("address").max_length)
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
    def written(self) -> dict[str, object]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("token", "number", "writer", "address")
        }
