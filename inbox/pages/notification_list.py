"""The page of a user's notifications."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.models import Notification
from inbox.models.people import NotificationQuerySet
from inbox.services.marketplaces import reasons

PAGE_SIZE = 50


@dataclass(frozen=True)
class NotificationRow:
    notification: Notification
    topic: str


@dataclass(frozen=True)
class NotificationsPage:
    """`next_before` is the cursor of older notifications; None at the end."""

    rows: Sequence[NotificationRow]
    next_before: int | None


def notifications_page(found: NotificationQuerySet) -> NotificationsPage:
    """The newest of these notifications."""
    newest = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    shown = newest[:PAGE_SIZE]
    topics = reasons.find_topics([one.thread for one in shown])
    return NotificationsPage(
        rows=[NotificationRow(one, topics[one.thread_id]) for one in shown],
        next_before=shown[-1].pk if len(newest) > PAGE_SIZE else None,
    )
