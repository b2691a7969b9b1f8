"""The bell of every page, and the texts of notifications."""

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from inbox.dates import format_moment
from inbox.models import Notification
from inbox.models.people import Bell
from inbox.pages.sidebar import Sidebar

register = template.Library()
ICONS = {
    "assigned": "user-check",
    "mentioned": "at-sign",
    "failed": "triangle-alert",
    "breaching": "clock",
}


@register.simple_tag(takes_context=True)
def bell(context: template.Context) -> Bell:
    """The one that was counted with the page's sidebar, where it has one."""
    shown: Sidebar | None = context.get("sidebar")
    return shown.bell if shown else Bell.load(context["request"].user)


@register.filter
def notice_icon(notification: Notification) -> str:
    return ICONS.get(notification.kind, "bell")


@register.filter
def notice_text(notification: Notification) -> str:
    by = notification.by
    who = by.display_name if by else _("Helpdesk")
    due = parse_datetime(notification.about) if notification.kind == "breaching" else None
    if due:
        at = format_moment(due)
        return _("Reply due by %(time)s") % {"time": at}
    return {
        "assigned": _("%(who)s assigned this to you"),
        "mentioned": _("%(who)s mentioned you in a note"),
        "failed": _("Your reply wasn't sent and needs your attention"),
    }[notification.kind] % {"who": who}
