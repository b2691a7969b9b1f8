"""The sidebar of every page."""

from dataclasses import dataclass

from django import template

from inbox.pages.connections import may_manage
from inbox.pages.people import may_open
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


@dataclass(frozen=True)
class DirectoryLinks:
    """Which pages about connections and people the user may open."""

    has_connections: bool
    has_people: bool


@register.simple_tag(takes_context=True)
def directory_links(context: template.Context) -> DirectoryLinks:
    viewer: Viewer = context["request"].viewer
    return DirectoryLinks(
        has_connections=viewer.leads_anywhere or may_manage(viewer), has_people=may_open(viewer)
    )
