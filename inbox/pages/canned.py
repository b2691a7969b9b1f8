"""Canned replies as lists and composers show them."""

from typing import Any

from django.http import QueryDict

from inbox.forms.numbers import is_number
from inbox.models import CannedReply, Thread
from inbox.models.desk import CannedReplyQuerySet
from inbox.pages.viewer import Viewer
from inbox.services.composing import canned_replies

# A list shows no more at once.
LISTED = 200


def row_of(one: CannedReply, *, is_editable: bool) -> dict[str, Any]:
    return {
        "canned": one,
        "macro_actions": canned_replies.describe_actions(one),
        "is_editable": is_editable,
    }


def fitting(viewer: Viewer, thread: Thread) -> CannedReplyQuerySet:
    found: CannedReplyQuerySet = CannedReply.objects.visible_to(viewer.user).for_thread(thread)
    return found


def chosen_on(viewer: Viewer, query: QueryDict, thread: Thread) -> list[dict[str, Any]]:
    """The macros of `?canned=`, which `insert` leaves there for the next form."""
    pks = [pk for pk in query.getlist("canned") if is_number(pk)]
    if not pks:
        return []
    rows = fitting(viewer, thread).filter(pk__in=pks).prefetch_related("adds_tags")
    return [row_of(one, is_editable=False) for one in rows]


def names_for(viewer: Viewer, thread: Thread) -> list[tuple[int, str]]:
    """What a form without JavaScript chooses from."""
    rows = fitting(viewer, thread).nearest_first(thread.marketplace.language)
    return list(rows.values_list("pk", "name")[:LISTED])
