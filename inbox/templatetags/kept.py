"""Fragments that are rendered once for each value they show."""

from collections.abc import Hashable

from django import template
from django.utils.safestring import SafeString

from inbox.kept import fragment

register = template.Library()


@register.simple_tag
def kept(template_name: str, **shown: Hashable) -> SafeString:
    """`{% kept "inbox/_row.html" row=row %}`: like an `include` of these values only."""
    return fragment(template_name, **shown)
