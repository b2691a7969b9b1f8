"""Django's library `i18n`; `translate` looks up a constant text as its template is compiled."""

from django.template import Library
from django.template.base import Node, Parser, Token
from django.templatetags import i18n

from inbox.constant_tags import text_of

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    if node.asvar:
        return node
    return text_of(node, [node.filter_expression, node.message_context])
