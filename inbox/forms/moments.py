"""Moments that people pick, in their own time zone."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MomentField(forms.DateTimeField):
    """Takes the hour that clocks go through twice for the first of the two."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            picked: datetime = (error.params or {})["datetime"]
        # In UTC: of a moment that its zone has twice, Python says that it equals no other.
        first = timezone.make_aware(picked).astimezone(UTC)
        if timezone.make_naive(first) == picked:
            return first
        words = _("Clocks go forward over that hour, so it is left out. Pick another time.")
        raise forms.ValidationError(words, code="skipped")
