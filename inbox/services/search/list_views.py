"""The queues as lists: their names, and the orders that each can have."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.models import Marketplace

VIEWS = {
    "needs-reply": (_("Needs reply"), "inbox"),
    "breaching": (_("Due soon"), "triangle-alert"),
    "mine": (_("Mine"), "user-check"),
    "unassigned": (_("Unassigned"), "user-plus"),
    "waiting": (_("Waiting on customer"), "hourglass"),
    "operator": (_("Operator"), "headset"),
    "snoozed": (_("Snoozed"), "alarm-clock"),
    "closed": (pgettext_lazy("queue", "Closed"), "archive"),
    "all": (_("All conversations"), "layers"),
}
# Results of the search box: all threads, from the mirror only, on a page of its own.
SEARCH = "search"
# Queues without deadlines, where sorting by deadline is by newest.
WITHOUT_DEADLINE = {"waiting", "closed"}
CLOCK_SORTS = {"deadline", "effect"}
ALL_WITH_DEADLINE = {"needs-reply", "breaching", "unassigned"}
SORTS = {
    "deadline": _("Deadline"),
    "effect": _("What matters most"),
    "newest": _("Newest"),
    "oldest": _("Oldest"),
}


def views_for(marketplaces: Collection[Marketplace]) -> dict[str, tuple[Any, str]]:
    """The queues, worded for our roles; without `operator` if that is our only role."""
    roles = {one.role for one in marketplaces}
    if Marketplace.Role.OPERATOR not in roles:
        return VIEWS
    is_operators = roles == {Marketplace.Role.OPERATOR}
    label = _("Waiting on shop") if is_operators else _("Waiting on the other party")
    views = VIEWS | {"waiting": (label, VIEWS["waiting"][1])}
    return {key: one for key, one in views.items() if key != "operator" or not is_operators}
