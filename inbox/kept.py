"""Fragments of pages that are rendered once for each value they show.

A value is a frozen dataclass of texts, numbers, moments and other such values. Its fragment's
template reads nothing else: no clock, no database, no request. So equal values always look the
same, and what is kept cannot become stale.
"""

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Some 3 kB each: 15 MB a process.
MOST_KEPT = 5_000


class Shown:
    """Base of frozen dataclasses whose fields are values.

    A row of the database is none: it is equal to every row with its primary key.
    """


def fragment(template_name: str, **shown: Hashable) -> SafeString:
    """The template with these values, for the active language and time zone."""
    zone = timezone.get_current_timezone_name()
    return _rendered(template_name, get_language(), zone, tuple(shown.items()))


@lru_cache(maxsize=MOST_KEPT)
def _rendered(
    template_name: str, _language: str | None, _zone: str, shown: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    return render_once(template_name, dict(shown))


def render_once(template_name: str, shown: dict[str, Hashable]) -> SafeString:
    return mark_safe(get_template(template_name).render(shown))  # noqa: S308  a template's
