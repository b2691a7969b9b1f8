"""Template tags whose arguments are constant: rendered as their template is compiled.

Templates are compiled once for each language (`helpdesk.templates.CachedLoader`), so a text has
its translation by then, and a page only copies it. So has an address, which is the same for all.
"""

from collections.abc import Iterable

from django.template import Context
from django.template.base import FilterExpression, Node, TextNode, Variable


def text_of(node: Node, arguments: Iterable[FilterExpression | None]) -> Node:
    """The text that the node renders, if all its arguments are constant; else the node."""
    if not all(one is None or is_constant(one) for one in arguments):
        return node
    return TextNode(node.render(Context()))


def is_constant(expression: FilterExpression) -> bool:
    if expression.filters:
        return False
    value = expression.var
    return not isinstance(value, Variable) or value.literal is not None
