"""Figures with the value that programs read: `<span data-metric data-value>`."""

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inbox.dates import format_moment
from inbox.pages.metrics import Figure
from inbox.templatetags.desk import figure as figure_text
from inbox.templatetags.reports import write_change

register = template.Library()


@register.simple_tag
def metric(figure: Figure, kind: str = "") -> SafeString:
    """The figure in words; its plain value is the same in every language."""
    return format_html(
        '<span class="{}" data-metric="{}" data-value="{}" data-by="{}" data-key="{}"'
        ' data-state="{}">{}</span>',
        "pill" if figure.tone else "value",
        figure.metric,
        figure.plain,
        figure.by,
        figure.key,
        figure.tone,
        _write(figure.value, kind),
    )


@register.filter
def hours(seconds: float | None) -> str:
    """`17.2 h`: averages move by less than an hour."""
    return "–" if seconds is None else _("%s h") % formats.number_format(seconds / 3600, 1)


@register.filter
def weekday_moment(at: datetime) -> str:
    """The time, with the day unless that is today."""
    is_today = timezone.localtime(at).date() == timezone.localdate()
    return format_moment(at, "H:i" if is_today else "WEEKDAY_MOMENT")


def _write(value: float | datetime | None, kind: str) -> str:
    if isinstance(value, datetime):
        return weekday_moment(value)
    if kind == "change":
        return write_change(value)
    return hours(value) if kind == "hours" else figure_text(value, kind)
