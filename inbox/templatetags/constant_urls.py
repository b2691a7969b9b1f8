"""Django's tag `url`; an address without arguments is looked up as its template is compiled."""

from django.template import Library
from django.template.base import Node, Parser, Token
from django.template.defaulttags import url as read_url

from inbox.constant_tags import text_of

register = Library()


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = read_url(parser, token)
    # Pages of the admin have a namespace, which depends on the request.
    if node.asvar or ":" in str(node.view_name.var):
        return node
    return text_of(node, [node.view_name, *node.args, *node.kwargs.values()])
