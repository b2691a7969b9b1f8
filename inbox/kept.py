"""Fragments of pages that are rendered once for each value they show.

A value is a frozen dataclass of texts, numbers, moments and other such values. Its fragment's
template reads nothing else: no clock, no database, no request. So equal values always look the
same, and what is kept cannot become stale.

A fragment may have gaps: texts of one page, such as an address or a token, that its template only
copies. They are put into what is kept for all pages.

The fragments of a list's rows are kept by all that each shows: most are shown again as they were,
and are not built for it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from secrets import token_hex
from threading import Lock
from typing import Any, TypeVar

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Value = TypeVar("Value")
# Some 3 kB each: 15 MB a process.
MOST_KEPT = 5_000
# Some 5 kB each, with the values that they show.
MOST_ROWS = 5_000
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


class Newest(dict[Hashable, Value]):
    """The `most` values that were put last, each by all that it depends on."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._lock = Lock()

    def put(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self[key] = value
            while len(self) > self.most:
                del self[next(iter(self))]
        return value


class Rows(Sequence[Any]):
    """Rows of a list, built from `items` when first looked at.

    `all_shown` tells beforehand all that each shows; None of a row that is built anyway.
    """

    def __init__(
        self,
        items: Sequence[Any],
        build: Callable[[Sequence[Any]], list[Any]],
        all_shown: Callable[[], list[Hashable]],
    ) -> None:
        self.items, self.build, self.all_shown = items, build, all_shown

    @cached_property
    def built(self) -> list[Any]:
        return self.build(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.built[index]


_rows: Newest[SafeString] = Newest(MOST_ROWS)


def fragments(template_name: str, rows: Sequence[Hashable], **shown: Hashable) -> SafeString:
    """The fragments of all rows, one after the other."""
    if not isinstance(rows, Rows):
        return _join(fragment(template_name, None, row=row, **shown) for row in rows)
    zone = timezone.get_current_timezone_name()
    asked = (template_name, get_language(), zone, tuple(shown.items()))
    keys = [one and (asked, one) for one in rows.all_shown()]
    found = [recall(key, rows, place) for place, key in enumerate(keys)]
    missing = [place for place, one in enumerate(found) if one is None]
    built = rows.build([rows.items[place] for place in missing])
    for place, row in zip(missing, built, strict=True):
        found[place] = anew = fragment(template_name, None, row=row, **shown)
        if keys[place]:
            _rows.put(keys[place], anew)
    return _join(filter(None, found))


def recall(key: Hashable, _rows_of: Rows, _place: int) -> SafeString | None:
    """Tests compare it with the row built and rendered anew."""
    return _rows.get(key)


def _join(texts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(texts))  # noqa: S308  fragments


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
