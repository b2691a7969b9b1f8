"""Dates and times as people read them: their language's form, their own time zone."""

from datetime import datetime

from django.utils import formats, timezone


def format_moment(at: datetime, form: str = "MOMENT") -> str:
    """`form` is a name in `helpdesk/formats`, or a pattern of Django's."""
    return formats.date_format(timezone.localtime(at), form)


def format_recent(at: datetime) -> str:
    """The time of day, with the date unless that is today."""
    is_today = timezone.localtime(at).date() == timezone.localdate()
    return format_moment(at, "H:i" if is_today else "MOMENT")
