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


MANAGED = ("connections/", "people/", "system/", "audit/", "privacy/")


@dataclass(frozen=True)
class DirectoryLinks:
    """Which pages that manage the desk the user may open, and whether this page is one."""

    has_connections: bool
    has_people: bool
    has_administration: bool
    is_current: bool

    @property
    def has_any(self) -> bool:
        return self.has_connections or self.has_people or self.has_administration


@register.simple_tag(takes_context=True)
def directory_links(context: template.Context) -> DirectoryLinks:
    request = context["request"]
    viewer: Viewer = request.viewer
    return DirectoryLinks(
        has_connections=viewer.leads_anywhere or may_manage(viewer),
        has_people=may_open(viewer),
        has_administration=viewer.user.is_staff or viewer.user.is_superuser,
        is_current=request.path_info.removeprefix("/").startswith(MANAGED),
    )
