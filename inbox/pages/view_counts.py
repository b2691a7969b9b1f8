"""Counts of saved views, up to a bound, and cached for a while."""

from collections.abc import Mapping
from hashlib import sha256

from inbox.models import User
from inbox.services import optional_cache
from inbox.services.search.thread_list import InboxFilters

FRESH_SECONDS = 30
# More are not counted: "99+".
MOST = 99


def count_views(
    views: Mapping[int, InboxFilters], user: User, *, shown: InboxFilters | None
) -> dict[int, str]:
    """Counts as text, by view; empty if a condition of the view is invalid now.

    The `shown` view is always counted again.
    """
    keys = {pk: _key(user, filters) for pk, filters in views.items()}
    known = optional_cache.get_many(dict.fromkeys(keys.values(), str)) if keys else {}
    if known is None:
        # Counting them for each page would be slow.
        return dict.fromkeys(views, "")
    counts = {}
    for pk, filters in views.items():
        is_shown = shown is not None and shown.as_query == filters.as_query
        if is_shown or keys[pk] not in known:
            known[keys[pk]] = _count(filters)
            optional_cache.put(keys[pk], known[keys[pk]], FRESH_SECONDS)
        counts[pk] = known[keys[pk]]
    return counts


def _key(user: User, filters: InboxFilters) -> str:
    return f"view-count:{user.pk}:{sha256(filters.as_query.encode()).hexdigest()}"


def _count(filters: InboxFilters) -> str:
    # Only a display of the list itself asks for a channel's threads.
    if filters.asked.problems or filters.channel:
        return ""
    found = filters.threads().order_by()[: MOST + 1].count()
    return f"{MOST}+" if found > MOST else str(found)
