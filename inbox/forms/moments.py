"""Days and moments of forms; moments are in the user's own time zone."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inbox.dates import first_moment

# The first and last possible days cannot be converted between time zones.
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 12, 31))]
SINCE_1900 = MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC))


class MomentField(forms.DateTimeField):
    """Local time, read by `first_moment`, or a moment with its own zone."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            wall = parse_datetime(str(value or ""))
            if wall and timezone.is_naive(wall):
                return first_moment(wall, timezone.get_current_timezone())
        except (ValueError, OverflowError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)
