"""Labels of the send button, which name the recipients."""

import json
from collections.abc import Collection
from functools import lru_cache
from itertools import chain, combinations

from django import template
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inbox.models import Participant
from inbox.models.codes import side

register = template.Library()
CUSTOMER, OPERATOR, SHOP = "CUSTOMER", "OPERATOR", "SHOP"


@register.filter
def send_label(kinds: Collection[str], how: str = "") -> str:
    """`Send to customer and operator` for these types of participants; `how` may be "anyway".

    Whole sentences, because languages differ in more than the words.
    """
    known = {
        frozenset[str](): (_("Send"), _("Send anyway")),
        frozenset({CUSTOMER}): (_("Send to customer"), _("Send to customer anyway")),
        frozenset({OPERATOR}): (_("Send to operator"), _("Send to operator anyway")),
        frozenset({SHOP}): (_("Send to shop"), _("Send to shop anyway")),
        frozenset({CUSTOMER, OPERATOR}): (
            _("Send to customer and operator"),
            _("Send to customer and operator anyway"),
        ),
        frozenset({CUSTOMER, SHOP}): (
            _("Send to customer and shop"),
            _("Send to customer and shop anyway"),
        ),
        frozenset({OPERATOR, SHOP}): (
            _("Send to operator and shop"),
            _("Send to operator and shop anyway"),
        ),
    }
    if labels := known.get(frozenset(kinds)):
        return labels[how == "anyway"]
    names = get_text_list([side(kind) for kind in kinds], _("and"))
    words = _("Send anyway to: %(names)s") if how == "anyway" else _("Send to: %(names)s")
    return words % {"names": names}


@register.filter
def send_labels(offered: Collection[Participant], how: str = "") -> str:
    """Labels as JSON, by space-separated types, for every choice of recipients."""
    return _labels(tuple(one.type for one in offered), how, get_language())


@lru_cache(maxsize=1_000)
def _labels(kinds: tuple[str, ...], how: str, _language: str | None) -> str:
    ticked = chain.from_iterable(combinations(kinds, n) for n in range(min(len(kinds), 3) + 1))
    return json.dumps({" ".join(some): send_label(some, how) for some in ticked})
