"""Django's library `static`; a constant address is looked up as its template is compiled."""

from django.template import Library
from django.template.base import Node, Parser, Token
from django.templatetags import static as found

from inbox.constant_tags import text_of

register = Library()
register.tags.update(found.register.tags)


@register.tag
def static(parser: Parser, token: Token) -> Node:
    node = found.do_static(parser, token)
    return node if node.varname else text_of(node, [node.path])
