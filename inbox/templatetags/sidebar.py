"""The sidebar of every page."""

from django import template

from inbox.pages.sidebar import Sidebar, sidebar_for
from inbox.pages.viewer import Viewer

register = template.Library()


@register.simple_tag(takes_context=True)
def sidebar(context: template.Context) -> Sidebar | None:
    """The page's own sidebar if it lists threads; None for users without a marketplace."""
    if "sidebar" in context:
        own: Sidebar = context["sidebar"]
        return own
    viewer: Viewer = context["request"].viewer
    is_known = viewer.user.is_authenticated and bool(viewer.marketplaces)
    return sidebar_for(viewer) if is_known else None
