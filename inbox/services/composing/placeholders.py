"""`{{ names }}` in canned replies: found, checked, and filled in from one dictionary.

Not a template language: no attribute lookup, no calls, no loops.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.dates import format_moment

# A text, lazy if it depends on the language, or a moment; None if unknown.
Value = str | Promise | datetime | None
Values = Mapping[str, Value]

NAMES: dict[str, Promise] = {
    "customer.first_name": gettext_lazy("Customer's first name"),
    "customer.name": gettext_lazy("Customer's full name"),
    "order.id": gettext_lazy("Order number"),
    "order.date": gettext_lazy("Order date"),
    "order.shipping_deadline": gettext_lazy("Latest shipping date"),
    "order.state": gettext_lazy("Order status"),
    "tracking.number": gettext_lazy("Tracking number"),
    "tracking.url": gettext_lazy("Tracking link"),
    "tracking.carrier": gettext_lazy("Carrier"),
    "tracking.parcels": gettext_lazy("All parcels with tracking number and link, one per line"),
    "agent.name": gettext_lazy("Your full name"),
    "agent.first_name": gettext_lazy("Your first name"),
    "marketplace.name": gettext_lazy("Marketplace name"),
    "shop.name": gettext_lazy("Shop name"),
}
DATES = {"order.date", "order.shipping_deadline"}

_QUOTED = r"""(?:"[^"{}]*"|'[^'{}]*'|“[^”{}]*”)"""
LONGEST_COMPARED = 10_000
_PLACEHOLDER = re.compile(rf"{{{{\s*([\w.]+)((?:\s*\|\s*\w+\s*:\s*{_QUOTED})*)\s*}}}}")
_FILTER = re.compile(rf"\|\s*(\w+)\s*:\s*({_QUOTED})")
_BRACES = re.compile(r"\{\{[^}\n]{0,60}\}{0,2}|\}\}")
# Stands in the text for an unknown value. The same in every language, because the text is searched
# for it before anything is sent.
MARKER = re.compile(r"\[missing: ([\w.]+)\]")


@dataclass(frozen=True)
class Piece:
    """A part of the filled text; `name` is the placeholder that it stands for, known or missing."""

    text: str
    name: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class FilledText:
    pieces: list[Piece]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def missing(self) -> list[str]:
        return [piece.name for piece in self.pieces if piece.is_missing]


def problems(body: str) -> list[str]:
    """Errors in a canned reply's placeholders, for the person saving it."""
    found = [words for match in _PLACEHOLDER.finditer(body) for words in _wrong_with(match)]
    for braces in _BRACES.finditer(_PLACEHOLDER.sub("", body)):
        found.append(
            _(
                "“%(text)s” isn't a valid placeholder. Write placeholders like {{ "
                "customer.first_name }}."
            )
            % {"text": braces[0]}
        )
    return found


def names_in(body: str) -> set[str]:
    return {match[1] for match in _PLACEHOLDER.finditer(body)}


def count_kept(body: str, sent: str) -> float | None:
    """The share of a canned text's own characters, without blanks, that were sent in their order.

    None if it has nothing but placeholders.
    """
    written, words = _words(_PLACEHOLDER.sub(" ", body)), _words(sent)
    total = sum(map(len, written))
    blocks = SequenceMatcher(None, written, words, autojunk=False).get_matching_blocks()
    kept = sum(len(word) for at, _there, size in blocks for word in written[at : at + size])
    return kept / total if total else None


def _words(text: str) -> list[str]:
    """Words and single signs, of the beginning of a very long text."""
    return re.findall(r"\w+|[^\w\s]", text[:LONGEST_COMPARED])


def fill(body: str, values: Values, *, language: str = "") -> FilledText:
    """The text filled in, with dates written in `language`; empty: the reader's."""
    with translation.override(language or translation.get_language()):
        return FilledText(list(_pieces(body, values)))


def find_unfilled(text: str) -> list[str]:
    """Placeholders that must be replaced before the text can be sent."""
    markers = [match[0] for match in MARKER.finditer(text)]
    names = [match[0] for match in _PLACEHOLDER.finditer(text) if match[1] in NAMES]
    return list(dict.fromkeys([*markers, *names]))


def _wrong_with(match: re.Match[str]) -> Iterator[str]:
    name = match[1]
    if name not in NAMES:
        known = ", ".join(NAMES)
        yield _("“%(name)s” isn't a valid placeholder. Use one of these: %(known)s.") % {
            "name": name,
            "known": known,
        }
        return
    for filter_name, _argument in _filters(match):
        if filter_name not in {"default", "date"}:
            yield _("“|%(name)s” isn't a valid filter. Use |default or |date.") % {
                "name": filter_name
            }
        elif filter_name == "date" and name not in DATES:
            yield _("“%(name)s” isn't a date. Remove |date.") % {"name": name}


def _pieces(body: str, values: Values) -> Iterator[Piece]:
    end = 0
    for match in _PLACEHOLDER.finditer(body):
        if match.start() > end:
            yield Piece(body[end : match.start()])
        yield _filled(match, values)
        end = match.end()
    if end < len(body):
        yield Piece(body[end:])


def _filled(match: re.Match[str], values: Values) -> Piece:
    name, filters = match[1], dict(_filters(match))
    value = values.get(name)
    if isinstance(value, datetime):
        shape = filters.get("date") or "DATE_FORMAT"
        value = format_moment(value, shape)
    text = str(value or "") or filters.get("default", "")
    return Piece(text, name) if text else Piece(f"[missing: {name}]", name, is_missing=True)


def _filters(match: re.Match[str]) -> list[tuple[str, str]]:
    return [(name, quoted[1:-1]) for name, quoted in _FILTER.findall(match[2])]
