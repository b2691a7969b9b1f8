"""Bounded lists: one part at a time, or only the first few items."""

from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context

from inbox.stretches import MOST_ROWS, Stretch, stretch_of

register = template.Library()

# Items of a list within a row.
FEW = 20
# Bytes that a row shows of its content.
HEAVIEST_ROW = 20_000


@register.simple_tag(takes_context=True)
def stretch(
    context: Context, items: Sequence[Any], name: str, most: int = MOST_ROWS
) -> Stretch[Any]:
    """`{% stretch order.lines "lines" as lines %}`: the part that starts at `?lines=`."""
    start = context["request"].GET.get(name)
    return stretch_of(items, name, start, most=most, weight=_weight)


@register.simple_tag(takes_context=True)
def query_with(context: Context, name: str, value: Any) -> str:
    """This page's query string with one parameter changed."""
    query: QueryDict = context["request"].GET.copy()
    query[name] = value
    return query.urlencode()


def _weight(item: Any) -> int:
    return min(len(repr(item)), HEAVIEST_ROW)


@register.filter
def few(items: Collection[Any] | None, most: int = FEW) -> list[Any]:
    return list(islice(items or (), most))


@register.filter
def besides(items: Collection[Any] | None, most: int = FEW) -> int:
    """The number of items that `few` leaves out."""
    return max(0, len(items or ()) - most)
