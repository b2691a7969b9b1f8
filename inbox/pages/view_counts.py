"""How many conversations each saved view holds: counted up to a bound, and now and then only."""

from collections.abc import Mapping
from hashlib import sha256

from inbox.forms.inbox import InboxFilters
from inbox.models import User
from inbox.services import optional_cache

FRESH_SECONDS = 30
# More are not counted: "99+".
MOST = 99


def of(
    views: Mapping[int, InboxFilters], user: User, *, shown: InboxFilters | None
) -> dict[int, str]:
    """By view, as its reader sees it; empty where a condition of it means nothing any more.

    The one that is `shown` is counted anew, as the list beside it is.
    """
    keys = {pk: _key(user, filters) for pk, filters in views.items()}
    known = optional_cache.get_many(dict.fromkeys(keys.values(), str)) if keys else {}
    if known is None:
        # Counted anew by each page, they would cost more than they tell.
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
    # Which conversations came over a channel, only a display of that list asks.
    if filters.asked.problems or filters.channel:
        return ""
    found = filters.threads().order_by()[: MOST + 1].count()
    return f"{MOST}+" if found > MOST else str(found)
