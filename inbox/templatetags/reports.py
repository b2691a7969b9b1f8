"""Figures of reports as text."""

from datetime import datetime

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from inbox.pages.charts.axes import words
from inbox.pages.metrics import Figure

register = template.Library()


@register.filter
def shown(figure: Figure) -> str:
    """`6h 12m`, `93.5%`, `1,204`; a dash where there is none."""
    value = figure.value
    return words(None if isinstance(value, datetime) else value, figure.unit)


@register.filter
def change(figure: Figure) -> str:
    """`+12%` since the compared period."""
    return write_change(figure.change or 0)


def write_change(share: float | None) -> str:
    if share is None:
        return "–"
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return sign + _("%s%%") % formats.number_format(abs(share) * 100, 0)
