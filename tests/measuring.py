"""Shared by tests of figures: waits and readings as rows, without messages."""

from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.html import Page

if TYPE_CHECKING:
    from inbox.models import Marketplace, Span, Thread

# No two waits of a thread begin at the same time.
_numbers = count(1)


def answered(thread: "Thread", ended_at: datetime, *, hours: float, **changes: Any) -> "Span":
    """Returns a wait of a customer's that our reply ended."""
    number = next(_numbers)
    ended_at -= timedelta(microseconds=number)
    given = {"ended_at": ended_at, "ended_by": "reply", "answer_id": f"answer-{number}"}
    asked_at = ended_at - timedelta(hours=hours)
    return _waited(thread, asked_at, working_seconds=hours * 3600, **(given | changes))


def waiting(thread: "Thread", asked_at: datetime, **changes: Any) -> "Span":
    """Returns an open wait of a customer's."""
    return _waited(thread, asked_at - timedelta(microseconds=next(_numbers)), **changes)


def _waited(thread: "Thread", asked_at: datetime, **values: Any) -> "Span":
    from inbox.models import Span

    limit_at = asked_at + thread.marketplace.reply_limit_for
    given = {"asker": "CUSTOMER", "last_asked_at": asked_at, "messages_in": 1}
    return Span.objects.create(
        marketplace=thread.marketplace,
        thread=thread,
        asked_at=asked_at,
        **({"limit_at": limit_at} | given | values),
    )


def read_until(marketplace: "Marketplace", moment: datetime | None) -> None:
    """Sets when the marketplace was last read completely."""
    marketplace.mirror.write({"refreshed_at": moment})


def scored(marketplace: "Marketplace", member: str, value: float, **changes: Any) -> None:
    """Stores a reading of today."""
    from django.utils import timezone

    from inbox.models import ScoreReading

    today = timezone.localdate(timezone=timezone.get_default_timezone())
    given = {"read_on": today, "period": "LAST_MONTH", "last_updated": timezone.now()}
    ScoreReading.objects.create(
        marketplace=marketplace, member=member, value=value, **(given | changes)
    )


def figures_on(page: str) -> list[tuple[str | None, str | None]]:
    """The metric and the value of each figure."""
    found = Page(page).elements
    return [(one["data-metric"], one["data-value"]) for one in found if "data-metric" in one]
