"""The live channel of every page."""

from django import template

from helpdesk import live

register = template.Library()


@register.simple_tag(takes_context=True)
def live_address(context: template.Context) -> str:
    return live.live_address(context["request"])
