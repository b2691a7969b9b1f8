"""Sizes of files as people read them: in thousands, as Mirakl's own 30 MB are."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

UNIT = 1000


def in_words(size: int) -> str:
    """As the browser's own `Intl.NumberFormat` says it in static/js/files.js."""
    if size < UNIT:
        return ngettext("%(n)d byte", "%(n)d bytes", size) % {"n": size}
    if size < UNIT**2:
        return _("%(n)s kB") % {"n": formats.number_format(round(size / UNIT))}
    whole = round(size / UNIT**2, 1)
    return _("%(n)s MB") % {"n": formats.number_format(whole, 0 if whole.is_integer() else 1)}
