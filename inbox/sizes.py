"""File sizes as text: in decimal units, like Mirakl's own 30 MB."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

UNIT = 1000


def format_size(size: int) -> str:
    """Matches the browser's `Intl.NumberFormat` in static/js/files.js."""
    if size < UNIT:
        return ngettext("%(n)d byte", "%(n)d bytes", size) % {"n": size}
    if size < UNIT**2:
        return _("%(n)s kB") % {"n": formats.number_format(round(size / UNIT))}
    if size < UNIT**3:
        return _("%(n)s MB") % {"n": _to_a_tenth(size / UNIT**2)}
    return _("%(n)s GB") % {"n": _to_a_tenth(size / UNIT**3)}


def _to_a_tenth(amount: float) -> str:
    tenths = round(amount, 1)
    return formats.number_format(tenths, 0 if tenths.is_integer() else 1)
