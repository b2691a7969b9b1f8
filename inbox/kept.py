"""Fragments of pages that are rendered once for each value they show.

A value is a frozen dataclass of texts, numbers, moments and other such values. Its fragment's
template reads nothing else: no clock, no database, no request. So equal values always look the
same, and what is kept cannot become stale.

A fragment may have gaps: texts of one page, such as an address or a token, that its template only
copies. They are put into what is kept for all pages.
"""

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from secrets import token_hex
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Some 3 kB each: 15 MB a process.
MOST_KEPT = 5_000
# On both sides of a gap's name, where its text belongs. No text contains it.
MARK = token_hex(16)


class Shown:
    """Base of frozen dataclasses whose fields are values.

    A row of the database is none: it is equal to every row with its primary key.
    """


def fragment(
    template_name: str, gaps: Mapping[str, str] | None = None, **shown: Hashable
) -> SafeString:
    """The template with these values, for the active language and time zone."""
    texts = gaps or {}
    zone = timezone.get_current_timezone_name()
    pieces = _pieces(template_name, get_language(), zone, tuple(texts), tuple(shown.items()))
    return fill(template_name, shown, pieces, texts)


def fill(
    _template_name: str,
    _shown: Mapping[str, Hashable],
    pieces: Sequence[str],
    texts: Mapping[str, str],
) -> SafeString:
    """Tests compare it with the template rendered for one page."""
    filled = list(pieces)
    filled[1::2] = [conditional_escape(texts[name]) for name in pieces[1::2]]
    return mark_safe("".join(filled))  # noqa: S308  a template's, with escaped texts


@lru_cache(maxsize=MOST_KEPT)
def _pieces(
    template_name: str,
    _language: str | None,
    _zone: str,
    gaps: tuple[str, ...],
    shown: tuple[tuple[str, Hashable], ...],
) -> tuple[str, ...]:
    """Markup, and at each second place the name of the gap between."""
    marked = {name: f"{MARK}{name}{MARK}" for name in gaps}
    return tuple(render_once(template_name, dict(shown) | marked).split(MARK))


def render_once(template_name: str, shown: dict[str, Any]) -> SafeString:
    return mark_safe(get_template(template_name).render(shown))  # noqa: S308  a template's
