"""Canned replies as lists and composers show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from inbox.forms.numbers import is_number
from inbox.models import CannedReply, Thread, User
from inbox.models.desk import CannedReplyQuerySet
from inbox.models.prepared import prepared
from inbox.pages.viewer import Viewer
from inbox.services.composing import canned_replies

# Rows of one list.
LISTED = 200


@dataclass(frozen=True)
class CannedRow:
    canned: CannedReply
    is_editable: bool = False

    @property
    def macro_actions(self) -> list[str]:
        return canned_replies.describe_actions(self.canned)


@dataclass(frozen=True)
class CannedPage:
    """The list. `q` is what it was searched for."""

    rows: Sequence[CannedRow]
    has_more: bool
    may_write: bool
    q: str


@dataclass(frozen=True)
class CannedPicker:
    """Canned replies for one conversation, with their placeholders filled in."""

    thread: Thread
    found: Sequence[canned_replies.FilledReply]
    q: str


def fitting(viewer: Viewer, thread: Thread) -> CannedReplyQuerySet:
    found: CannedReplyQuerySet = CannedReply.objects.visible_to(viewer.user).for_thread(thread)
    return found


def chosen_on(viewer: Viewer, query: QueryDict, thread: Thread) -> list[CannedRow]:
    """The macros in `?canned=`, which `insert` puts there for the next form."""
    pks = [pk for pk in query.getlist("canned") if is_number(pk)]
    if not pks:
        return []
    rows = fitting(viewer, thread).filter(pk__in=pks).prefetch_related("adds_tags")
    return [CannedRow(one) for one in rows]


def names_for(viewer: Viewer, thread: Thread) -> list[tuple[int, str]]:
    """The choices of a form without JavaScript."""
    user, marketplace = viewer.user, thread.marketplace
    return _names(
        *(user.is_superuser, user.is_active),
        user=user.pk,
        marketplace=marketplace.pk,
        language=marketplace.language,
    )


@prepared
def _names(
    is_superuser: bool, is_active: bool, *, user: int, marketplace: int, language: str
) -> QuerySet[CannedReply, tuple[int, str]]:
    who = User(pk=user, is_superuser=is_superuser, is_active=is_active)
    rows = CannedReply.objects.visible_to(who).for_thread(Thread(marketplace_id=marketplace))
    named: QuerySet[CannedReply, tuple[int, str]] = rows.nearest_first(language).values_list(
        "pk", "name"
    )
    return named[:LISTED]
