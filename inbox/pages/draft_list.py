"""The page of a user's drafts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from inbox.models import Draft, User
from inbox.models.keyset import DraftCursor
from inbox.services.marketplaces import reasons

PAGE_SIZE = 50


@dataclass(frozen=True)
class DraftRow:
    draft: Draft
    topic: str


@dataclass(frozen=True)
class DraftsPage:
    """`next_before` is the cursor of older drafts; empty at the end."""

    rows: Sequence[DraftRow]
    next_before: str


def drafts_page(user: User, cursor: DraftCursor | None) -> DraftsPage:
    older = cursor.after_by_newest() if cursor else Q()
    newest = Draft.objects.visible_to(user).filter(older).order_by("-saved_at", "-pk")
    newest = newest.select_related("marketplace", "thread__marketplace").prefetch_related("files")
    rows = list(newest[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    topics = reasons.find_topics([one.thread for one in shown if one.thread])
    return DraftsPage(
        rows=[DraftRow(one, topics.get(one.thread_id or 0, one.topic)) for one in shown],
        next_before=str(DraftCursor.from_draft(shown[-1])) if len(rows) > PAGE_SIZE else "",
    )
