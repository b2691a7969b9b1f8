"""Rows of a list that others have changed, for a page that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from inbox.models import Thread
from inbox.pages.thread_list import recall_channel
from inbox.pages.thread_rows import ThreadRow, build_rows
from inbox.pages.viewer import Viewer
from inbox.services.marketplaces import reasons
from inbox.services.search.thread_list import InboxFilters


@dataclass(frozen=True)
class ChangedRows:
    """`left`: rows whose conversations are no longer in the list, by primary key. `gone` exist no
    more. `arrived` is how many conversations the list has beside the shown ones."""

    filters: InboxFilters
    rows: Sequence[ThreadRow]
    left: frozenset[int]
    gone: frozenset[int]
    arrived: int
    may_select: bool


def changed_rows(
    viewer: Viewer,
    query: QueryDict,
    *,
    shown: Sequence[int],
    others: Sequence[int],
    opened: Sequence[int],
) -> ChangedRows:
    filters = InboxFilters(query, marketplaces=viewer.in_inbox, user=viewer.user)
    recall_channel(filters)
    listed = filters.threads().order_by().filter(pk__in=[*shown, *others])
    inside = frozenset(listed.values_list("pk", flat=True))
    visible = Thread.objects.filter(marketplace__in=viewer.marketplaces)
    threads = list(visible.for_rows().filter(pk__in=shown))
    topics = reasons.find_topics(threads, silent=viewer.marketplaces)
    found = frozenset(thread.pk for thread in threads)
    return ChangedRows(
        filters,
        build_rows(viewer, threads, topics, filters.words, filters.shown_effect, opened),
        # A storefront's lists are not of the inbox.
        left=frozenset(one.pk for one in threads if one.marketplace.is_in_inbox) - inside,
        gone=frozenset(shown) - found,
        arrived=len(inside - frozenset(shown)),
        may_select=viewer.writes_anywhere and "compact" not in query,
    )
