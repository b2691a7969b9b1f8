"""Fragments that are rendered once for each value they show."""

from collections.abc import Hashable, Sequence

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from inbox.kept import fragment, fragments

register = template.Library()


@register.simple_tag
def kept(template_name: str, **shown: Hashable) -> SafeString:
    """`{% kept "inbox/_row.html" row=row %}`: like an `include` of these values only."""
    return fragment(template_name, None, **shown)


@register.simple_tag
def kept_rows(template_name: str, rows: Sequence[Hashable], **shown: Hashable) -> SafeString:
    """`{% kept "…" row=row %}` for each of the rows."""
    return fragments(template_name, rows, **shown)


@register.simple_tag(takes_context=True)
def kept_form(context: Context, template_name: str, url: str, **shown: Hashable) -> SafeString:
    """Like `kept`, for a form: its template also copies `url` and the page's `csrf_token`."""
    gaps = {"url": url, "csrf_token": context["csrf_token"]}
    return fragment(template_name, gaps, **shown)
